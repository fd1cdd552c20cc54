/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/home.h"
#include "cert/tpm.h"

static struct why why;
static struct tpm tpm;

/* A home, and a way that no device is needed for. */
static void begin(void)
{
    (void)close(home_begin());
    assert_int_equal(setenv("TPM2_PKCS11_TCTI", "tabrmd", 1), 0);
    assert_int_equal(unsetenv("TPM2_PKCS11_STORE"), 0);
}

static void ways(void **state)
{
    static const char *const bad[] = { "device:/dev/tpm0",
                                       "device:/dev/tpmrm",
                                       "device:/dev/tpmrm0/../sda",
                                       "swtpm:port=2321",
                                       "mssim",
                                       "cmd:/bin/sh",
                                       "/tmp/tcti.so:x",
                                       "tabrmd2",
                                       "" };

    (void)state;
    begin();
    assert_int_equal(tpm_find(&tpm, &why), OUTCOME_OK);
    assert_string_equal(tpm.way, "tabrmd");
    assert_string_equal(tpm.device, "");
    assert_non_null(strstr(tpm.module, "/libtpm2_pkcs11.so"));
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(setenv("TPM2_PKCS11_TCTI", bad[i], 1), 0);
        test_reason(tpm_find(&tpm, &why), &why, REASON_TPM_MANAGER, bad[i]);
        assert_int_equal(tpm_tell_library(&tpm, &why), OUTCOME_OK);
        assert_string_equal(getenv("TPM2_PKCS11_TCTI"), "device:/dev/tpmrm0");
    }
}

/* A computer of its own; 77 where that cannot be made. */
static int with_devices(const char *device, int (*look)(void))
{
    if (!test_small_disk("/dev", "64k") || chmod("/dev", 0755) ||
        (*device && mknod(device, S_IFCHR | 0660, makedev(1, 3))))
        return 77;
    if (setgid(65534) || setuid(65534))
        return 77;
    assert_int_equal(unsetenv("TPM2_PKCS11_TCTI"), 0);
    return look();
}

static int is(enum reason reason, const char *words)
{
    return tpm_find(&tpm, &why) && why.reason == reason && strstr(why.text, words) ? 0 : 1;
}

static int look_for_none(void)
{
    return is(REASON_NO_TPM, "there is no /dev/tpmrm0");
}

static int none(void *data)
{
    (void)data;
    return with_devices("", look_for_none);
}

static int look_without_manager(void)
{
    return is(REASON_TPM_MANAGER, "/dev/tpm0, but no /dev/tpmrm0");
}

static int no_manager(void *data)
{
    (void)data;
    return with_devices("/dev/tpm0", look_without_manager);
}

static int look_for_old(void)
{
    return is(REASON_NO_TPM, "version 1.2");
}

static int old(void *data)
{
    static const char *const folders[] = { "/sys/class", "/sys/class/tpm", "/sys/class/tpm/tpm0" };

    (void)data;
    if (!test_small_disk("/sys", "64k") || chmod("/sys", 0755))
        return 77;
    for (size_t i = 0; i < COUNT(folders); i++)
        if (mkdir(folders[i], 0755))
            return 77;
    test_write(TPM_VERSION, "1\n", 2);
    if (chmod(TPM_VERSION, 0644))
        return 77;
    return with_devices("/dev/tpm0", look_for_old);
}

static int look_without_right(void)
{
    return is(REASON_TPM_ACCESS, "group 0 (mode 0640)") | is(REASON_TPM_ACCESS, "Permission");
}

static int no_right(void *data)
{
    (void)data;
    (void)umask(027); /* "not even to write" is enough */
    return with_devices("/dev/tpmrm0", look_without_right);
}

static void devices(void **state)
{
    static int (*const looks[])(void *) = { none, no_manager, old, no_right };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(looks); i++) {
        int status = test_child(looks[i], NULL);
        if (status == 77)
            test_skip("devices of its own need a mount namespace");
        assert_int_equal(status, 0);
    }
}

static int no_program(void *data)
{
    (void)data;
    if (!test_small_disk("/usr/share/p11-kit/modules", "64k"))
        return 77;
    return is(REASON_TPM_PROGRAM, "not registered");
}

static void not_installed(void **state)
{
    (void)state;
    begin();
    int status = test_child(no_program, NULL);
    if (status == 77)
        test_skip("devices of its own need a mount namespace");
    assert_int_equal(status, 0);
}

static unsigned mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void make(char path[256], const char *name, mode_t mode)
{
    (void)snprintf(path, 256, "%s/%s", getenv("HOME"), name);
    if (strstr(name, "sqlite3"))
        test_write(path, "tokens", 6);
    else
        assert_int_equal(mkdir(path, mode), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void store(void **state)
{
    char path[256], file[256];

    (void)state;
    begin();
    assert_int_equal(tpm_prepare(&tpm, &why), OUTCOME_OK);
    assert_int_equal(mode_of(tpm.store), 0700);
    begin();
    make(path, ".tpm2_pkcs11", 0755);
    make(file, ".tpm2_pkcs11/tpm2_pkcs11.sqlite3", 0644);
    assert_int_equal(tpm_prepare(&tpm, &why), OUTCOME_OK);
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(mode_of(file), 0600);
    assert_true(tpm_has_store(&tpm));
    assert_int_equal(chmod(path, 0770), 0);
    test_reason(tpm_prepare(&tpm, &why), &why, REASON_OTHER_OWNER, "the TPM's store");
    begin();
    (void)snprintf(file, sizeof file, "%s/.tpm2_pkcs11", getenv("HOME"));
    assert_int_equal(symlink(path, file), 0);
    assert_int_not_equal(tpm_prepare(&tpm, &why), OUTCOME_OK);
}

static void system_store(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(setenv("TPM2_PKCS11_STORE", i ? "tokens" : "/etc/tpm2_pkcs11", 1), 0);
        test_reason(tpm_prepare(&tpm, &why), &why, REASON_BAD_SETTING, "/etc/tpm2_pkcs11");
        assert_int_equal(tpm_tell_library(&tpm, &why), OUTCOME_OK);
        assert_string_equal(getenv("TPM2_PKCS11_STORE"), "/etc/tpm2_pkcs11");
    }
}

static void drafts(void **state)
{
    struct tpm draft;
    char path[256], bytes[16] = "";

    (void)state;
    begin();
    fd_auto folder = open(getenv("HOME"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(tpm_prepare(&tpm, &why), OUTCOME_OK);
    make(path, "tpm2_pkcs11.sqlite3", 0600);
    assert_int_equal(tpm_draft(&tpm, folder, &draft, &why), OUTCOME_OK);
    assert_int_equal(access(path, F_OK), -1); /* one of before, half made */
    test_reason(tpm_take_draft(&tpm, folder, &why), &why, REASON_TOKEN_FAILED, "made no store");
    assert_false(tpm_has_store(&tpm));
    (void)snprintf(path, sizeof path, "%s/tpm2_pkcs11.sqlite3", draft.store);
    test_write(path, "first", 5);
    assert_int_equal(tpm_take_draft(&tpm, folder, &why), OUTCOME_OK);
    assert_int_equal(access(path, F_OK), -1);
    test_write(path, "second", 6);
    assert_int_equal(tpm_take_draft(&tpm, folder, &why), OUTCOME_OK);
    (void)snprintf(path, sizeof path, "%s/tpm2_pkcs11.sqlite3", tpm.store);
    (void)test_read(path, bytes, sizeof bytes - 1);
    assert_string_equal(bytes, "first");
    (void)snprintf(path, sizeof path, "%s/chatelaine.new", tpm.store);
    assert_int_equal(access(path, F_OK), -1);
}

FACTS(FACT(ways, "tpm_find: a way without a resource manager is refused, and never gone"),
      FACT(devices, "tpm_find: no device, an old one, no resource manager, no right: each is told"),
      FACT(not_installed, "tpm_find: without tpm2-pkcs11: tpm-program"),
      FACT(store, "tpm_prepare: the store is private, whoever made it"),
      FACT(system_store, "tpm_check_store: the system's store is no place for a token of ours"),
      FACT(drafts, "tpm_take_draft: a store comes whole, and never over another one"))
