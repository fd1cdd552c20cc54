/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "agent/news.h"
#include "agent/nm_agent.h"
#include "agent/nm_secrets.h"
#include "agent/run.h"
#include "agent/unlock.h"

#define UUID    "01234567-89ab-8cde-8f01-23456789abcd"
#define KEY     "pkcs11:token=Chatelaine;id=%01;type=private"
#define PATH    "/org/chatelaine/test"
#define NAME    "org.chatelaine.Test"
#define SECTION "802-1x"

static struct identity identity = { .name = "default" };
static struct agent agent;
static run_ended *ended; /* of the errand that was started; NULL: none */
static enum reason told; /* to the person */
static bool is_manager;

/* What the agent's other files would do. */
bool nm_agent_is_manager(sd_bus_message *message)
{
    (void)message;
    return is_manager;
}

void nm_agent_again(struct agent *unused)
{
    (void)unused;
}

void unlock_update(struct agent *unused)
{
    (void)unused;
}

void news_certificate(struct identity *of, const char *name, int64_t end, enum reason reason)
{
    (void)of, (void)name, (void)end;
    told = reason;
}

void agent_log(const char *name, const char *verb, enum outcome outcome, const struct why *why)
{
    (void)name, (void)verb;
    assert_true(outcome == OUTCOME_OK || outcome == reason_outcome(why->reason));
}

struct identity *identity_find(struct agent *unused, const char *name)
{
    (void)unused;
    return strcmp(name, identity.name) != 0 ? NULL : &identity;
}

struct message *run_request(struct identity *of, enum verb verb)
{
    struct message *request = message_new(MESSAGE_REQUEST);

    (void)of;
    message_add(request, SLOT_VERB, verb_row(verb)->word);
    return request;
}

enum outcome run_aside(struct identity *of, struct message **request, struct run **run,
                       run_ended *when, struct why *why)
{
    (void)of, (void)run, (void)why;
    assert_string_equal(message_text(*request, SLOT_ACTION), "network-pin");
    assert_string_equal(message_text(*request, SLOT_CERTIFICATE), "wifi");
    assert_string_equal(message_text(*request, SLOT_USE_WHERE), KEY);
    message_free(request);
    ended = when;
    return OUTCOME_OK;
}

/* NetworkManager, and us, with no bus between. */
static struct {
    sd_bus *manager, *us;
    sd_bus_message *answer;
} line;

static const sd_bus_vtable methods[] = { SD_BUS_VTABLE_START(0),
                                         SD_BUS_METHOD("GetSecrets", "a{sa{sv}}osasu", "a{sa{sv}}",
                                                       nm_secrets_get, SD_BUS_VTABLE_UNPRIVILEGED),
                                         SD_BUS_VTABLE_END };

static int on_answer(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    (void)data, (void)error;
    line.answer = sd_bus_message_ref(answer);
    return 0;
}

static void connect_both(void)
{
    int fds[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    assert_true(sd_bus_new(&line.us) >= 0 && sd_bus_set_fd(line.us, fds[0], fds[0]) >= 0 &&
                sd_bus_set_server(line.us, 1, (sd_id128_t){ .bytes = { 1 } }) >= 0 &&
                sd_bus_add_object_vtable(line.us, NULL, PATH, NAME, methods, &agent) >= 0 &&
                sd_bus_start(line.us) >= 0);
    assert_true(sd_bus_new(&line.manager) >= 0 &&
                sd_bus_set_fd(line.manager, fds[1], fds[1]) >= 0 &&
                sd_bus_start(line.manager) >= 0);
}

/* Until there is nothing more to do for either of them. */
static void settle(void)
{
    int idle = 0;

    while (idle < 8) {
        int theirs = sd_bus_process(line.manager, NULL), ours = sd_bus_process(line.us, NULL);
        assert_true(theirs >= 0 && ours >= 0);
        idle = theirs || ours ? 0 : idle + 1;
    }
}

static void ask(const char *uuid, uint32_t flags)
{
    sd_bus_message *call = NULL;
    int code = sd_bus_message_new_method_call(line.manager, &call, NULL, PATH, NAME, "GetSecrets");

    line.answer = sd_bus_message_unref(line.answer);
    ended = NULL;
    assert_true(code >= 0);
    code = sd_bus_message_open_container(call, 'a', "{sa{sv}}");
    code |= sd_bus_message_append(call, "{sa{sv}}", "connection", 1, "uuid", "s", uuid);
    code |= sd_bus_message_open_container(call, 'e', "sa{sv}");
    code |= sd_bus_message_append(call, "s", SECTION);
    code |= sd_bus_message_open_container(call, 'a', "{sv}");
    code |= sd_bus_message_open_container(call, 'e', "sv");
    code |= sd_bus_message_append(call, "s", "private-key");
    code |= sd_bus_message_open_container(call, 'v', "ay");
    code |= sd_bus_message_append_array(call, 'y', KEY, sizeof KEY);
    for (int i = 0; i < 5; i++)
        code |= sd_bus_message_close_container(call);
    code |= sd_bus_message_append(call, "osasu", "/1", SECTION, 0, flags);
    assert_true(code >= 0);
    assert_true(sd_bus_call_async(line.manager, NULL, call, on_answer, NULL, 0) >= 0);
    (void)sd_bus_message_unref(call);
    settle();
}

static void end(enum outcome outcome, const struct why *why, const struct message *result)
{
    run_ended *of = ended;

    assert_non_null(of);
    ended = NULL;
    of(&identity, outcome, why, result);
    settle();
    assert_non_null(line.answer);
}

static void refused(void)
{
    assert_null(ended);
    assert_non_null(line.answer);
    assert_true(sd_bus_message_is_method_error(line.answer, NULL));
}

static void set_up(void)
{
    static const char row[] = "wifi " UUID " default wifi - - Office\n";

    assert_int_equal(setenv("XDG_STATE_HOME", test_folder(), 1), 0);
    (void)mkdir("chatelaine", 0700);
    (void)mkdir("chatelaine/certificates", 0700);
    test_write("chatelaine/certificates/uses", row, sizeof row - 1);
    identity.agent = &agent;
    is_manager = true;
    told = REASON_NONE;
    connect_both();
}

static void tear_down(void)
{
    line.answer = sd_bus_message_unref(line.answer);
    line.manager = sd_bus_close_unref(line.manager);
    line.us = sd_bus_close_unref(line.us);
}

static void given(void **state)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    secret_auto *pin = secret_new(8);
    const char *section, *key, *text;

    (void)state;
    set_up();
    assert_true(secret_append(pin, "4711", 4));
    message_add_secret(result, SLOT_NETWORK_PIN, pin);
    ask(UUID, 0);
    end(OUTCOME_OK, NULL, result);
    assert_true(sd_bus_message_read(line.answer, "a{sa{sv}}", 1, &section, 1, &key, "s", &text) >
                0);
    assert_string_equal(section, SECTION);
    assert_string_equal(key, "private-key-password");
    assert_string_equal(text, "4711");
    tear_down();
}

static void nobody_else(void **state)
{
    (void)state;
    set_up();
    ask("01234567-89ab-8cde-8f01-000000000000", 0);
    refused();
    ask(UUID, 2);
    refused();
    is_manager = false;
    ask(UUID, 0);
    refused();
    tear_down();
}

/* What is behind why is then whatever was there before. */
static void without(void **state)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    struct why nothing;

    (void)state;
    set_up();
    memset(&nothing, 0x7f, sizeof nothing);
    ask(UUID, 0);
    end(OUTCOME_OK, &nothing, result);
    refused();
    assert_int_equal(told, REASON_PROTOCOL);
    tear_down();
}

FACTS(FACT(given, "nm_secrets_get: the PIN of our own connection, to NetworkManager"),
      FACT(nobody_else,
           "nm_secrets_get: of no other connection, not a second time, and to nobody else"),
      FACT(without, "nm_secrets_get: a worker that ends well and gives no PIN is one that failed"))
