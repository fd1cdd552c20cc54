/* SPDX-License-Identifier: MIT */
#include "cert/tpm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"
#include "cert/registered.h"

#define MANAGED    "/dev/tpmrm" /* devices of the kernel's resource manager; a number behind */
#define BROKER     "tabrmd"
#define SYSTEM     "/etc/tpm2_pkcs11" /* where tpm2-pkcs11 looks first */
#define STORE_FILE "tpm2_pkcs11.sqlite3"

enum { STORE_MOST = 1 << 20 };

static bool is_old(void)
{
    fd_auto fd = open(TPM_VERSION, O_RDONLY | O_CLOEXEC);
    char digit = '\0';

    return fd >= 0 && read(fd, &digit, 1) == 1 && digit == '1';
}

/* There is no such device: what is there instead? */
static enum outcome explain_absence(const char *device, struct why *why)
{
    if (is_old())
        return fail(why, REASON_NO_TPM, "this computer's TPM is of version 1.2");
    if (!access("/dev/tpm0", F_OK))
        return fail(why, REASON_TPM_MANAGER, "there is /dev/tpm0, but no %s", device);
    return fail(why, REASON_NO_TPM, "there is no %s", device);
}

static enum outcome look_at_device(const char *device, struct why *why)
{
    struct stat st;

    if (stat(device, &st))
        return errno == ENOENT ? explain_absence(device, why)
                               : fail(why, REASON_TPM_ACCESS, "%s: %s", device, strerror(errno));
    if (!S_ISCHR(st.st_mode))
        return fail(why, REASON_NO_TPM, "%s is no device", device);
    if (!faccessat(AT_FDCWD, device, R_OK | W_OK, AT_EACCESS))
        return OUTCOME_OK;
    return fail(why, REASON_TPM_ACCESS, "%s is for user %u and group %u (mode %04o): %s", device,
                (unsigned)st.st_uid, (unsigned)st.st_gid, (unsigned)st.st_mode & 07777,
                strerror(errno));
}

static bool is_managed(const char *device)
{
    size_t length = strlen(MANAGED);

    return !strncmp(device, MANAGED, length) && device[length] &&
           !device[length + strspn(device + length, "0123456789")];
}

/* Sets what is not set to what harms nobody, even where that then fails. */
static enum outcome find_way(struct tpm *tpm, struct why *why)
{
    const char *named = getenv("TPM2_PKCS11_TCTI"), *device = MANAGED "0";

    if (named && !strncmp(named, BROKER, strlen(BROKER)) && strlen(named) < TPM_PATH &&
        (named[strlen(BROKER)] == '\0' || named[strlen(BROKER)] == ':')) {
        (void)strcpy(tpm->way, named);
        return OUTCOME_OK;
    }
    bool is_fit =
        named && !strncmp(named, "device:", 7) && is_managed(named + 7) && strlen(named) < TPM_PATH;
    if (is_fit)
        device = named + 7;
    (void)snprintf(tpm->way, TPM_PATH, "device:%s", device);
    (void)snprintf(tpm->device, TPM_PATH, "%s", device);
    if (named && !is_fit)
        return fail(why, REASON_TPM_MANAGER,
                    "TPM2_PKCS11_TCTI=%s: only device:" MANAGED "0 and " BROKER " have one", named);
    return look_at_device(device, why);
}

/* What every program of the person finds by itself. tpm2-pkcs11 would look in the folder where it
 * is started, too: so it is always told. */
static void find_store(struct tpm *tpm)
{
    const char *named = getenv("TPM2_PKCS11_STORE"), *home = home_folder();
    int length = named ? snprintf(tpm->store, TPM_PATH, "%s", named)
                 : !access(SYSTEM "/" STORE_FILE, F_OK) || !home
                     ? snprintf(tpm->store, TPM_PATH, SYSTEM)
                     : snprintf(tpm->store, TPM_PATH, "%s/.tpm2_pkcs11", home);

    if (*tpm->store != '/' || length >= TPM_PATH)
        (void)strcpy(tpm->store, SYSTEM);
}

enum outcome tpm_find(struct tpm *tpm, struct why *why)
{
    enum outcome out;

    *tpm = (struct tpm){ .module = "" };
    find_store(tpm);
    if ((out = find_way(tpm, why)) ||
        (out = registered_library("tpm2_pkcs11.module", tpm->module, TPM_PATH, why)))
        return out;
    return !access(tpm->module, R_OK)
               ? OUTCOME_OK
               : fail(why, REASON_TPM_PROGRAM, "tpm2-pkcs11 is not registered in %s", P11_MODULES);
}

/* Another program may have made it with another umask. Once it is private nothing is changed: then
 * this may be done where changing modes is forbidden. */
static enum outcome make_private(int folder, const char *store, struct why *why)
{
    struct stat st;

    if (fstat(folder, &st) || (st.st_mode & 077 && fchmod(folder, 0700)))
        return fail(why, REASON_CANNOT_WRITE, "%s: %s", store, strerror(errno));
    if (!fstatat(folder, STORE_FILE, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
        st.st_mode & 077 && fchmodat(folder, STORE_FILE, 0600, 0))
        return fail(why, REASON_CANNOT_WRITE, "%s/" STORE_FILE ": %s", store, strerror(errno));
    return OUTCOME_OK;
}

bool tpm_is_of_system(const struct tpm *tpm)
{
    return !strcmp(tpm->store, SYSTEM);
}

enum outcome tpm_check_store(const struct tpm *tpm, struct why *why)
{
    return !tpm_is_of_system(tpm)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_SETTING,
                      "tpm2-pkcs11 takes its tokens from " SYSTEM
                      " here: name one of them as token, or another folder in TPM2_PKCS11_STORE");
}

enum outcome tpm_prepare(struct tpm *tpm, struct why *why)
{
    char parent[TPM_PATH], *name;
    fd_auto folder = -1;
    enum outcome out;

    if ((out = tpm_find(tpm, why)) || (out = tpm_check_store(tpm, why)))
        return out;
    (void)strcpy(parent, tpm->store);
    name = strrchr(parent, '/');
    *name++ = '\0';
    if ((out = file_open_folder(parent, name, &folder, why)))
        return fail_in(why, "the TPM's store");
    return make_private(folder, tpm->store, why);
}

bool tpm_has_store(const struct tpm *tpm)
{
    fd_auto store = open(tpm->store, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    return store >= 0 && !faccessat(store, STORE_FILE, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* With what sqlite and the library put beside it. */
static enum outcome remove_draft(int folder, struct why *why)
{
    static const char *const files[] = { STORE_FILE, STORE_FILE "-journal", STORE_FILE ".lock",
                                         STORE_FILE ".old" };
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < sizeof files / sizeof *files; i++)
        out = file_remove(folder, files[i], why);
    return out;
}

enum outcome tpm_draft(const struct tpm *tpm, int folder, struct tpm *draft, struct why *why)
{
    *draft = *tpm;
    (void)snprintf(draft->store, TPM_PATH, "/proc/self/fd/%d", folder);
    return remove_draft(folder, why);
}

/* Another program may have made one meanwhile: that stays. */
enum outcome tpm_take_draft(const struct tpm *tpm, int folder, struct why *why)
{
    static const char new[] = "chatelaine.new";
    text_auto *bytes = NULL;
    fd_auto store = open(tpm->store, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    enum outcome out = file_read(folder, STORE_FILE, STORE_MOST, geteuid(), &bytes, why);

    if (out)
        return out;
    if (!bytes)
        return fail(why, REASON_TOKEN_FAILED, "tpm2-pkcs11 made no store");
    if ((out = file_write(store, new, text_peek(bytes), text_length(bytes), why)))
        return fail_in(why, "in %s", tpm->store);
    if (renameat2(store, new, store, STORE_FILE, RENAME_NOREPLACE) && errno != EEXIST)
        return fail(why, REASON_CANNOT_WRITE, "%s/" STORE_FILE ": %s", tpm->store, strerror(errno));
    (void)file_remove(store, new, why);
    return remove_draft(folder, why);
}

enum outcome tpm_tell_library(const struct tpm *tpm, struct why *why)
{
    if (setenv("TPM2_PKCS11_TCTI", tpm->way, 1) || setenv("TPM2_PKCS11_STORE", tpm->store, 1) ||
        setenv("TSS2_LOG", "all+NONE", 0) || setenv("TPM2_PKCS11_LOG_LEVEL", "0", 0))
        return fail_memory(why);
    return OUTCOME_OK;
}
