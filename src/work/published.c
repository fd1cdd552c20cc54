/* SPDX-License-Identifier: MIT
 *
 * A line "1 TIME", when keys were last asked for again; then for each publication a line
 * "TIME LENGTH ISSUER-OR-ADDRESS" and its bytes.
 */
#include "work/published.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "wire/state.h"

enum { OF_MOST = 1024, BYTES_MOST = 256 << 10, FILE_MOST = PUBLISHED_COUNT * (BYTES_MOST + 2048) };

static const char version[] = "1 ";

struct publication {
    char of[OF_MOST];
    int64_t at; /* seconds since 1970 UTC */
    struct text *bytes;
};

struct published {
    int fd;
    bool anew, changed;
    int64_t asked_at;
    struct publication all[PUBLISHED_COUNT];
};

static bool is_within(int64_t at, int64_t seconds)
{
    int64_t now = time(NULL);

    return at <= now && at > now - seconds;
}

static void drop(struct publication *publication)
{
    text_free(&publication->bytes);
    *publication = (struct publication){ .at = 0 };
}

static void put(struct publication *publication, const char *of, int64_t at, const char *bytes,
                size_t length)
{
    drop(publication);
    if (strlen(of) >= sizeof publication->of || length > BYTES_MOST ||
        !(publication->bytes = text_new(BYTES_MOST)))
        return;
    text_add_bytes(publication->bytes, bytes, length);
    (void)strcpy(publication->of, of);
    publication->at = at;
    if (!text_ok(publication->bytes))
        drop(publication);
}

/* What is behind a number that ends so; NULL: there is none. */
static char *take_number(char *at, char end, int64_t *number)
{
    char *rest = at;

    if (at && *at >= '0' && *at <= '9')
        *number = strtoll(at, &rest, 10);
    return rest != at && *rest == end ? rest + 1 : NULL;
}

/* One publication; where the next one begins, NULL if this is none. */
static char *parse_one(struct publication *publication, char *at, const char *end)
{
    int64_t then, length;
    char *of = take_number(take_number(at, ' ', &then), ' ', &length);
    char *bytes = of ? strchr(of, '\n') : NULL;

    if (!bytes || length >= end - bytes)
        return NULL;
    *bytes++ = '\0';
    put(publication, of, then, bytes, (size_t)length);
    return bytes + length;
}

/* The bytes have a NUL behind them. */
static void parse(struct published *published, char *bytes, size_t length)
{
    char *at = strncmp(bytes, version, sizeof version - 1) != 0 ? NULL : bytes + sizeof version - 1;

    at = take_number(at, '\n', &published->asked_at);
    for (size_t i = 0; at && i < PUBLISHED_COUNT; i++)
        at = parse_one(&published->all[i], at, bytes + length);
}

/* While somebody writes, or after a write that broke off, there is nothing. */
static void read_it(struct published *published)
{
    struct stat st;
    char *bytes = NULL;
    ssize_t n = -1;

    if (flock(published->fd, LOCK_SH | LOCK_NB))
        return;
    if (!fstat(published->fd, &st) && st.st_size > 0 && st.st_size <= FILE_MOST &&
        (bytes = malloc((size_t)st.st_size + 1)))
        n = pread(published->fd, bytes, (size_t)st.st_size, 0);
    (void)flock(published->fd, LOCK_UN);
    if (n > 0) {
        bytes[n] = '\0';
        parse(published, bytes, (size_t)n);
    }
    free(bytes);
}

static int open_it(const char *identity)
{
    char name[80];
    fd_auto folder = -1, fd = -1;
    struct stat st;
    struct why why;

    (void)snprintf(name, sizeof name, "%s.published", identity);
    if (state_folder(&folder, &why)) {
        log_line(LOG_LEVEL_INFO, "%s", why.text);
        return -1;
    }
    fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
        st.st_mode & (S_IWGRP | S_IWOTH)) {
        log_line(LOG_LEVEL_ERROR, "%s is not a file of this user alone", name);
        return -1;
    }
    int mine = fd;
    fd = -1;
    return mine;
}

void published_open(const char *identity, bool anew, struct published **published)
{
    int fd = open_it(identity);

    if (fd < 0 || !(*published = calloc(1, sizeof **published))) {
        fd_close(&fd);
        return;
    }
    (*published)->fd = fd;
    (*published)->anew = anew;
    read_it(*published);
}

/* What a broken write leaves is shorter than its first lines say. */
static void write_it(const struct published *published)
{
    text_auto *text = text_new(FILE_MOST);

    if (!text || flock(published->fd, LOCK_EX | LOCK_NB))
        return;
    text_add(text, "%s%" PRId64 "\n", version, published->asked_at);
    for (size_t i = 0; i < PUBLISHED_COUNT && published->all[i].bytes; i++) {
        const struct publication *one = &published->all[i];
        text_add(text, "%" PRId64 " %zu %s\n", one->at, text_length(one->bytes), one->of);
        text_add_bytes(text, text_peek(one->bytes), text_length(one->bytes));
    }
    text_add(text, "\n");
    if (ftruncate(published->fd, 0) ||
        (text_ok(text) && pwrite(published->fd, text_peek(text), text_length(text), 0) < 0))
        log_line(LOG_LEVEL_ERROR, "what was published is not kept: %s", strerror(errno));
}

void published_close(struct published **published)
{
    if (*published) {
        if ((*published)->changed)
            write_it(*published);
        for (size_t i = 0; i < PUBLISHED_COUNT; i++)
            drop(&(*published)->all[i]);
        fd_close(&(*published)->fd);
    }
    free(*published);
    *published = NULL;
}

const struct text *published_find(const struct published *published, enum published_what what,
                                  const char *of)
{
    const struct publication *one = published ? &published->all[what] : NULL;

    return one && one->bytes && !published->anew && !strcmp(one->of, of) &&
                   is_within(one->at, PUBLISHED_AGE_S)
               ? one->bytes
               : NULL;
}

void published_keep(struct published *published, enum published_what what, const char *of,
                    const char *bytes, size_t length)
{
    if (!published)
        return;
    put(&published->all[what], of, time(NULL), bytes, length);
    published->changed = true;
}

bool published_may_ask(struct published *published)
{
    if (!published || is_within(published->asked_at, PUBLISHED_AGAIN_S))
        return false;
    published->asked_at = time(NULL);
    published->changed = true;
    return true;
}

void published_doubt(struct published *published)
{
    for (size_t i = 0; published && i < PUBLISHED_COUNT; i++)
        drop(&published->all[i]);
    if (published)
        published->changed = true;
}
