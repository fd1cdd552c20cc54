/* SPDX-License-Identifier: MIT */
#include "ends.h"

/* Whose is it to say? */
static bool is_fronts(int kind)
{
    return kind == MESSAGE_REQUEST || kind == MESSAGE_ANSWER || kind == MESSAGE_CANCEL ||
           kind == MESSAGE_KEPT;
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
    } rows[] = { { MESSAGE_STEP, 1000 }, { MESSAGE_QUESTION, 1000 }, { MESSAGE_ANSWER, 1000 },
                 { MESSAGE_CANCEL, 1 },  { MESSAGE_EVENT, 1000 },    { MESSAGE_KEYCHAIN, 16 },
                 { MESSAGE_KEPT, 16 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        ENDS(ends);
        bool fronts = is_fronts((int)rows[i].kind);
        struct wire *from = fronts ? &ends.front : &ends.worker;
        struct wire *to = fronts ? &ends.worker : &ends.front;
        from->counts[MESSAGE_REQUEST] = to->counts[MESSAGE_REQUEST] = 1;
        from->counts[MESSAGE_QUESTION] = to->counts[MESSAGE_QUESTION] =
            rows[i].kind == MESSAGE_ANSWER ? 2000 : 0;
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

/* From the worker's RESULT to that of the next errand. */
static void again(void **state)
{
    ENDS(ends);

    (void)state;
    for (int n = 0; n < 3; n++) {
        assert_int_equal(say(&ends.front, MESSAGE_REQUEST), 0);
        assert_int_equal(hear(&ends.worker, MESSAGE_REQUEST), 0);
        not_due(say(&ends.front, MESSAGE_REQUEST));
        assert_int_equal(say(&ends.worker, MESSAGE_STEP), 0);
        assert_int_equal(hear(&ends.front, MESSAGE_STEP), 0);
        assert_int_equal(say(&ends.worker, MESSAGE_RESULT), 0);
        assert_int_equal(hear(&ends.front, MESSAGE_RESULT), 0);
        not_due(say(&ends.front, MESSAGE_REQUEST));
        not_due(say(&ends.worker, MESSAGE_STEP));
        assert_int_equal(wire_again(&ends.front, &why), 0);
        assert_int_equal(wire_again(&ends.worker, &why), 0);
        not_due(say(&ends.worker, MESSAGE_STEP));
        not_due(say(&ends.front, MESSAGE_CANCEL));
    }
}

/* A REQUEST that is quick is there before the worker has begun anew. */
static void again_at_once(void **state)
{
    ENDS(ends);

    (void)state;
    ends.worker.counts[MESSAGE_REQUEST] = ends.worker.counts[MESSAGE_RESULT] = 1;
    say_raw(ends.fds[0], MESSAGE_REQUEST);
    assert_int_equal(wire_again(&ends.worker, &why), 0);
    assert_int_equal(hear(&ends.worker, MESSAGE_REQUEST), 0);
}

static void again_too_early(void **state)
{
    ENDS(ends);

    (void)state;
    for (int n = 0; n < 2; n++) {
        struct wire *wire = n ? &ends.worker : &ends.front;
        test_reason(wire_again(wire, &why), &why, REASON_PROTOCOL, "before the result");
        wire->counts[MESSAGE_REQUEST] = 1;
        test_reason(wire_again(wire, &why), &why, REASON_PROTOCOL, "before the result");
    }
}

/* Whole, half, or only its end. */
static void again_after_more(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        ENDS(ends);
        message_auto *message = NULL;
        ends.front.counts[MESSAGE_REQUEST] = 1;
        say_raw(ends.fds[1], MESSAGE_RESULT);
        assert_int_equal(hear(&ends.front, MESSAGE_RESULT), 0);
        if (n == 0)
            say_raw(ends.fds[1], MESSAGE_RESULT);
        if (n == 1) {
            assert_int_equal(write(ends.fds[1], "Ch", 2), 2);
            assert_int_equal(wire_recv(&ends.front, 0, &message, &why), 0);
            assert_null(message);
        }
        if (n == 2)
            fd_close(&ends.fds[1]);
        test_reason(wire_again(&ends.front, &why), &why, REASON_PROTOCOL, "after the result");
        not_due(say(&ends.front, MESSAGE_REQUEST));
    }
}

FACTS(FACT(whole, "wire: a whole conversation in its order is accepted"),
      FACT(wrong_side, "wire: what only the other side may say is refused, sent and received"),
      FACT(before_request, "wire: nothing may be said before REQUEST"),
      FACT(too_often, "wire: one more than messages.def allows is refused"),
      FACT(second_request, "wire: a second REQUEST is refused"),
      FACT(answer_unasked, "wire: ANSWER and KEPT are due once for each QUESTION and KEYCHAIN"),
      FACT(after_result, "wire: nothing may be said after RESULT"),
      FACT(again, "wire_again: once both sides say so, the rules begin anew"),
      FACT(again_at_once, "wire_again: a worker may have the next REQUEST already"),
      FACT(again_too_early, "wire_again: not before a RESULT"),
      FACT(again_after_more, "wire_again: not with a worker that says more, or is gone"))
