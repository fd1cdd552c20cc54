/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "work/asker.h"

static struct why why;

/* The worker's end, and the front's, which the tests play. */
struct ends {
    int fds[2];
    struct wire front, worker;
    struct wire_asker asker;
};

static void begin(struct ends *ends)
{
    message_auto *request = message_new(MESSAGE_REQUEST), *got = NULL;

    assert_int_equal(wire_pair(ends->fds, &why), 0);
    ends->front = wire_begin(ends->fds[0], WIRE_FRONT);
    ends->worker = wire_begin(ends->fds[1], WIRE_WORKER);
    ends->asker = wire_asker(&ends->worker);
    message_add(request, SLOT_VERB, "sign-in");
    message_add(request, SLOT_IDENTITY, "default");
    assert_int_equal(wire_send(&ends->front, request, &why), 0);
    assert_int_equal(wire_recv(&ends->worker, 1000, &got, &why), 0);
}

static void end(struct ends *ends)
{
    fd_close(&ends->fds[0]);
    fd_close(&ends->fds[1]);
    wire_end(&ends->front);
    wire_end(&ends->worker);
}

#define ENDS(name)                                                                                 \
    __attribute__((cleanup(end))) struct ends name = { .fds = { -1, -1 } };                        \
    begin(&name)

static void say(struct wire *front, enum message_kind kind, const char *answer)
{
    message_auto *message = message_new(kind);
    secret_auto *secret = secret_new(100);

    if (answer) {
        (void)secret_append(secret, answer, strlen(answer));
        message_add_secret(message, SLOT_ANSWER, secret);
    }
    assert_int_equal(wire_send(front, message, &why), 0);
}

static struct message *hear(struct wire *front, enum message_kind kind)
{
    struct message *message = NULL;

    assert_int_equal(wire_recv(front, 1000, &message, &why), 0);
    assert_non_null(message);
    assert_int_equal(message_kind(message), kind);
    return message;
}

static void steps(void **state)
{
    (void)state;
    ENDS(ends);
    asker_step(&ends.asker.asker, "Looking for %s", "corp.example");
    message_auto *step = hear(&ends.front, MESSAGE_STEP);
    assert_string_equal(message_text(step, SLOT_LINE), "Looking for corp.example");
    assert_int_equal(asker_check(&ends.asker.asker, &why), 0);
}

/* Answers the question that comes, after a moment of thought. */
static void *person(void *data)
{
    struct ends *ends = data;
    message_auto *question = hear(&ends->front, MESSAGE_QUESTION);

    assert_string_equal(message_text(question, SLOT_QUESTION), "password");
    assert_string_equal(message_text(question, SLOT_LINE), "Password: ");
    long until = clock_ms() + 60;
    while (clock_ms() < until)
        (void)poll(NULL, 0, 5);
    say(&ends->front, MESSAGE_ANSWER, "open sesame");
    return NULL;
}

static void asks(void **state)
{
    static const struct question question = { .name = "password", .prompt = "Password: " };
    secret_auto *answer = NULL;
    long deadline = 1000;
    pthread_t thread;

    (void)state;
    ENDS(ends);
    ends.asker.deadline_ms = &deadline;
    assert_int_equal(pthread_create(&thread, NULL, person, &ends), 0);
    enum outcome out = asker_ask(&ends.asker.asker, &question, &answer, &why);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(out, 0);
    assert_string_equal(secret_peek(answer), "open sesame");
    assert_true(deadline >= 1050); /* the clock stood still meanwhile */
}

/* Says that there is no answer, if the question is as it should be. */
static void *mute(void *data)
{
    struct ends *ends = data;
    message_auto *question = hear(&ends->front, MESSAGE_QUESTION);

    assert_int_equal(message_number(question, SLOT_QUESTION_KIND, -1), QUESTION_WAIT);
    assert_int_equal(message_number(question, SLOT_SECONDS, -1), 7);
    assert_false(message_has(question, SLOT_CALLBACK));
    say(&ends->front, MESSAGE_ANSWER, NULL);
    return NULL;
}

static void cannot(void **state)
{
    static const struct question question = {
        .kind = QUESTION_WAIT, .name = "push", .prompt = "Say yes", .seconds = 7
    };
    secret_auto *answer = NULL;
    pthread_t thread;

    (void)state;
    ENDS(ends);
    assert_int_equal(pthread_create(&thread, NULL, mute, &ends), 0);
    enum outcome out = asker_ask(&ends.asker.asker, &question, &answer, &why);
    assert_int_equal(pthread_join(thread, NULL), 0);
    test_reason(out, &why, REASON_NOBODY_TO_ASK, "Say yes");
    assert_null(answer);
    assert_int_equal(asker_check(&ends.asker.asker, &why), 0); /* it is no cancel */
}

/* Hears all that a question can carry. */
static void *reader(void *data)
{
    struct ends *ends = data;
    message_auto *question = hear(&ends->front, MESSAGE_QUESTION);
    struct slot_value value;
    int choices = 0;

    assert_string_equal(message_text(question, SLOT_SUGGESTION), "2");
    assert_string_equal(message_text(question, SLOT_PAGE), "https://idp.example/");
    assert_string_equal(message_text(question, SLOT_CALLBACK), "state");
    assert_false(message_has(question, SLOT_SECONDS));
    for (size_t at = 0; message_next(question, &at, &value);)
        choices += value.slot == SLOT_CHOICE;
    assert_int_equal(choices, QUESTION_CHOICES);
    say(&ends->front, MESSAGE_ANSWER, "");
    return NULL;
}

static void carries(void **state)
{
    struct question question = { .kind = QUESTION_WAIT,
                                 .name = "all",
                                 .prompt = "?",
                                 .suggestion = "2",
                                 .page = "https://idp.example/",
                                 .state = "state" };
    secret_auto *answer = NULL;
    pthread_t thread;

    (void)state;
    for (int i = 0; i < QUESTION_CHOICES; i++)
        question.choices[i] = "one";
    ENDS(ends);
    assert_int_equal(pthread_create(&thread, NULL, reader, &ends), 0);
    enum outcome out = asker_ask(&ends.asker.asker, &question, &answer, &why);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(out, 0);
    assert_int_equal(secret_length(answer), 0);
}

static void cancels(void **state)
{
    static const struct question question = { .name = "password", .prompt = "Password: " };
    secret_auto *answer = NULL;

    (void)state;
    ENDS(ends);
    say(&ends.front, MESSAGE_CANCEL, NULL);
    test_reason(asker_check(&ends.asker.asker, &why), &why, REASON_CANCELLED, "cancelled");
    test_reason(asker_check(&ends.asker.asker, &why), &why, REASON_CANCELLED, "cancelled");
    test_reason(asker_ask(&ends.asker.asker, &question, &answer, &why), &why, REASON_CANCELLED,
                "cancelled");
}

static void *impatient(void *data)
{
    struct ends *ends = data;
    struct message *question = hear(&ends->front, MESSAGE_QUESTION);

    message_free(&question);
    say(&ends->front, MESSAGE_CANCEL, NULL);
    return NULL;
}

static void cancels_question(void **state)
{
    static const struct question question = { .name = "password", .prompt = "Password: " };
    secret_auto *answer = NULL;
    pthread_t thread;

    (void)state;
    ENDS(ends);
    assert_int_equal(pthread_create(&thread, NULL, impatient, &ends), 0);
    enum outcome out = asker_ask(&ends.asker.asker, &question, &answer, &why);
    assert_int_equal(pthread_join(thread, NULL), 0);
    test_reason(out, &why, REASON_CANCELLED, "cancelled by the person");
    assert_null(answer);
}

static void gone(void **state)
{
    (void)state;
    ENDS(ends);
    fd_close(&ends.fds[0]);
    test_reason(asker_check(&ends.asker.asker, &why), &why, REASON_CANCELLED, "cancelled");
    asker_step(&ends.asker.asker, "nobody hears this");
}

FACTS(FACT(steps, "wire_asker: a step arrives as a line"),
      FACT(asks, "wire_asker: a question is answered, and the time of thinking is given back"),
      FACT(cannot, "wire_asker: a front that cannot ask that is NOBODY_TO_ASK, and no cancel"),
      FACT(carries, "wire_asker: all that a question can say arrives"),
      FACT(cancels, "wire_asker: a cancel is heard between two steps and stays"),
      FACT(cancels_question, "wire_asker: a cancel instead of an answer is CANCELLED"),
      FACT(gone, "wire_asker: a front that is gone is a cancel"))
