/* SPDX-License-Identifier: MIT */
#include "faults.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "wire/state.h"
#include "wire/wire.h"

static struct why why;

static struct message *result(void)
{
    struct message *message = message_new(MESSAGE_RESULT);

    if (!message)
        return NULL;
    message_add_number(message, SLOT_OUTCOME, 0);
    message_add(message, SLOT_REASON, "ok");
    message_add(message, SLOT_IDENTITY, "default");
    message_add(message, SLOT_DN, "CN=Alice,DC=corp,DC=example");
    for (int i = 0; i < 300; i++)
        message_add_pair(message, SLOT_GROUP, "S-1-5-11", "Authenticated Users");
    return message;
}

/* Builds it, sends it as a frame, takes it in again. */
static bool build_and_parse(void *data)
{
    message_auto *message = result();
    message_auto *back = NULL;
    const struct secret *frame;

    (void)data;
    if (!message)
        return false;
    message_drop(message, SLOT_DN);
    if (message_finish(message, &frame, &why))
        return false;
    struct secret *copy = secret_copy(frame);
    if (!copy || message_parse(&copy, &back, &why))
        return false;
    secret_auto *secret = message_secret(back, SLOT_IDENTITY);
    return secret && !strcmp(message_text(back, SLOT_REASON), "ok");
}

static void building(void **state)
{
    (void)state;
    assert_true(faults_everywhere(FAULTS_MEMORY, build_and_parse, NULL) > 600);
}

static bool copy_facts(void *data)
{
    message_auto *message = message_new(MESSAGE_REQUEST), *from = data ? result() : NULL;
    text_auto *lines = text_new(100000), *again = text_new(100000), *json = text_new(100000);
    const struct secret *frame;

    if (!message || !from || !lines || !again || !json || message_finish(from, &frame, &why))
        return false;
    message_add_facts(message, from);
    message_save(message, lines);
    message_json(message, json);
    message_auto *loaded = message_new(MESSAGE_REQUEST);
    if (!loaded || message_load(loaded, text_peek(lines), text_length(lines), &why))
        return false;
    message_save(loaded, again);
    bool good = text_ok(lines) && text_ok(json) && text_ok(again) &&
                !message_finish(message, &frame, &why) && !message_finish(loaded, &frame, &why);
    if (good)
        assert_string_equal(text_peek(lines), text_peek(again));
    return good;
}

static void facts_lost(void **state)
{
    (void)state;
    assert_true(faults_everywhere(FAULTS_MEMORY, copy_facts, "") > 600);
}

static bool remember(void *data)
{
    message_auto *from = result(), *back = message_new(MESSAGE_REQUEST);
    const struct secret *frame;

    (void)data;
    return from && back && !message_finish(from, &frame, &why) &&
           !state_save("default", from, &why) && !state_load("default", back, &why) &&
           !message_finish(back, &frame, &why);
}

static void remembering(void **state)
{
    (void)state;
    (void)setenv("XDG_STATE_HOME", test_folder(), 1);
    assert_true(faults_everywhere(FAULTS_MEMORY, remember, NULL) > 600);
}

/* A request and its result between two ends of one process. */
static bool converse(void *data)
{
    int fds[2] = { -1, -1 };
    message_auto *request = message_new(MESSAGE_REQUEST), *answer = NULL, *got = NULL;

    (void)data;
    if (!request || wire_pair(fds, &why))
        return false;
    fd_auto one = fds[0], two = fds[1];
    wire_auto front = wire_begin(one, WIRE_FRONT), worker = wire_begin(two, WIRE_WORKER);
    message_add(request, SLOT_VERB, "status");
    message_add(request, SLOT_IDENTITY, "default");
    if (wire_send(&front, request, &why) || wire_recv(&worker, 1000, &got, &why))
        return false;
    message_free(&got);
    return (answer = result()) && !wire_send(&worker, answer, &why) &&
           !wire_recv(&front, 1000, &got, &why) && message_has(got, SLOT_GROUP);
}

static void conversing(void **state)
{
    (void)state;
    assert_true(faults_everywhere(FAULTS_MEMORY, converse, NULL) > 600);
    assert_int_equal(faults_everywhere(FAULTS_SEND, converse, NULL), 2);
    assert_int_equal(faults_everywhere(FAULTS_RECV, converse, NULL), 4);
}

FACTS(FACT(building, "message: without memory at any point it fails and says so"),
      FACT(facts_lost, "message_load, message_save: without memory no fact is lost unsaid"),
      FACT(remembering, "state: without memory at any point it fails and says so"),
      FACT(conversing, "wire: without memory, or send or recv failing, it fails and says so"))
