/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cert/home.h"
#include "work/asker.h"
#include "work/certificate.h"

#define ID "0123456789abcdef0123456789abcdef"

static struct why why;

/* The front, in a thread, with a keychain of one item. */
static struct {
    char pin[64], id[40], typed[64];
    enum reason reason; /* of whoever wants to find something; NONE: it works */
    int found, stored, removed, asked;
} keychain;

static void find(struct message *kept)
{
    if (!*keychain.pin)
        return;
    secret_auto *secret = home_secret(keychain.pin);
    message_add(kept, SLOT_ITEM_ID, keychain.id);
    message_add_secret(kept, SLOT_ITEM_SECRET, secret);
    keychain.found++;
}

static void store(const struct message *asked, struct message *kept)
{
    secret_auto *secret = message_secret(asked, SLOT_ITEM_SECRET);

    (void)snprintf(keychain.pin, sizeof keychain.pin, "%s", secret_peek(secret));
    (void)snprintf(keychain.id, sizeof keychain.id, "%032d", ++keychain.stored);
    message_add(kept, SLOT_ITEM_ID, keychain.id);
}

static struct message *answer_keychain(const struct message *asked)
{
    struct message *kept = message_new(MESSAGE_KEPT);
    const char *action = message_text(asked, SLOT_ACTION);
    enum reason reason = strcmp(action, "find") != 0 ? REASON_NONE : keychain.reason;
    struct why told = { .reason = REASON_NONE };

    if (!reason && !strcmp(action, "find") && !*keychain.pin)
        reason = REASON_NOT_STORED;
    message_add_outcome(kept, reason ? fail(&told, reason, "so it is") : OUTCOME_OK, &told);
    if (!reason && !strcmp(action, "find"))
        find(kept);
    else if (!reason && !strcmp(action, "store"))
        store(asked, kept);
    else if (!reason) {
        keychain.pin[0] = '\0';
        keychain.removed++;
    }
    return kept;
}

static struct message *answer_question(void)
{
    struct message *answer = message_new(MESSAGE_ANSWER);
    secret_auto *secret = home_secret(keychain.typed);

    keychain.asked++;
    message_add_secret(answer, SLOT_ANSWER, secret);
    return answer;
}

static void *play(void *data)
{
    struct wire *front = data;
    struct why lost;

    for (;;) {
        message_auto *asked = NULL, *reply = NULL;
        if (wire_recv(front, 60000, &asked, &lost) || !asked)
            return NULL;
        if (message_kind(asked) == MESSAGE_KEYCHAIN)
            reply = answer_keychain(asked);
        else if (message_kind(asked) == MESSAGE_QUESTION)
            reply = answer_question();
        if (reply && wire_send(front, reply, &lost))
            return NULL;
    }
}

/* One errand opens the token of this URI. */
static enum outcome unlock_by(const char *settings, int folder, const char *uri,
                              struct token **token)
{
    int fds[2];
    pthread_t thread;
    conf_auto *conf = conf_new();
    message_auto *request = message_new(MESSAGE_REQUEST), *got = NULL;

    assert_int_equal(wire_pair(fds, &why), 0);
    struct wire front = wire_begin(fds[0], WIRE_FRONT), worker = wire_begin(fds[1], WIRE_WORKER);
    struct wire_asker asker = wire_asker(&worker);
    assert_int_equal(conf_read(conf, "f", settings, strlen(settings), WHO_ADMINISTRATOR, &why), 0);
    message_add(request, SLOT_VERB, "certificate");
    message_add(request, SLOT_IDENTITY, "default");
    message_add(request, SLOT_KEYCHAINS, "kernel, desktop");
    assert_int_equal(wire_send(&front, request, &why), 0);
    assert_int_equal(wire_recv(&worker, 1000, &got, &why), 0);
    assert_int_equal(pthread_create(&thread, NULL, play, &front), 0);
    struct errand errand = { .request = got,
                             .identity = "default",
                             .conf = conf,
                             .asker = &asker.asker,
                             .front = &asker,
                             .deadline_ms = clock_ms() + 60000 };
    struct certificates all = { .errand = &errand, .folder = folder };
    enum outcome out = certificate_unlock(&all, uri, token, &why);
    if (out) /* else it is the caller's from here on */
        certificate_close(&all);
    fd_close(&fds[1]);
    assert_int_equal(pthread_join(thread, NULL), 0);
    fd_close(&fds[0]);
    wire_end(&front);
    wire_end(&worker);
    return out;
}

static enum outcome unlock(int folder, const char *uri, struct token **token)
{
    return unlock_by("", folder, uri, token);
}

static void is_open(struct token *token, char uri[TOKEN_URI])
{
    assert_non_null(token);
    assert_int_equal(token_uri(token, uri, &why), 0);
}

static int begin(void)
{
    memset(&keychain, 0, sizeof keychain);
    return home_begin();
}

/* Opens the person's own, which must work, and tells which one it is. */
static void own(int folder, char uri[TOKEN_URI])
{
    token_auto *token = NULL;

    if (unlock(folder, PLACE_SOFTHSM, &token))
        fail_msg("%s: %s", reason_word(why.reason), why.text);
    is_open(token, uri);
}

static void made_once(void **state)
{
    fd_auto folder = begin();
    char first[TOKEN_URI], again[TOKEN_URI];

    (void)state;
    own(folder, first);
    assert_int_equal(keychain.stored, 1);
    for (int i = 0; i < 3; i++) {
        own(folder, again);
        assert_string_equal(again, first);
    }
    assert_int_equal(keychain.stored, 1);
    assert_int_equal(keychain.found, 3);
    assert_int_equal(keychain.asked, 0);
}

/* Killed after the PIN was stored. */
static void stored_first(void **state)
{
    fd_auto folder = begin();
    char uri[TOKEN_URI];

    (void)state;
    (void)strcpy(keychain.pin, "the PIN that was made");
    (void)strcpy(keychain.id, ID);
    own(folder, uri);
    assert_int_equal(keychain.stored, 0);
    own(folder, uri);
}

static void wrong(void **state)
{
    fd_auto folder = begin();
    token_auto *token = NULL;
    char first[TOKEN_URI], other[TOKEN_URI];

    (void)state;
    own(folder, first);
    (void)strcpy(keychain.pin, "wrong");
    (void)strcpy(keychain.id, ID);
    test_reason(unlock(folder, PLACE_SOFTHSM, &token), &why, REASON_WRONG_PIN, "");
    assert_null(token);
    assert_int_equal(keychain.removed, 1);
    (void)strcpy(keychain.pin, "wrong"); /* out of a backup */
    own(folder, other);
    assert_string_not_equal(other, first);
    assert_int_equal(keychain.stored, 2);
    own(folder, first);
    assert_string_equal(other, first);
}

/* It was right before, and is not any more. */
static void not_right_any_more(void **state)
{
    fd_auto folder = begin();
    token_auto *token = NULL;
    char uri[TOKEN_URI];

    (void)state;
    own(folder, uri);
    (void)strcpy(keychain.pin, "wrong"); /* under the same id */
    test_reason(unlock(folder, PLACE_SOFTHSM, &token), &why, REASON_WRONG_PIN, "");
    (void)strcpy(keychain.pin, "wrong");
    own(folder, uri);
    assert_int_equal(keychain.stored, 2);
}

/* Killed while it was tried, and nobody knows what came of it. */
static void killed(void **state)
{
    fd_auto folder = begin();
    char first[TOKEN_URI], other[TOKEN_URI];

    (void)state;
    own(folder, first);
    (void)strcpy(keychain.pin, "perhaps");
    (void)strcpy(keychain.id, ID);
    assert_int_equal(file_write(folder, ID ".pin", "tried", 5, &why), 0);
    own(folder, other);
    assert_string_not_equal(other, first);
    assert_int_equal(keychain.stored, 2);
}

/* A new token would be made, and the PIN of all keys be overwritten. */
static void damaged(void **state)
{
    fd_auto folder = begin();
    token_auto *token = NULL;
    char first[TOKEN_URI], pin[64];

    (void)state;
    own(folder, first);
    (void)strcpy(pin, keychain.pin);
    assert_int_equal(file_write(folder, "00000000000000000000000000000001.pin", "", 0, &why), 0);
    test_reason(unlock(folder, PLACE_SOFTHSM, &token), &why, REASON_STATE_DAMAGED, ".pin");
    assert_string_equal(keychain.pin, pin);
    assert_int_equal(keychain.stored, 1);
}

/* The keychain knows it by so many characters. */
static void long_uri(void **state)
{
    fd_auto folder = begin();
    token_auto *token = NULL;
    char uri[TOKEN_URI] = "pkcs11:token=Chatelaine?module-path=/";

    (void)state;
    memset(uri + strlen(uri), 'x', 300);
    test_reason(unlock(folder, uri, &token), &why, REASON_BAD_SETTING, "256");
    assert_int_equal(keychain.asked + keychain.found, 0);
}

/* Another one of the same label may have another PIN. */
static void other_there(void **state)
{
    fd_auto folder = begin();
    token_auto *token = NULL;
    char first[TOKEN_URI], other[TOKEN_URI];

    (void)state;
    own(folder, first);
    (void)strcpy(other, first);
    other[strcspn(other, "=") + 1] ^= 1; /* of a model that there is not */
    assert_int_equal(file_write(folder, "own.token", other, strlen(other), &why), 0);
    test_reason(unlock(folder, PLACE_SOFTHSM, &token), &why, REASON_TOKEN_MISSING, "another one");
    assert_int_equal(keychain.removed, 0);
    assert_int_equal(file_write(folder, "own.token", first, strlen(first), &why), 0);
    own(folder, other);
    assert_string_equal(other, first);
}

static void no_keychain(void **state)
{
    static const enum reason reasons[] = { REASON_KEYCHAIN_LOCKED, REASON_NO_KEYCHAIN,
                                           REASON_TIME_OUT, REASON_STORED_OPEN };
    fd_auto folder = begin();
    token_auto *token = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        keychain.reason = reasons[i];
        test_reason(unlock(folder, PLACE_SOFTHSM, &token), &why, reasons[i], "");
    }
    assert_int_equal(keychain.stored, 0);
    keychain.reason = REASON_NONE;
    test_reason(unlock_by("[identity]\nkeychain = kernel\n", folder, PLACE_SOFTHSM, &token), &why,
                REASON_NO_KEYCHAIN, "keychain = kernel");
    test_reason(token_open(&(struct token_place){ "", folder }, NULL, &nobody, &token, &why), &why,
                REASON_TOKEN_MISSING, "");
}

/* A token that the settings name: the person knows its PIN. */
static void named(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI], opened[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);

    (void)state;
    memset(&keychain, 0, sizeof keychain);
    (void)strcpy(keychain.typed, "wrong");
    for (int i = 0; i < 2; i++) {
        token_auto *token = NULL;
        test_reason(unlock(folder, uri, &token), &why, REASON_WRONG_PIN, "");
        assert_int_equal(keychain.asked, i + 1);
    }
    assert_int_equal(keychain.stored, 0);
    (void)snprintf(keychain.typed, sizeof keychain.typed, "%s", secret_peek(pin));
    for (int i = 0; i < 3; i++) {
        token_auto *token = NULL;
        assert_int_equal(unlock(folder, uri, &token), 0);
        is_open(token, opened);
        assert_string_equal(opened, uri);
    }
    assert_int_equal(keychain.asked, 3); /* once more, and then the keychain has it */
    assert_int_equal(keychain.stored, 1);
}

FACTS(FACT(damaged, "certificate_unlock: a damaged mark of a PIN costs no key"),
      FACT(long_uri, "certificate_unlock: a URI that is too long names no other token"),
      FACT(other_there, "certificate_unlock: in the place of one that is gone no other is tried"),
      FACT(made_once, "certificate_unlock: the first use makes the token, all others open it"),
      FACT(stored_first,
           "certificate_unlock: a PIN that is stored, and no token: made with that PIN"),
      FACT(wrong, "certificate_unlock: a PIN that did not work is deleted, and never tried again"),
      FACT(not_right_any_more, "certificate_unlock: one that was right before is tried once more"),
      FACT(killed, "certificate_unlock: one that was tried with no end known is never tried again"),
      FACT(no_keychain, "certificate_unlock: where the keychain does not answer nothing is made"),
      FACT(named,
           "certificate_unlock: the PIN of a token with a name is asked for, and kept if right"))
