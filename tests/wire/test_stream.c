/* SPDX-License-Identifier: MIT
 *
 * Messages as bytes of a stream.
 */
#include "wire/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "ends.h"

static struct frame frame;

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
    message_auto *message = NULL;
    assert_int_equal(wire_recv(&ends.worker, 10, &message, &why), 0);
    assert_null(message);
    errno = EINTR; /* of some earlier call */
    test_reason(wire_recv(&ends.worker, -1, &message, &why), &why, REASON_PROTOCOL, "half a mess");
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

static void unread(void **state)
{
    ENDS(ends);
    message_auto *message = made(MESSAGE_RESULT);
    const long begin = clock_ms();

    (void)state;
    for (int i = 0; i < 10000; i++)
        message_add_pair(message, SLOT_GROUP, "S-1-5-21-1-2-3-4",
                         "a group with a name of some size");
    ends.worker.counts[MESSAGE_REQUEST] = 1;
    ends.worker.patience_ms = 100;
    test_reason(wire_send(&ends.worker, message, &why), &why, REASON_WORKER_DIED, "sending");
    assert_true(clock_ms() - begin >= 100);
}

FACTS(FACT(pair, "wire_pair: both descriptors close on exec"),
      FACT(byte_by_byte, "wire_recv: a message that comes byte by byte is read whole"),
      FACT(two_at_once, "wire_recv: two messages in one packet are two messages"),
      FACT(nothing, "wire_recv: nothing in that time is OK and no message"),
      FACT(gone, "wire: the other side being gone is worker-died"),
      FACT(gone_within, "wire_recv: the other side gone within a message is worker-died"),
      FACT(stalls, "wire_recv: half a message is given up after five seconds"),
      FACT(too_large, "wire_recv: a size beyond the limit is refused before it is read"),
      FACT(large, "wire_send: a message larger than the socket's buffer is sent whole"),
      FACT(unread, "wire_send: who does not read what is sent is given up in time"))
