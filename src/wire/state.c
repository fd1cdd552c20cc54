/* SPDX-License-Identifier: MIT */
#include "wire/state.h"

#include <dirent.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/home.h"
#include "wire/verbs.h"

enum { STATE_MOST = 2 << 20, HELD = 50, HELD_MS = 10 };

/* $XDG_STATE_HOME or ~/.local/state (XDG Base Directory Specification 0.8). */
static enum outcome parent_folder(char *path, size_t size, struct why *why)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = home_folder();
    int n = -1;

    if (state && *state == '/')
        n = snprintf(path, size, "%s", state);
    else if (home)
        n = snprintf(path, size, "%s/.local/state", home);
    if (n < 0 || (size_t)n >= size)
        return fail(why, REASON_CANNOT_WRITE, "HOME and XDG_STATE_HOME name no folder");
    return OUTCOME_OK;
}

static void file_name(const char *identity, char name[64])
{
    (void)snprintf(name, 64, "%s.state", identity);
}

bool state_path(const char *identity, char *path, size_t size)
{
    char parent[1024], name[64];
    struct why why;

    file_name(identity, name);
    return !parent_folder(parent, sizeof parent, &why) &&
           (size_t)snprintf(path, size, "%s/chatelaine/%s", parent, name) < size;
}

enum outcome state_look(int *fd, struct why *why)
{
    char path[1024];
    enum outcome out;

    if ((out = parent_folder(path, sizeof path - 16, why)))
        return out;
    (void)strcat(path, "/chatelaine");
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0 && errno != ENOENT)
        return fail(why, REASON_OTHER_OWNER, "%s: %s", path, strerror(errno));
    return OUTCOME_OK;
}

enum outcome state_load(const char *identity, struct message *message, struct why *why)
{
    char path[1024], name[64];
    text_auto *lines = NULL;
    fd_auto folder = -1;
    enum outcome out;

    if ((out = parent_folder(path, sizeof path, why)) || (out = state_look(&folder, why)) ||
        folder < 0)
        return out;
    file_name(identity, name);
    if ((out = file_read(folder, name, STATE_MOST, geteuid(), &lines, why)) ||
        (lines && (out = message_load(message, text_peek(lines), text_length(lines), why))))
        (void)fail_in(why, "remembered facts, %s/chatelaine/%s", path, name);
    if (out && why->reason == REASON_BAD_SETTING)
        out = fail_as(why, REASON_STATE_DAMAGED);
    return out;
}

/* ~/.local and ~/.local/state may not be there yet. */
static void make_parents(char *path)
{
    for (char *c = path + 1; (c = strchr(c, '/')); c++) {
        *c = '\0';
        (void)mkdir(path, 0700);
        *c = '/';
    }
}

enum outcome state_folder(int *fd, struct why *why)
{
    char path[1024];
    enum outcome out;

    if ((out = parent_folder(path, sizeof path, why)))
        return out;
    make_parents(path);
    return file_open_folder(path, "chatelaine", fd, why);
}

enum outcome state_save(const char *identity, const struct message *result, struct why *why)
{
    char name[64];
    fd_auto folder = -1;
    enum outcome out;
    text_auto *lines = text_new(STATE_MOST);

    if (!lines)
        return fail_memory(why);
    message_save(result, lines);
    if (!text_ok(lines))
        return fail_memory(why);
    file_name(identity, name);
    if ((out = state_folder(&folder, why)) ||
        (out = file_write(folder, name, text_peek(lines), text_length(lines), why)))
        return fail_in(why, "remembering the facts of identity %s", identity);
    return OUTCOME_OK;
}

/* Whoever looks at the ticket learns these anew. */
static bool is_fleeting(unsigned slot)
{
    return slot == SLOT_TICKET_END || slot == SLOT_RENEWABLE_END || slot == SLOT_PASSWORD_DAYS_LEFT;
}

/* Is it what is remembered, but for what is fleeting? */
static bool is_remembered(const char *identity, const struct message *result)
{
    message_auto *then = message_new(MESSAGE_RESULT);
    uint64_t before[SLOT_END], now[SLOT_END];
    struct why why;

    if (!then || state_load(identity, then, &why))
        return false;
    message_digests(then, before);
    message_digests(result, now);
    for (unsigned slot = FACT_FIRST; slot <= FACT_LAST; slot++)
        if (!is_fleeting(slot) && before[slot] != now[slot])
            return false;
    return true;
}

/* The person does it, so it counts whatever has been meanwhile. */
static bool is_persons(const struct message *request, enum verb verb)
{
    return (verb == VERB_SIGN_IN || verb == VERB_CHANGE_PASSWORD) &&
           !message_number(request, SLOT_UNATTENDED, 0);
}

/* What is remembered is not what the request was told of. */
static enum outcome check_time(const struct message *request, struct why *why)
{
    message_auto *now = message_new(MESSAGE_REQUEST);
    struct why unread;

    if (!now)
        return fail_memory(why);
    if (state_load(message_text(request, SLOT_IDENTITY), now, &unread) ||
        !message_has(now, SLOT_PRINCIPAL))
        return OUTCOME_OK;
    if (facts_differ(request, now))
        return fail(why, REASON_NOT_SIGNED_IN, "meanwhile somebody else has signed in");
    if (message_number(now, SLOT_STAYS_SIGNED_OUT, 0) &&
        !message_number(request, SLOT_STAYS_SIGNED_OUT, 0))
        return fail(why, REASON_NOT_SIGNED_IN, "signed out meanwhile");
    return OUTCOME_OK;
}

/* PINs are what the worker of certificates has to do with, and no other one: it reads what tokens
 * and web pages say, and whoever takes it over gets no password. */
static enum outcome check_kind(const struct message *request, const struct message *question,
                               struct why *why)
{
    const char *verb = message_text(request, SLOT_VERB);
    const char *kind = message_text(question, SLOT_ITEM_KIND);
    bool is_pin = kind && !strcmp(kind, "pin");

    return !strcmp(verb, verb_row(VERB_CERTIFICATE)->word) == is_pin
               ? OUTCOME_OK
               : fail(why, REASON_PROTOCOL, "%s asks the keychain for a %s", verb, kind);
}

enum outcome state_may_ask(const struct message *request, const struct message *question,
                           struct why *why)
{
    enum outcome out = check_kind(request, question, why);
    enum verb verb;

    if (out || strcmp(message_text(question, SLOT_ACTION), "store") != 0 ||
        !verb_find(message_text(request, SLOT_VERB), &verb) || is_persons(request, verb))
        return out;
    return check_time(request, why);
}

/* One process at a time looks and then writes. One that was stopped is not waited for. */
static void hold(int folder)
{
    for (int tried = 0; flock(folder, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK && tried < HELD;
         tried++)
        (void)poll(NULL, 0, HELD_MS);
}

/* A renewal mostly changes nothing: then no disk has to be waited for. Status may run beside
 * another errand, and what that one has found out is newer. */
static bool is_needless(enum verb verb, const struct message *request, const struct message *result)
{
    const char *identity = message_text(request, SLOT_IDENTITY);

    return is_remembered(identity, result) ||
           (verb == VERB_STATUS && !is_remembered(identity, request));
}

static enum outcome remember(const struct message *request, const struct message *result,
                             enum verb verb, bool may, struct why *why)
{
    fd_auto folder = -1;
    enum outcome out;

    if ((out = state_folder(&folder, why)))
        return out;
    hold(folder);
    if (!may && !message_number(result, SLOT_STAYS_SIGNED_OUT, 0) &&
        (out = check_time(request, why)))
        return out;
    return is_needless(verb, request, result)
               ? OUTCOME_OK
               : state_save(message_text(request, SLOT_IDENTITY), result, why);
}

enum outcome state_remember(const struct message *request, const struct message *result,
                            struct why *why)
{
    const char *then = message_text(request, SLOT_PRINCIPAL);
    const char *now = message_text(result, SLOT_PRINCIPAL);
    enum verb verb;
    bool may = verb_find(message_text(request, SLOT_VERB), &verb) &&
               (verb == VERB_SIGN_IN || verb == VERB_CHANGE_PASSWORD);

    if (!now || (!may && (!then || strcmp(then, now) != 0)))
        return OUTCOME_OK;
    return remember(request, result, verb, may && is_persons(request, verb), why);
}

enum outcome state_beside(const struct message *request, const struct message *beside,
                          struct message **own_request, struct why *why)
{
    message_auto *own = message_new(MESSAGE_REQUEST);
    const char *word = message_text(request, SLOT_VERB);
    enum verb verb;
    enum outcome out;

    if (!own)
        return fail_memory(why);
    if (!verb_find(word, &verb) || !verb_is_for_both(verb) ||
        message_number(request, SLOT_UNATTENDED, 0))
        return fail(why, REASON_PROTOCOL, "%s is for one identity alone", word);
    message_add(own, SLOT_VERB, word);
    message_add(own, SLOT_IDENTITY, message_text(beside, SLOT_IDENTITY));
    message_add(own, SLOT_PRINCIPAL, message_text(beside, SLOT_PRINCIPAL)); /* whoever it is */
    message_add(own, SLOT_CCACHE, message_text(request, SLOT_CCACHE));
    if ((out = state_remember(own, beside, why)))
        return out;
    *own_request = own;
    own = NULL;
    return OUTCOME_OK;
}

size_t state_identities(char names[][STATE_NAME], size_t most)
{
    struct dirent *entry;
    struct why why;
    size_t count = 0;
    int fd;

    if (state_folder(&fd, &why))
        return 0;
    DIR *folder = fdopendir(fd);
    if (!folder) {
        (void)close(fd);
        return 0;
    }
    while (count < most && (entry = readdir(folder))) {
        const char *end = strrchr(entry->d_name, '.');
        size_t length = end ? (size_t)(end - entry->d_name) : 0;
        if (end && !strcmp(end, ".state") && *entry->d_name != '.' && length < STATE_NAME)
            (void)snprintf(names[count++], STATE_NAME, "%.*s", (int)length, entry->d_name);
    }
    (void)closedir(folder);
    return count;
}

bool state_has_adopted(void)
{
    char path[1024];
    struct dirent *entry;
    struct why why;
    bool any = false;

    if (parent_folder(path, sizeof path - 32, &why))
        return false;
    (void)strcat(path, "/chatelaine/certificates");
    DIR *folder = opendir(path);
    while (folder && !any && (entry = readdir(folder))) {
        size_t length = strlen(entry->d_name), ending = sizeof STATE_ADOPTED - 1;
        any = length > ending && !strcmp(entry->d_name + length - ending, STATE_ADOPTED);
    }
    if (folder)
        (void)closedir(folder);
    return any;
}
