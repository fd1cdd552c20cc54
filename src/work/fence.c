/* SPDX-License-Identifier: MIT */
#include "work/fence.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#include "cert/tpm.h"
#include "kerberos/inspect.h"
#include "work/confine.h"

enum { PATHS_MOST = 64, DEPTH_MOST = 5 };

/* Paths that are owned here. */
struct paths {
    char *list[PATHS_MOST + 1];
    size_t count;
};

static void paths_free(struct paths *paths)
{
    while (paths->count)
        free(paths->list[--paths->count]);
}

static bool paths_have(const struct paths *paths, const char *path)
{
    for (size_t i = 0; i < paths->count; i++)
        if (!strcmp(paths->list[i], path))
            return true;
    return false;
}

static void paths_put(struct paths *paths, const char *path)
{
    if (*path && paths->count < PATHS_MOST && !paths_have(paths, path) &&
        (paths->list[paths->count] = strdup(path)))
        paths->count++;
}

static void paths_add(struct paths *paths, const char *path)
{
    if (*path == '/')
        paths_put(paths, path);
}

static void add_settings(struct paths *paths, const char *path, int depth);

static void add_folder(struct paths *paths, const char *path, int fd, int depth)
{
    char inner[1024];
    struct dirent *entry;
    DIR *folder = fdopendir(fd);

    if (!folder) {
        (void)close(fd);
        return;
    }
    while ((entry = readdir(folder)))
        if (*entry->d_name != '.' &&
            (size_t)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) < sizeof inner)
            add_settings(paths, inner, depth);
    (void)closedir(folder);
}

/* "include PATH" and "includedir PATH" at the beginning of a line (krb5.conf(5)). */
static void add_file(struct paths *paths, int fd, int depth)
{
    char line[1024];
    FILE *stream = fdopen(fd, "r");

    if (!stream) {
        (void)close(fd);
        return;
    }
    while (fgets(line, sizeof line, stream)) {
        size_t word = strcspn(line, " \t"), blanks = strspn(line + word, " \t");
        char *path = line + word + blanks;
        path[strcspn(path, "\r\n")] = '\0';
        if (blanks && !strncmp(line, "includedir", word) && (word == 7 || word == 10))
            add_settings(paths, path, depth);
    }
    (void)fclose(stream);
}

/* A file or folder of settings, and what it includes. */
static void add_settings(struct paths *paths, const char *path, int depth)
{
    struct stat st;
    fd_auto fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    paths_add(paths, path);
    if (fd < 0 || fstat(fd, &st) || depth == DEPTH_MOST)
        return;
    if (S_ISDIR(st.st_mode))
        add_folder(paths, path, fd, depth + 1);
    else if (S_ISREG(st.st_mode))
        add_file(paths, fd, depth + 1);
    else
        return;
    fd = -1; /* closed with its stream */
}

static void add_krb5(struct paths *paths)
{
    const char *system = getenv("KRB5_CONFIG");
    char *copy = strdup(system ? system : "/etc/krb5.conf"), *rest = copy, *file;

    while (rest && (file = strsep(&rest, ":")))
        add_settings(paths, file, 0);
    free(copy);
}

/* Doctor goes on without the system's settings for Kerberos if they are what is wrong. */
static void check_kerberos(struct errand *errand)
{
    tickets_auto *tickets = NULL;
    struct why why;

    if (!tickets_open(&tickets, &why))
        return;
    if (!inspect_parse(&errand->bad_kerberos)) /* which names the file */
        errand->bad_kerberos = why;
    (void)setenv("KRB5_CONFIG", "/dev/null", 1);
}

/* What the caches of this errand and of those that may follow it need. */
struct needs {
    struct paths folders;
    unsigned extra, errands;
};

static enum outcome add_cache(struct needs *needs, const char *name, struct why *why)
{
    struct ticket_place place;
    enum outcome out = tickets_place(name, &place, why);

    if (out)
        return out;
    paths_put(&needs->folders, place.folder);
    needs->extra |=
        (place.local_socket ? CONFINEMENT_LOCAL : 0) | (place.keyring ? CONFINEMENT_KEYRING : 0);
    return OUTCOME_OK;
}

static enum outcome add_caches(struct needs *needs, const struct errand *errand, struct why *why)
{
    const char *remembered = errand_text(errand, SLOT_TICKET_CACHE);
    struct slot_value value;
    size_t at = 0;
    enum outcome out = add_cache(needs, errand_text(errand, SLOT_CCACHE), why);

    if (!out && remembered)
        out = add_cache(needs, remembered, why);
    for (needs->errands = 1; !out && message_next(errand->request, &at, &value);)
        if (value.slot == SLOT_NEXT) {
            needs->errands++;
            out = add_cache(needs, value.second, why);
        }
    return out;
}

/* What Kerberos reads. */
static void add_kerberos(struct paths *readable, const struct errand *errand)
{
    paths_add(readable, conf_text(errand->conf, errand->identity, SETTING_CA_FILE));
    paths_add(readable, "/var/lib/sss/pubconf"); /* what sssd adds to krb5.conf */
    add_krb5(readable);
}

static enum outcome shut(unsigned may, const struct verb_row *row, const struct needs *needs,
                         const struct paths *readable, struct why *why)
{
    return confine(&(struct confine){ .may = may,
                                      .cpu_seconds = row->cpu_seconds * needs->errands,
                                      .readable = (const char *const *)readable->list,
                                      .writable = (const char *const *)needs->folders.list },
                   why);
}

/* Okta may ask whoever is there for a security key. */
static bool may_ask_for_key(const struct errand *errand, const struct verb_row *row)
{
    return !strcmp(conf_text(errand->conf, errand->identity, SETTING_PROVIDER), "okta") &&
           !message_number(errand->request, SLOT_UNATTENDED, 0) &&
           (row == verb_row(VERB_SIGN_IN) || row == verb_row(VERB_CHANGE_PASSWORD) ||
            row == verb_row(VERB_REPAIR));
}

/* No ticket cache, unless there is an errand in the directory beside it, and libcurl's threads. All
 * but status may ask the provider. */
static enum outcome fence_web(const struct errand *errand, const struct verb_row *row,
                              struct why *why)
{
    struct paths readable = { .count = 0 };
    struct needs needs = { .errands = 1 };
    unsigned may = row == verb_row(VERB_STATUS) ? 0 : CONFINEMENT_NETWORK | CONFINEMENT_THREADS;
    enum outcome out = OUTCOME_OK;

    paths_add(&readable, conf_text(errand->conf, errand->identity, SETTING_CA_FILE));
    paths_add(&readable, conf_text(errand->conf, errand->identity, SETTING_CLIENT_SECRET));
    if (may_ask_for_key(errand, row))
        may |= CONFINEMENT_KEYS;
    if (errand->beside) {
        out = add_caches(&needs, errand->beside, why);
        needs.errands = 2;
        may |= row->confinement | needs.extra;
        add_kerberos(&readable, errand->beside);
    }
    if (!out)
        out = shut(may, row, &needs, &readable, why);
    paths_free(&needs.folders);
    paths_free(&readable);
    return out;
}

/* What this errand has said of itself. */
static void add_own(struct paths *readable, struct needs *needs, const struct errand_files *files)
{
    for (size_t i = 0; i < ERRAND_FILES && files->readable[i]; i++)
        paths_add(readable, files->readable[i]);
    for (size_t i = 0; i < ERRAND_FILES && files->writable[i]; i++)
        paths_add(&needs->folders, files->writable[i]);
    needs->extra |= files->may;
}

enum outcome fence(struct errand *errand, const struct verb_row *row, struct why *why)
{
    static const struct errand_files none;
    const struct errand_files *files = errand->files ? errand->files : &none;
    bool is_doctor = row == verb_row(VERB_DOCTOR);
    struct paths readable = { .count = 0 };
    struct needs needs = { .extra = 0 };

    if (row->confinement & CONFINEMENT_PROGRAMS) {
        confine_limits(row->cpu_seconds);
        return OUTCOME_OK;
    }
    if (errand->is_web)
        return fence_web(errand, row, why);
    if (is_doctor)
        check_kerberos(errand);
    enum outcome out = add_caches(&needs, errand, why);
    if (!out || is_doctor) {
        add_kerberos(&readable, errand);
        if (is_doctor)
            paths_add(&readable, TPM_VERSION);
        add_own(&readable, &needs, files);
        out = shut((row->confinement | needs.extra) & ~files->may_not, row, &needs, &readable, why);
    }
    paths_free(&needs.folders);
    paths_free(&readable);
    return out;
}
