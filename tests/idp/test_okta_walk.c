/* SPDX-License-Identifier: MIT
 *
 * Walks through an org that means no good, or answers as nobody would think: what is said to it, in
 * which order, and how it ends. tests/real/okta.test has the walks that end well.
 */
#include "recorded.h"

#include "base/text.h"
#include "faults.h"
#include "idp/okta_walk.h"

enum { ANSWERS = 80, SAID = 100 << 10, TIME_MS = 20000 };

static struct why why;
static struct okta_result result;

/* What the org answers to each request: "200 BODY"; "": nothing, the connection breaks. */
static const char *const *answers;
static char said[SAID];         /* the requests: "PATH BODY\n" */
static char told[SAID];         /* to the person, a line each */
static const char *const *keys; /* what the person answers */
static long budget_ms;
static int wait_s;

void https_answer_free(struct https_answer *answer)
{
    secret_free(&answer->body);
    secret_free(&answer->location);
}

enum outcome https_do(struct https *https, const struct https_request *request, int budget,
                      struct asker *asker, struct https_answer *answer, struct why *reason)
{
    size_t length = strlen(said);

    (void)https, (void)asker;
    assert_memory_equal(request->url, ORG, sizeof ORG - 1);
    budget_ms = budget;
    *answer = (struct https_answer){ .date = -1, .sent = true, .wait_s = wait_s };
    (void)snprintf(said + length, sizeof said - length, "%s%s%s %s\n",
                   request->url + sizeof ORG - 1, request->query ? "?" : "",
                   request->query ? request->query->name : "",
                   request->body ? secret_peek(request->body) : "GET");
    if (!*answers || !**answers) {
        answers += *answers != NULL;
        return fail(reason, REASON_CONNECTION_LOST, "the connection broke");
    }
    const char *body = *answers++;
    answer->status = atoi(body);
    body += 4;
    if (!(answer->body = secret_new(strlen(body))))
        return fail_memory(reason);
    (void)secret_append(answer->body, body, strlen(body));
    return OUTCOME_OK;
}

static void note(const char *line)
{
    size_t length = strlen(told);

    (void)snprintf(told + length, sizeof told - length, "%s\n", line);
}

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static void event(struct asker *asker, const char *name, const char *line)
{
    (void)asker;
    note(*line ? line : name);
}

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static enum outcome ask(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *reason)
{
    (void)asker;
    note(question->prompt);
    if (!keys || !*keys)
        return fail(reason, REASON_NOBODY_TO_ASK, "%s", question->prompt);
    const char *key = question->kind == QUESTION_WAIT ? "" : *keys++;
    if (!(*answer = secret_new(strlen(key))))
        return fail_memory(reason);
    (void)secret_append(*answer, key, strlen(key));
    return OUTCOME_OK;
}

static enum outcome walk(const char *const *script, const char *const *typed)
{
    struct asker asker = { .step = step, .ask = ask, .cancelled = never, .event = event };
    secret_auto *password = secret_new(8);

    if (!password)
        return fail_memory(&why);
    (void)secret_append(password, "pa\"ss", 5);
    const struct okta_request request = {
        .org = ORG "/",
        .user = "al\"ice",
        .password = password,
        .asker = &asker,
        .budget_ms = TIME_MS,
    };
    answers = script;
    keys = typed;
    *said = *told = '\0';
    okta_result_free(&result);
    return okta_sign_in(&request, &result, &why);
}

static void fails(const char *const *script, const char *const *typed, enum reason reason,
                  const char *words)
{
    test_reason(walk(script, typed), &why, reason, words);
    assert_null(result.session);
    assert_null(strstr(why.text, "pa\"ss"));
}

#define USER(id)            "\"user\":{\"id\":\"" id "\",\"profile\":{\"login\":\"alice@example.com\"}}"
#define SUCCESS             "200 {\"status\":\"SUCCESS\",\"sessionToken\":\"s\",\"_embedded\":{" USER("u1") "}}"
#define LINK(path)          "{\"href\":\"" ORG path "\"}"
#define NEXT(name, path)    "{\"name\":\"" name "\",\"href\":\"" ORG path "\"}"
#define STATE(status, more) "200 {\"status\":\"" status "\",\"stateToken\":\"t\"," more "}"
#define FACTOR(type, path)                                                                         \
    "{\"id\":\"f\",\"factorType\":\"" type                                                         \
    "\",\"provider\":\"OKTA\",\"_links\":{\"verify\":" LINK(path) "}}"
#define CHOICE(type)        STATE("MFA_REQUIRED", "\"_embedded\":{\"factors\":[" FACTOR(type, "/v") "]}")
#define EXPIRED             STATE("PASSWORD_EXPIRED", "\"_links\":{\"next\":" NEXT("changePassword", "/c") "}")
#define ERROR(status, code) status " {\"errorCode\":\"" code "\",\"errorSummary\":\"words\"}"
#define PRIMARY                                                                                    \
    "/api/v1/authn {\"username\":\"al\\u0022ice\",\"password\":\"pa\\u0022ss\",\"options\":{"      \
    "\"multiOptionalFactorEnroll\":false,\"warnBeforePasswordExpired\":true}}\n"
#define CANCEL "/api/v1/authn/cancel {\"stateToken\":\"t\"}\n"

static void bodies(void **state)
{
    static const char *const script[] = { CHOICE("token:software:totp"), SUCCESS, NULL };
    static const char *const typed[] = { "123\"456", NULL };

    (void)state;
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_string_equal(said, PRIMARY "/v {\"stateToken\":\"t\",\"passCode\":\"123\\u0022456\"}\n");
    assert_string_equal(result.person.id, "u1");
    assert_string_equal(result.factor, "token:software:totp/OKTA");
    assert_true(result.sent && result.proved && !result.changed);
    assert_in_range(budget_ms, TIME_MS - 5000, TIME_MS);
}

static const struct {
    const char *script[4], *words, *rest; /* what is said after the password */
    enum reason reason;
} odd[] = {
    { { "200 {\"status\":\"SUCCESS\",\"_embedded\":{" USER("u1") "}}" },
      "but not by which session",
      "",
      REASON_BAD_ANSWER },
    { { "200 {\"status\":\"SUCCESS\",\"sessionToken\":\"s\"}" },
      "but not of whom",
      "",
      REASON_BAD_ANSWER },
    { { "200 {\"relayState\":\"\"}" }, "okta.status: missing", "", REASON_BAD_ANSWER },
    { { "204 " }, "status 204", "", REASON_BAD_ANSWER },
    { { "200 " }, "okta: empty", "", REASON_BAD_ANSWER },
    { { "" }, "the connection broke", "", REASON_CONNECTION_LOST },
    { { ERROR("401", "E0000004") }, "E0000004: words", "", REASON_WRONG_PASSWORD },
    { { STATE("MFA_REQUIRED", "\"_embedded\":{" USER("u1") "}") },
      "none of yours can be",
      CANCEL,
      REASON_BROWSER_NEEDED },
    { { STATE("MFA_CHALLENGE", "\"x\":1") }, "but not of which factor", CANCEL, REASON_BAD_ANSWER },
    { { STATE("MFA_ENROLL_ACTIVATE", "\"x\":1") }, "but not of what", CANCEL, REASON_BAD_ANSWER },
    { { STATE("BRAND_NEW", "\"_links\":{\"cancel\":" LINK("/x") "}") },
      "BRAND_NEW",
      "/x {\"stateToken\":\"t\"}\n",
      REASON_BROWSER_NEEDED },
    { { "200 {\"status\":\"MFA_REQUIRED\",\"_embedded\":{\"factors\":[" FACTOR("sms", "/v") "]}}" },
      "not by which token",
      "",
      REASON_BAD_ANSWER },
    { { CHOICE("sms"), "200 {\"status\":\"MFA_CHALLENGE\",\"_links\":{\"next\":{\"href\":"
                       "\"https://evil.example/\"}}}" },
      "it leads away",
      "/v {\"stateToken\":\"t\"}\n" CANCEL,
      REASON_BAD_ANSWER },
    { { STATE("MFA_CHALLENGE", "\"_embedded\":{" USER("u1") ",\"factors\":[" FACTOR(
                                   "push", "/v") "]},\"factorResult\":\"WAITING\","
                                                 "\"_links\":{\"next\":" NEXT("poll", "/p") "}"),
        "200 {\"status\":\"SUCCESS\",\"sessionToken\":\"s\",\"_embedded\":{" USER("u2") "}}" },
      "first meant u1, then u2",
      "/p {\"stateToken\":\"t\"}\n",
      REASON_OTHER_PERSON },
    /* A rule refuses later on: the password was right. */
    { { CHOICE("sms"), ERROR("401", "E0000004") },
      "E0000004",
      "/v {\"stateToken\":\"t\"}\n" CANCEL,
      REASON_PROVIDER_DENIED },
    { { CHOICE("sms"), ERROR("401", "E0000011") },
      "E0000011",
      "/v {\"stateToken\":\"t\"}\n",
      REASON_TOKEN_EXPIRED },
    { { CHOICE("sms"), ERROR("429", "E0000109") },
      "E0000109",
      "/v {\"stateToken\":\"t\"}\n" CANCEL,
      REASON_TOO_SOON },
};

static void strange(void **state)
{
    static const char *const typed[] = { "x", NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(odd); i++) {
        fails(odd[i].script, typed, odd[i].reason, odd[i].words);
        assert_memory_equal(said, PRIMARY, sizeof PRIMARY - 1);
        assert_string_equal(said + sizeof PRIMARY - 1, odd[i].rest);
        assert_true(result.sent);
        assert_non_null(strstr(why.text, "at Okta"));
    }
}

#define NEW "/c {\"stateToken\":\"t\",\"oldPassword\":\"pa\\u0022ss\",\"newPassword\":\"New-1\"}\n"

/* What is open after a change: only a refusal says that nothing was changed. */
static void changes(void **state)
{
    static const struct {
        const char *answer;
        enum reason reason;
    } rows[] = {
        { "", REASON_CHANGE_UNKNOWN },
        { "200 <html>", REASON_CHANGE_UNKNOWN },
        { "500 ", REASON_CHANGE_UNKNOWN },
        { ERROR("500", "E0000009"), REASON_CHANGE_UNKNOWN },
        { ERROR("403", "E0000035"), REASON_CHANGE_FORBIDDEN },
        { ERROR("401", "E0000011"), REASON_TOKEN_EXPIRED },
    };
    static const char *const typed[] = { "New-1", "New-1", NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const script[] = { EXPIRED, rows[i].answer, NULL };
        fails(script, typed, rows[i].reason, "changing the password");
        assert_true(result.proved && !result.changed && !result.new_password);
        assert_memory_equal(said + sizeof PRIMARY - 1, NEW, sizeof NEW - 1);
        assert_non_null(strstr(told, "\nchanging\n"));
    }
    /* What comes after a change that was done does not undo it. */
    const char *const script[] = { EXPIRED, CHOICE("webauthn"), NULL };
    fails(script, typed, REASON_BROWSER_NEEDED, "second factor");
    assert_true(result.changed);
    assert_string_equal(secret_peek(result.new_password), "New-1");
    const char *const again[] = { EXPIRED, EXPIRED, NULL };
    fails(again, typed, REASON_BAD_ANSWER, "wants a new password again");
    assert_true(result.changed);
}

/* The same state for ever, and polls for ever. */
static void endless(void **state)
{
    static const char warned[] =
        STATE("PASSWORD_WARN", "\"_links\":{\"next\":" LINK("/c") ",\"skip\":" LINK("/s") "}");
    const char *script[ANSWERS + 1] = { NULL };
    const char *typed[ANSWERS + 1] = { NULL };

    (void)state;
    for (size_t i = 0; i < ANSWERS; i++) {
        script[i] = warned;
        typed[i] = "1";
    }
    fails(script, typed, REASON_BAD_ANSWER, "comes to no end");
    assert_non_null(strstr(said, CANCEL));
}

/* As often as it says, and as long as there is time. */
static void limits(void **state)
{
    static const char *const script[] = { ERROR("429", "E0000047"), "429 ", "429 <html>", SUCCESS,
                                          NULL };
    static const char *const typed[] = { "", NULL };

    (void)state;
    wait_s = 5;
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_string_equal(told, ORG " is asked too often: waiting 5 s\n" ORG
                                  " is asked too often: waiting 5 s\n" ORG
                                  " is asked too often: waiting 5 s\n");
    assert_in_range(budget_ms, 1, TIME_MS - 15000);
    wait_s = 7;
    fails(script, typed, REASON_SERVER_BUSY, "status 429");
    wait_s = 0; /* not told: 1, 2, 4 */
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_in_range(budget_ms, TIME_MS - 9000, TIME_MS - 7000);
}

static bool signs_in(void *data)
{
    static const char *const typed[] = { "1", "New-1", "New-1", NULL };

    return !walk(data, typed) && result.session;
}

static void memory(void **state)
{
    static const char *const script[] = { CHOICE("token:software:totp"), EXPIRED, SUCCESS, NULL };

    (void)state;
    assert_in_range(faults_everywhere(FAULTS_MEMORY, signs_in, (void *)script), 50, 20000);
    okta_result_free(&result);
}

static const struct CMUnitTest facts[] = {
    FACT(bodies, "okta_sign_in: what is sent, with quotes in it, and what comes of it"),
    FACT(strange,
         "okta_sign_in: answers that make no sense end it, with a cancel where there is one"),
    FACT(changes, "okta_sign_in: a change of which the answer is lost is open, one refused is not"),
    FACT(endless, "okta_sign_in: a state that never ends"),
    FACT(limits, "okta_sign_in: too many requests are waited out within the time"),
    FACT(memory, "okta_sign_in: without memory it fails, and nothing is left"),
};

int main(void)
{
    return test_run(facts, COUNT(facts));
}
