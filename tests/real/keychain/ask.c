/* SPDX-License-Identifier: MIT
 *
 * For keychain.test: asks the keychain's helper one thing. Usage: keychain-ask HELPER
 * find|store|remove|rekey KIND USER REALM [--id ID] [--prompt] [--place PLACE] [--seconds N]
 * [--label TEXT] [--environ NAME=VALUE]. A secret comes from standard input and goes to descriptor
 * 4, if that is open. Prints reason, id (for rekey: changed or same) and why, a line each; exit
 * status as the command.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"
#include "wire/wire.h"

enum { SECRET_FD = 4, ANSWER_MS = 90000, ENVIRONMENT = 8 };

static char *environment[ENVIRONMENT + 1] = {
    "GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"
};

static void inherit(const char *name)
{
    char **at = environment;

    while (*at)
        at++;
    if (getenv(name) && asprintf(at, "%s=%s", name, getenv(name)) < 0)
        exit(2);
}

static void add_secret(struct message *message)
{
    secret_auto *secret = secret_new(20000);
    ssize_t n;

    while (secret && (n = read(STDIN_FILENO, secret_space(secret), secret_room(secret))) > 0)
        secret_grow(secret, (size_t)n);
    if (secret)
        message_add_secret(message, SLOT_ITEM_SECRET, secret);
}

/* The old password and the new one, a line each; an empty old one is none. */
static void add_passwords(struct message *message)
{
    char *lines[2] = { NULL, NULL };
    size_t room = 0;

    for (int i = 0; i < 2; i++) {
        ssize_t n = getline(&lines[i], &room, stdin);
        secret_auto *secret = secret_new(2000);
        room = 0;
        if (n > 1 && secret && secret_append(secret, lines[i], (size_t)n - 1))
            message_add_secret(message, i ? SLOT_ITEM_SECRET : SLOT_OLD_SECRET, secret);
        free(lines[i]);
    }
}

static struct message *make_request(int argc, char **argv)
{
    static const struct option options[] = {
        { "id", 1, NULL, SLOT_ITEM_ID },        { "place", 1, NULL, SLOT_ITEM_PLACE },
        { "label", 1, NULL, SLOT_ITEM_LABEL },  { "seconds", 1, NULL, SLOT_ITEM_SECONDS },
        { "prompt", 0, NULL, SLOT_MAY_PROMPT }, { 0 }
    };
    struct message *message = message_new(MESSAGE_KEYCHAIN);
    const char *place = "desktop", *label = "Company password of a test (Chatelaine)";
    int option;

    while (message && (option = getopt_long(argc, argv, "", options, NULL)) > 0)
        switch (option) {
        case SLOT_ITEM_PLACE:
            place = optarg;
            break;
        case SLOT_ITEM_LABEL:
            label = optarg;
            break;
        case SLOT_ITEM_ID:
            message_add(message, SLOT_ITEM_ID, optarg);
            break;
        case SLOT_ITEM_SECONDS:
            message_add_number(message, SLOT_ITEM_SECONDS, atol(optarg));
            break;
        case SLOT_MAY_PROMPT:
            message_add_number(message, SLOT_MAY_PROMPT, 1);
            break;
        default:
            exit(2);
        }
    if (!message || argc - optind != 5)
        exit(2);
    message_add(message, SLOT_ACTION, argv[optind + 1]);
    message_add(message, SLOT_ITEM_KIND, argv[optind + 2]);
    message_add(message, SLOT_ITEM_USER, argv[optind + 3]);
    message_add(message, SLOT_ITEM_REALM, argv[optind + 4]);
    message_add(message, SLOT_ITEM_PLACE, place);
    message_add(message, SLOT_ITEM_LABEL, label);
    if (!strcmp(argv[optind + 1], "store"))
        add_secret(message);
    if (!strcmp(argv[optind + 1], "rekey"))
        add_passwords(message);
    return message;
}

static void tell(const struct message *kept)
{
    secret_auto *secret = message_secret(kept, SLOT_ITEM_SECRET);
    const char *changed = message_has(kept, SLOT_CHANGED)
                              ? message_number(kept, SLOT_CHANGED, 0) ? "changed" : "same"
                              : "-";
    const char *id = message_text(kept, SLOT_ITEM_ID), *text = message_text(kept, SLOT_WHY);

    (void)printf("%s\n%s\n%s\n", message_text(kept, SLOT_REASON), id ? id : changed,
                 text ? text : "-");
    if (secret && write(SECRET_FD, secret_peek(secret), secret_length(secret)) < 0)
        (void)printf("the secret was not written: %s\n", strerror(errno));
}

int main(int argc, char **argv)
{
    struct why why = { 0 };
    message_auto *request = make_request(argc, argv), *kept = NULL;
    char *arguments[] = { "chatelaine-keyring", NULL };
    int fds[2], status;
    pid_t pid;

    inherit("DBUS_SESSION_BUS_ADDRESS");
    inherit("XDG_RUNTIME_DIR");
    inherit("HOME");
    if (wire_pair(fds, &why) || spawn(argv[optind], arguments, environment, fds[1], &pid, &why))
        return 2;
    fd_close(&fds[1]);
    wire_auto wire = wire_begin(fds[0], WIRE_WORKER);
    if (!wire_send(&wire, request, &why) && !wire_recv(&wire, ANSWER_MS, &kept, &why) && kept)
        tell(kept);
    else
        (void)printf("%s\n-\n%s\n", reason_word(why.reason), why.text);
    if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
        return 99;
    return WEXITSTATUS(status);
}
