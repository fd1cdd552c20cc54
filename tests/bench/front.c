/* SPDX-License-Identifier: MIT
 *
 * A front of the smallest kind, for the bench; it lies beside the command, as the agent wants it.
 *   front ask VERB IDENTITY...       the agent does the verb for all of them at once
 *   front due PID FOLDER COUNT       the agent of that pid wakes from a sleep (../real/slept.c),
 *                                    until so many caches in the folder have been replaced
 *   front find USER REALM            a password in the desktop's keychain, by the helper
 *   front store USER REALM SECONDS   one in the kernel's keyring, from standard input
 * Prints how many milliseconds it took until the last answer. Exit status 0 if all went well.
 */
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "wire/partner.h"
#include "wire/socket.h"

enum { MOST = 16, ANSWER_MS = 60000, PASSWORD_MOST = 256 };

static double now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static enum outcome put(struct wire *wire, const char *verb, const char *identity, struct why *why)
{
    message_auto *request = message_new(MESSAGE_REQUEST);
    text_auto *places = text_new(4096);
    int fd;

    if (!request || !places)
        return fail_memory(why);
    enum outcome out = socket_connect(&fd, why);
    if (out)
        return out;
    *wire = wire_begin(fd, WIRE_FRONT);
    socket_places(places);
    message_add(request, SLOT_VERB, verb);
    message_add(request, SLOT_IDENTITY, identity);
    message_add(request, SLOT_CCACHE, getenv("KRB5CCNAME"));
    message_add(request, SLOT_PLACES, text_peek(places));
    return wire_send(wire, request, why);
}

static enum outcome hear(struct wire *wire, struct why *why)
{
    for (;;) {
        message_auto *message = NULL;
        enum outcome out = wire_recv(wire, ANSWER_MS, &message, why);
        if (out)
            return out;
        if (!message)
            return fail(why, REASON_TIME_OUT, "the agent says nothing");
        if (message_kind(message) == MESSAGE_RESULT)
            return partner_result(message, why);
    }
}

static enum outcome ask(const char *verb, char **identities, struct why *why)
{
    struct wire wires[MOST];
    enum outcome out;
    int count = 0;

    for (; count < MOST && identities[count]; count++)
        if ((out = put(&wires[count], verb, identities[count], why)))
            return out;
    for (int i = 0; i < count; i++)
        if ((out = hear(&wires[i], why)))
            return fail_in(why, "%s", identities[i]);
    return OUTCOME_OK;
}

/* How many of these are caches that were renamed to their name; what lies beside one has a dot. */
static long replaced(const char *bytes, ssize_t length)
{
    const struct inotify_event *event;
    long count = 0;

    for (ssize_t at = 0; at < length; at += (ssize_t)(sizeof *event + event->len)) {
        event = (const void *)(bytes + at);
        count += event->len && !strncmp(event->name, "tkt", 3) && !strchr(event->name, '.');
    }
    return count;
}

/* The kernel takes ten milliseconds to end an inotify instance (a grace period of SRCU), which are
 * not the agent's: a child has it, too, until we are gone. */
static void outlive(void)
{
    int fds[2]; /* above the instance: closed after it */
    char none;

    if (pipe(fds) || fork())
        return;
    (void)close(fds[1]);
    (void)!read(fds[0], &none, 1);
    _exit(0);
}

static enum outcome due(pid_t agent, const char *folder, long count, struct why *why)
{
    _Alignas(struct inotify_event) char bytes[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    struct pollfd pfd = { .fd = inotify_init1(IN_CLOEXEC), .events = POLLIN };

    outlive();
    if (inotify_add_watch(pfd.fd, folder, IN_MOVED_TO) < 0 || kill(agent, SIGCONT))
        return fail(why, REASON_BROKEN, "no folder, or no agent");
    while (count > 0) {
        if (poll(&pfd, 1, ANSWER_MS) <= 0)
            return fail(why, REASON_TIME_OUT, "%ld caches are as they were", count);
        count -= replaced(bytes, read(pfd.fd, bytes, sizeof bytes));
    }
    return OUTCOME_OK;
}

static struct message *question(const char *action, const char *place, char **words)
{
    struct message *message = message_new(MESSAGE_KEYCHAIN);

    if (!message)
        return NULL;
    message_add(message, SLOT_ACTION, action);
    message_add(message, SLOT_ITEM_PLACE, place);
    message_add(message, SLOT_ITEM_KIND, "password");
    message_add(message, SLOT_ITEM_USER, words[0]);
    message_add(message, SLOT_ITEM_REALM, words[1]);
    return message;
}

static enum outcome keychain(struct message *asked, struct why *why)
{
    partner_auto keyring = { 0 };
    message_auto *kept = NULL;
    enum outcome out;

    if (!asked)
        return fail_memory(why);
    if ((out = partner_start(&keyring, PROGRAM_KEYRING, WIRE_WORKER, why)) ||
        (out = wire_send(&keyring.wire, asked, why)) ||
        (out = wire_recv(&keyring.wire, ANSWER_MS, &kept, why)))
        return out;
    return kept && !message_number(kept, SLOT_OUTCOME, 1)
               ? OUTCOME_OK
               : fail(why, REASON_NOT_STORED, "%s", kept ? message_text(kept, SLOT_WHY) : "");
}

static enum outcome store(char **words, struct why *why)
{
    message_auto *message = question("store", "kernel", words);
    secret_auto *password = secret_new(PASSWORD_MOST);
    ssize_t n = password ? read(STDIN_FILENO, secret_space(password), PASSWORD_MOST) : -1;

    if (!message || n <= 0)
        return fail_memory(why);
    secret_grow(password, (size_t)n);
    message_add_secret(message, SLOT_ITEM_SECRET, password);
    message_add(message, SLOT_ITEM_LABEL, "bench");
    message_add_number(message, SLOT_ITEM_SECONDS, atol(words[2]));
    return keychain(message, why);
}

int main(int count, char **words)
{
    struct why why = { 0 };
    double begin = now_ms();
    enum outcome out;

    if (count > 3 && !strcmp(words[1], "ask")) {
        out = ask(words[2], words + 3, &why);
    } else if (count == 5 && !strcmp(words[1], "due")) {
        out = due((pid_t)atoi(words[2]), words[3], atol(words[4]), &why);
    } else if (count == 4 && !strcmp(words[1], "find")) {
        message_auto *message = question("find", "desktop", words + 2);
        out = keychain(message, &why);
    } else if (count == 5 && !strcmp(words[1], "store")) {
        out = store(words + 2, &why);
    } else {
        out = fail(&why, REASON_BAD_REQUEST, "see the beginning of front.c");
    }
    if (out)
        (void)fprintf(stderr, "front: %s %s\n", reason_word(why.reason), why.text);
    (void)printf("%.3f\n", now_ms() - begin);
    return out != OUTCOME_OK;
}
