/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/frames.h"
#include "wire/wire.h"

static struct why why;
static struct frame frame;

/* Both ends of a conversation; the tests play the other side by hand. */
struct ends {
    int fds[2];
    struct wire front, worker;
};

static struct ends begin(void)
{
    struct ends ends;

    assert_int_equal(wire_pair(ends.fds, &why), 0);
    ends.front = wire_begin(ends.fds[0], WIRE_FRONT);
    ends.worker = wire_begin(ends.fds[1], WIRE_WORKER);
    return ends;
}

static void end(struct ends *ends)
{
    fd_close(&ends->fds[0]);
    fd_close(&ends->fds[1]);
}

#define ENDS(name) __attribute__((cleanup(end))) struct ends name = begin()

/* A message with what it must have. */
static struct message *made(enum message_kind kind)
{
    struct message *message = message_new(kind);
    secret_auto *secret = secret_new(16);

    switch (kind) {
    case MESSAGE_REQUEST:
        message_add(message, SLOT_VERB, "status");
        message_add(message, SLOT_IDENTITY, "default");
        break;
    case MESSAGE_STEP:
        message_add(message, SLOT_LINE, "step");
        break;
    case MESSAGE_QUESTION:
        message_add(message, SLOT_QUESTION, "password");
        message_add_number(message, SLOT_QUESTION_KIND, 0);
        message_add(message, SLOT_LINE, "Password: ");
        break;
    case MESSAGE_ANSWER:
        message_add_secret(message, SLOT_ANSWER, secret);
        break;
    case MESSAGE_EVENT:
        message_add(message, SLOT_EVENT, "renewed");
        break;
    case MESSAGE_RESULT:
        message_add_number(message, SLOT_OUTCOME, 0);
        message_add(message, SLOT_REASON, "ok");
        break;
    case MESSAGE_KEYCHAIN:
        message_add(message, SLOT_ACTION, "find");
        message_add(message, SLOT_ITEM_PLACE, "desktop");
        message_add(message, SLOT_ITEM_KIND, "password");
        message_add(message, SLOT_ITEM_USER, "alice");
        message_add(message, SLOT_ITEM_REALM, "CORP.EXAMPLE");
        break;
    case MESSAGE_KEPT:
        message_add_number(message, SLOT_OUTCOME, 0);
        message_add(message, SLOT_REASON, "ok");
        break;
    case MESSAGE_CANCEL:
    case MESSAGE_END:
        break;
    }
    return message;
}

/* Whose is it to say? */
static bool is_fronts(int kind)
{
    return kind == MESSAGE_REQUEST || kind == MESSAGE_ANSWER || kind == MESSAGE_CANCEL ||
           kind == MESSAGE_KEPT;
}

static enum outcome say(struct wire *wire, enum message_kind kind)
{
    message_auto *message = made(kind);
    return wire_send(wire, message, &why);
}

static enum outcome hear(struct wire *wire, enum message_kind kind)
{
    message_auto *message = NULL;
    enum outcome out = wire_recv(wire, 1000, &message, &why);

    if (!out) {
        assert_non_null(message);
        assert_int_equal(message_kind(message), kind);
    }
    return out;
}

/* Says it without regard to the rules, from the other side of wire. */
static void say_raw(int fd, enum message_kind kind)
{
    message_auto *message = made(kind);
    const struct secret *bytes;

    assert_int_equal(message_finish(message, &bytes, &why), 0);
    assert_int_equal(write(fd, secret_peek(bytes), secret_length(bytes)), secret_length(bytes));
}

static void not_due(enum outcome out)
{
    test_reason(out, &why, REASON_PROTOCOL, "is not due");
}

static void whole(void **state)
{
    ENDS(ends);
    static const struct {
        bool front;
        enum message_kind kind;
    } script[] = { { true, MESSAGE_REQUEST }, { false, MESSAGE_STEP },  { false, MESSAGE_QUESTION },
                   { true, MESSAGE_ANSWER },  { false, MESSAGE_EVENT }, { false, MESSAGE_QUESTION },
                   { true, MESSAGE_ANSWER },  { true, MESSAGE_CANCEL }, { false, MESSAGE_RESULT } };

    (void)state;
    for (size_t i = 0; i < COUNT(script); i++) {
        struct wire *from = script[i].front ? &ends.front : &ends.worker;
        struct wire *to = script[i].front ? &ends.worker : &ends.front;
        assert_int_equal(say(from, script[i].kind), 0);
        assert_int_equal(hear(to, script[i].kind), 0);
    }
}

static void wrong_side(void **state)
{
    (void)state;
    for (int kind = 1; kind < MESSAGE_END; kind++) {
        ENDS(ends);
        bool fronts = is_fronts(kind);
        ends.front.counts[MESSAGE_REQUEST] = kind != MESSAGE_REQUEST;
        ends.worker.counts[MESSAGE_REQUEST] = kind != MESSAGE_REQUEST;
        ends.front.counts[MESSAGE_QUESTION] = 1;
        ends.worker.counts[MESSAGE_QUESTION] = 1;
        ends.front.counts[MESSAGE_KEYCHAIN] = 1;
        ends.worker.counts[MESSAGE_KEYCHAIN] = 1;
        not_due(say(fronts ? &ends.worker : &ends.front, (enum message_kind)kind));
        say_raw(ends.fds[fronts ? 1 : 0], (enum message_kind)kind);
        not_due(hear(fronts ? &ends.front : &ends.worker, (enum message_kind)kind));
    }
}

static void before_request(void **state)
{
    (void)state;
    for (int kind = MESSAGE_STEP; kind < MESSAGE_END; kind++) {
        ENDS(ends);
        bool fronts = is_fronts(kind);
        if (kind == MESSAGE_KEYCHAIN)
            continue;
        not_due(say(fronts ? &ends.front : &ends.worker, (enum message_kind)kind));
        say_raw(ends.fds[fronts ? 0 : 1], (enum message_kind)kind);
        not_due(hear(fronts ? &ends.worker : &ends.front, (enum message_kind)kind));
    }
}

static void too_often(void **state)
{
    static const struct {
        enum message_kind kind;
        unsigned short most;
    } rows[] = { { MESSAGE_STEP, 1000 }, { MESSAGE_QUESTION, 64 }, { MESSAGE_ANSWER, 64 },
                 { MESSAGE_CANCEL, 1 },  { MESSAGE_EVENT, 1000 },  { MESSAGE_KEYCHAIN, 16 },
                 { MESSAGE_KEPT, 16 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ENDS(ends);
        bool fronts = is_fronts(rows[i].kind);
        struct wire *from = fronts ? &ends.front : &ends.worker;
        struct wire *to = fronts ? &ends.worker : &ends.front;
        from->counts[MESSAGE_REQUEST] = to->counts[MESSAGE_REQUEST] = 1;
        from->counts[MESSAGE_QUESTION] = to->counts[MESSAGE_QUESTION] =
            rows[i].kind == MESSAGE_ANSWER ? 100 : 0;
        from->counts[MESSAGE_KEYCHAIN] = to->counts[MESSAGE_KEYCHAIN] =
            rows[i].kind == MESSAGE_KEPT ? 100 : 0;
        for (int n = 0; n < rows[i].most; n++) {
            assert_int_equal(say(from, rows[i].kind), 0);
            assert_int_equal(hear(to, rows[i].kind), 0);
        }
        not_due(say(from, rows[i].kind));
        say_raw(from->fd, rows[i].kind);
        not_due(hear(to, rows[i].kind));
    }
}

static void second_request(void **state)
{
    ENDS(ends);

    (void)state;
    assert_int_equal(say(&ends.front, MESSAGE_REQUEST), 0);
    assert_int_equal(hear(&ends.worker, MESSAGE_REQUEST), 0);
    not_due(say(&ends.front, MESSAGE_REQUEST));
    say_raw(ends.fds[0], MESSAGE_REQUEST);
    not_due(hear(&ends.worker, MESSAGE_REQUEST));
}

/* KEYCHAIN needs no request before it, so this holds with the keychain's helper too. */
static void answer_unasked(void **state)
{
    static const enum message_kind pairs[][2] = { { MESSAGE_QUESTION, MESSAGE_ANSWER },
                                                  { MESSAGE_KEYCHAIN, MESSAGE_KEPT } };

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        ENDS(ends);
        ends.front.counts[MESSAGE_REQUEST] = ends.worker.counts[MESSAGE_REQUEST] = i == 0;
        not_due(say(&ends.front, pairs[i][1]));
        say_raw(ends.fds[0], pairs[i][1]);
        not_due(hear(&ends.worker, pairs[i][1]));
        assert_int_equal(say(&ends.worker, pairs[i][0]), 0);
        assert_int_equal(hear(&ends.front, pairs[i][0]), 0);
        assert_int_equal(say(&ends.front, pairs[i][1]), 0);
        assert_int_equal(hear(&ends.worker, pairs[i][1]), 0);
        not_due(say(&ends.front, pairs[i][1]));
    }
}

static void after_result(void **state)
{
    (void)state;
    for (int kind = MESSAGE_STEP; kind < MESSAGE_END; kind++) {
        ENDS(ends);
        bool fronts = is_fronts(kind);
        struct wire *from = fronts ? &ends.front : &ends.worker;
        struct wire *to = fronts ? &ends.worker : &ends.front;
        from->counts[MESSAGE_REQUEST] = to->counts[MESSAGE_REQUEST] = 1;
        from->counts[MESSAGE_QUESTION] = to->counts[MESSAGE_QUESTION] = 1;
        from->counts[MESSAGE_KEYCHAIN] = to->counts[MESSAGE_KEYCHAIN] = 1;
        from->counts[MESSAGE_RESULT] = to->counts[MESSAGE_RESULT] = 1;
        not_due(say(from, (enum message_kind)kind));
        say_raw(from->fd, (enum message_kind)kind);
        not_due(hear(to, (enum message_kind)kind));
    }
}

static void *drip(void *data)
{
    int fd = *(int *)data;

    for (size_t i = 0; i < frame.length; i++)
        if (write(fd, frame.bytes + i, 1) != 1)
            break;
    return NULL;
}

static void byte_by_byte(void **state)
{
    ENDS(ends);
    pthread_t thread;

    (void)state;
    frame_request(&frame);
    assert_int_equal(pthread_create(&thread, NULL, drip, &ends.fds[0]), 0);
    enum outcome out = hear(&ends.worker, MESSAGE_REQUEST);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(out, 0);
}

static void two_at_once(void **state)
{
    ENDS(ends);

    (void)state;
    say_raw(ends.fds[0], MESSAGE_REQUEST);
    say_raw(ends.fds[0], MESSAGE_CANCEL);
    assert_int_equal(hear(&ends.worker, MESSAGE_REQUEST), 0);
    assert_int_equal(hear(&ends.worker, MESSAGE_CANCEL), 0);
}

static void nothing(void **state)
{
    ENDS(ends);
    message_auto *message = NULL;

    (void)state;
    assert_int_equal(wire_recv(&ends.worker, 0, &message, &why), 0);
    assert_null(message);
    assert_int_equal(wire_recv(&ends.worker, 10, &message, &why), 0);
    assert_null(message);
}

static void gone(void **state)
{
    ENDS(ends);

    (void)state;
    fd_close(&ends.fds[0]);
    test_reason(hear(&ends.worker, MESSAGE_REQUEST), &why, REASON_WORKER_DIED, "is gone");
    ends.worker.counts[MESSAGE_REQUEST] = 1;
    test_reason(say(&ends.worker, MESSAGE_STEP), &why, REASON_WORKER_DIED, "sending");
}

static void gone_within(void **state)
{
    (void)state;
    frame_request(&frame);
    for (size_t length = 1; length < frame.length; length++) {
        ENDS(ends);
        assert_int_equal(write(ends.fds[0], frame.bytes, length), length);
        fd_close(&ends.fds[0]);
        test_reason(hear(&ends.worker, MESSAGE_REQUEST), &why, REASON_WORKER_DIED, "is gone");
    }
}

static void stalls(void **state)
{
    ENDS(ends);

    (void)state;
    frame_request(&frame);
    assert_int_equal(write(ends.fds[0], frame.bytes, 5), 5);
    errno = EINTR; /* of some earlier call */
    test_reason(hear(&ends.worker, MESSAGE_REQUEST), &why, REASON_PROTOCOL, "half a message");
}

static void too_large(void **state)
{
    ENDS(ends);
    uint32_t size = MESSAGE_MOST;

    (void)state;
    frame_request(&frame);
    memcpy(frame.bytes + 4, &size, sizeof size);
    assert_int_equal(write(ends.fds[0], frame.bytes, frame.length), frame.length);
    test_reason(hear(&ends.worker, MESSAGE_REQUEST), &why, REASON_PROTOCOL, "a message of");
}

static void *read_away(void *data)
{
    char bytes[65536];

    while (read(*(int *)data, bytes, sizeof bytes) > 0)
        ;
    return NULL;
}

static void large(void **state)
{
    ENDS(ends);
    message_auto *message = made(MESSAGE_RESULT);
    pthread_t thread;

    (void)state;
    for (int i = 0; i < 10000; i++)
        message_add_pair(message, SLOT_GROUP, "S-1-5-21-1-2-3-4",
                         "a group with a name of some size");
    ends.worker.counts[MESSAGE_REQUEST] = 1;
    assert_int_equal(pthread_create(&thread, NULL, read_away, &ends.fds[0]), 0);
    enum outcome out = wire_send(&ends.worker, message, &why);
    (void)shutdown(ends.fds[1], SHUT_RDWR);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(out, 0);
}

static void pair(void **state)
{
    ENDS(ends);

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(ends.fds[i], F_GETFD), FD_CLOEXEC);
}

FACTS(FACT(pair, "wire_pair: both descriptors close on exec"),
      FACT(whole, "wire: a whole conversation in its order is accepted"),
      FACT(wrong_side, "wire: what only the other side may say is refused, sent and received"),
      FACT(before_request, "wire: nothing may be said before REQUEST"),
      FACT(too_often, "wire: one more than messages.def allows is refused"),
      FACT(second_request, "wire: a second REQUEST is refused"),
      FACT(answer_unasked, "wire: ANSWER and KEPT are due once for each QUESTION and KEYCHAIN"),
      FACT(after_result, "wire: nothing may be said after RESULT"),
      FACT(byte_by_byte, "wire_recv: a message that comes byte by byte is read whole"),
      FACT(two_at_once, "wire_recv: two messages in one packet are two messages"),
      FACT(nothing, "wire_recv: nothing in that time is OK and no message"),
      FACT(gone, "wire: the other side being gone is worker-died"),
      FACT(gone_within, "wire_recv: the other side gone within a message is worker-died"),
      FACT(stalls, "wire_recv: half a message is given up after five seconds"),
      FACT(too_large, "wire_recv: a size beyond the limit is refused before it is read"),
      FACT(large, "wire_send: a message larger than the socket's buffer is sent whole"))
