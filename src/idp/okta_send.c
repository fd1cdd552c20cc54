/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "idp/okta_step.h"

/* Who has cancelled waits 2 s for us. */
enum { WAITS_MOST = 5, CANCEL_MS = 1500, STATUS_TOO_MANY = 429 };

static bool is_refusal(int status)
{
    return status >= 400 && status < 500;
}

/* What Okta has answered becomes the next state. */
static enum outcome take(struct okta_walk *walk, const struct https_answer *answer, struct why *why)
{
    struct okta_state next;
    enum outcome out;

    *walk->told = '\0';
    walk->refused = is_refusal(answer->status);
    walk->limited = answer->status == STATUS_TOO_MANY;
    if (answer->status != 200) {
        /* Later on it is a rule that refuses: the password was right. */
        out = okta_error_fail(answer->status, secret_peek(answer->body),
                              secret_length(answer->body), walk->told, why);
        return walk->in_state && why->reason == REASON_WRONG_PASSWORD
                   ? fail_as(why, REASON_PROVIDER_DENIED)
                   : out;
    }
    if ((out = okta_state_parse(walk->org, secret_peek(answer->body), secret_length(answer->body),
                                &next, why)))
        return out;
    if (walk->in_state)
        okta_state_free(&walk->state);
    walk->state = next;
    walk->in_state = true;
    return OUTCOME_OK;
}

static enum outcome ask(struct okta_walk *walk, const struct https_request *request,
                        struct https_answer *answer, struct why *why)
{
    long begun = clock_ms();

    if (walk->left_ms <= 0)
        return fail(why, REASON_TIME_OUT, "the time is used up");
    enum outcome out = https_do(walk->request->https, request, (int)walk->left_ms,
                                walk->request->asker, answer, why);
    walk->left_ms -= clock_ms() - begun;
    walk->sent = answer->sent;
    return out;
}

/* Too many requests: how long to wait for the next one, by Okta's own clock, or twice as long each
 * time; 0: it does not help. */
static int wait_of(const struct okta_walk *walk, const struct https_answer *answer, int waits,
                   const struct why *why)
{
    int seconds = answer->wait_s ? answer->wait_s : 1 << waits;

    if (answer->status != STATUS_TOO_MANY || why->reason != REASON_SERVER_BUSY ||
        waits == WAITS_MOST || seconds * 1000L >= walk->left_ms)
        return 0;
    return seconds;
}

static enum outcome wait_for_limit(struct okta_walk *walk, int seconds, struct why *why)
{
    char prompt[URL_SHOWN + 80];
    struct why busy = *why;

    (void)snprintf(prompt, sizeof prompt, "%s is asked too often: waiting %d s", walk->org,
                   seconds);
    walk->left_ms -= seconds * 1000L;
    enum outcome out = okta_wait(walk, "rate-limit", seconds, prompt, why);
    if (!out || why->reason != REASON_NOBODY_TO_ASK)
        return out;
    *why = busy;
    return reason_outcome(busy.reason);
}

static enum outcome post(struct okta_walk *walk, const struct https_request *request,
                         struct why *why)
{
    for (int waits = 0;; waits++) {
        https_answer_auto answer = { 0 };
        enum outcome out;
        walk->refused = walk->limited = walk->sent = false;
        if (!(out = ask(walk, request, &answer, why)))
            out = take(walk, &answer, why);
        if (!out)
            return OUTCOME_OK;
        int seconds = answer.body ? wait_of(walk, &answer, waits, why) : 0;
        if (!seconds)
            return fail_in(why, "the answer of %s", walk->org);
        if ((out = wait_for_limit(walk, seconds, why)))
            return out;
    }
}

/* The members and the state's token, which comes first. */
static struct secret *make_body(const struct okta_walk *walk, const struct okta_member *members)
{
    struct okta_member all[OKTA_MEMBERS + 2] = {
        { "stateToken", .secret = walk->in_state ? walk->state.state_token : NULL }
    };

    for (size_t i = 0; i < OKTA_MEMBERS && members && members[i].name; i++)
        all[i + 1] = members[i];
    return okta_body(all);
}

static enum outcome send_at(struct okta_walk *walk, const char *url, const struct field *query,
                            const struct okta_member *members, struct why *why)
{
    secret_auto *body = make_body(walk, members);
    const struct https_request request = { .url = url,
                                           .query = query,
                                           .body = body,
                                           .body_type = "application/json",
                                           .accept = "application/json",
                                           .most = OKTA_ANSWER_MOST };

    return body ? post(walk, &request, why) : fail_memory(why);
}

static enum outcome send(struct okta_walk *walk, const struct okta_link *link,
                         const struct field *query, const struct okta_member *members,
                         struct why *why)
{
    char url[OKTA_HREF_MOST + 1];

    if (!link->href || !walk->state.state_token)
        return fail(why, REASON_BAD_ANSWER, "%s says %s, but not %s", walk->org, walk->state.status,
                    link->href ? "by which token" : "where to go on");
    (void)snprintf(url, sizeof url, "%s", link->href);
    return send_at(walk, url, query, members, why);
}

enum outcome okta_send(struct okta_walk *walk, const struct okta_link *link,
                       const struct okta_member *members, struct why *why)
{
    return send(walk, link, NULL, members, why);
}

enum outcome okta_send_bare(struct okta_walk *walk, const struct okta_link *link,
                            const struct okta_member *members, struct why *why)
{
    char url[OKTA_HREF_MOST + 1];

    (void)snprintf(url, sizeof url, "%s", link->href);
    return send_at(walk, url, NULL, members, why);
}

enum outcome okta_send_code(struct okta_walk *walk, const struct okta_link *link,
                            const struct okta_member *members, struct why *why)
{
    static const struct field remember[] = { { "rememberDevice", "true", NULL }, { 0 } };
    bool wanted = walk->request->remember_device && walk->state.policy.may_remember;

    return send(walk, link, wanted ? remember : NULL, members, why);
}

enum outcome okta_send_first(struct okta_walk *walk, const char *path,
                             const struct okta_member *members, struct why *why)
{
    char url[URL_MOST];

    (void)snprintf(url, sizeof url, "%s%s", walk->org, path);
    return send_at(walk, url, NULL, members, why);
}

enum outcome okta_read(struct okta_walk *walk, const struct okta_link *link, const char *type,
                       struct secret **body, struct why *why)
{
    https_answer_auto answer = { 0 };
    const struct https_request request = { .url = link->href,
                                           .accept = type,
                                           .most = OKTA_ANSWER_MOST };
    enum outcome out = ask(walk, &request, &answer, why);

    if (!out && answer.status != 200)
        out = okta_error_fail(answer.status, secret_peek(answer.body), secret_length(answer.body),
                              walk->told, why);
    if (out)
        return fail_in(why, "the answer of %s", walk->org);
    *body = answer.body;
    answer.body = NULL;
    return OUTCOME_OK;
}

void okta_cancel(struct okta_walk *walk)
{
    struct asker deaf = asker_deaf();
    struct okta_member members[] = { { "stateToken", .secret = walk->state.state_token }, { 0 } };
    https_answer_auto answer = { 0 };
    char url[URL_MOST];
    struct why why;

    if (!walk->in_state || !walk->state.state_token)
        return;
    (void)snprintf(url, sizeof url, "%s/api/v1/authn/cancel", walk->org);
    secret_auto *body = okta_body(members);
    const struct https_request request = {
        .url = walk->state.cancel.href ? walk->state.cancel.href : url,
        .body = body,
        .body_type = "application/json",
        .accept = "application/json",
        .most = OKTA_ANSWER_MOST,
    };
    if (body)
        (void)https_do(walk->request->https, &request, CANCEL_MS, &deaf, &answer, &why);
}
