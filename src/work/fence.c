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

static void paths_add(struct paths *paths, const char *path)
{
    if (*path == '/' && paths->count < PATHS_MOST && (paths->list[paths->count] = strdup(path)))
        paths->count++;
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

/* Where this cache is; doctor goes on without the system's settings if they are what is wrong. */
static enum outcome find_place(struct errand *errand, const struct verb_row *row,
                               const char *ccache, struct ticket_place *place, struct why *why)
{
    enum outcome out = tickets_place(ccache, place, why);

    if (!out || row != verb_row(VERB_DOCTOR))
        return out;
    if (!inspect_parse(&errand->bad_kerberos)) /* which names the file */
        errand->bad_kerberos = *why;
    if (!setenv("KRB5_CONFIG", "/dev/null", 1) && tickets_place(ccache, place, why))
        *place = (struct ticket_place){ .folder = "" };
    return OUTCOME_OK;
}

enum outcome fence(struct errand *errand, const struct verb_row *row, struct why *why)
{
    const char *remembered = errand_text(errand, SLOT_TICKET_CACHE);
    struct paths readable = { .count = 0 };
    struct ticket_place now, then = { .folder = "" };
    if (row->confinement & CONFINEMENT_PROGRAMS) {
        confine_limits(row->cpu_seconds);
        return OUTCOME_OK;
    }
    enum outcome out = find_place(errand, row, errand_text(errand, SLOT_CCACHE), &now, why);
    if (out || (remembered && (out = find_place(errand, row, remembered, &then, why))))
        return out;
    const char *writable[] = { *now.folder ? now.folder : then.folder, then.folder, NULL };
    if (!*writable[1])
        writable[1] = NULL;
    if (!*writable[0])
        writable[0] = NULL;
    paths_add(&readable, conf_text(errand->conf, errand->identity, SETTING_CA_FILE));
    paths_add(&readable, "/var/lib/sss/pubconf"); /* what sssd adds to krb5.conf */
    add_krb5(&readable);
    unsigned extra = (now.local_socket || then.local_socket ? CONFINEMENT_LOCAL : 0) |
                     (now.keyring || then.keyring ? CONFINEMENT_KEYRING : 0);
    if (row->libraries >= LIBRARIES_WEB)
        extra |= CONFINEMENT_THREADS;
    out = confine(&(struct confine){ .may = row->confinement | extra,
                                     .cpu_seconds = row->cpu_seconds,
                                     .readable = (const char *const *)readable.list,
                                     .writable = writable },
                  why);
    paths_free(&readable);
    return out;
}
