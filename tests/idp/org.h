/* SPDX-License-Identifier: MIT
 *
 * An org that answers by a script, and somebody who types by one.
 */
#ifndef TESTS_IDP_ORG_H
#define TESTS_IDP_ORG_H

#include "recorded.h"

#include <errno.h>

#include "base/text.h"
#include "faults.h"
#include "idp/okta_walk.h"

enum { SAID = 100 << 10, TIME_MS = 20000 };

static struct why why;
static struct okta_result result;

/* What the org answers to each request: "200 BODY"; "": nothing, the connection breaks. */
static const char *const *answers;
static char said[SAID];                /* the requests: "PATH BODY\n" */
static char told[SAID];                /* to the person, a line each */
static const char *const *keys;        /* what the person answers */
static const char with_nul[] = "a\0b"; /* one of them, as a whole */
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
    if (question->page)
        note(question->page);
    if (!keys || !*keys)
        return fail(reason, REASON_NOBODY_TO_ASK, "%s", question->prompt);
    const char *key = question->kind == QUESTION_WAIT ? "" : *keys++;
    size_t length = key == with_nul ? sizeof with_nul - 1 : strlen(key);
    if (!(*answer = secret_new(length)))
        return fail_memory(reason);
    (void)secret_append(*answer, key, length);
    return OUTCOME_OK;
}

/* So many security keys are plugged in, none of which can be opened. */
static size_t plugged;

static size_t list_keys(struct key_place places[KEYS_MOST])
{
    for (size_t i = 0; i < plugged; i++)
        places[i] = (struct key_place){ "/dev/hidraw0", "Key" };
    return plugged;
}

static int open_key(const char *path)
{
    (void)path;
    errno = EACCES;
    return -1;
}

static const struct key_bus bus = { list_keys, open_key };

/* What is begun by walk(): an enum okta_recovery, or a sign-in. */
enum { SIGN_IN = -1 };
static int begun = SIGN_IN;
static const char *user = "al\"ice";

static inline enum outcome walk(const char *const *script, const char *const *typed)
{
    struct asker asker = { .step = step, .ask = ask, .cancelled = never, .event = event };
    secret_auto *password = secret_new(8);

    if (!password)
        return fail_memory(&why);
    (void)secret_append(password, "pa\"ss", 5);
    const struct okta_request request = {
        .org = ORG "/",
        .user = user,
        .password = password,
        .keys = &bus,
        .asker = &asker,
        .budget_ms = TIME_MS,
    };
    answers = script;
    keys = typed;
    *said = *told = '\0';
    okta_result_free(&result);
    return begun == SIGN_IN ? okta_sign_in(&request, &result, &why)
                            : okta_recover(&request, (enum okta_recovery)begun, &result, &why);
}

static inline void fails(const char *const *script, const char *const *typed, enum reason reason,
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

#endif
