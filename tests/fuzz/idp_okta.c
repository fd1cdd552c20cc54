/* SPDX-License-Identifier: MIT
 *
 * A sign-in, a recovery or an unlocking, by the size, as a whole walk through an org's answers:
 * each line is one, its first character the kind of its status. The person says something to every
 * question.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "idp/okta_walk.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ASKED_MOST = 700, SAID_MOST = 8000 };

static const char org[] = "https://org.example";
static const char *answers, *end;
static long asked, said;

static void trust(bool it)
{
    if (!it)
        __builtin_trap();
}

static struct secret *made(const char *bytes, size_t length)
{
    struct secret *secret = secret_new(length);

    trust(secret && secret_append(secret, bytes, length));
    return secret;
}

void https_answer_free(struct https_answer *answer)
{
    secret_free(&answer->body);
    secret_free(&answer->location);
}

/* In place of net/https.c: no line is left for one who asks too much. */
enum outcome https_do(struct https *https, const struct https_request *request, int budget_ms,
                      struct asker *asker, struct https_answer *answer, struct why *why)
{
    static const int statuses[] = { 200, 204, 400, 401, 403, 404, 429, 500 };

    struct url parts;

    (void)https, (void)asker;
    trust(!web_url_check(request->url, &parts, why) && url_same_origin(request->url, org));
    trust(budget_ms > 0 && ++said < SAID_MOST);
    trust(!request->body || *secret_peek(request->body) == '{');
    *answer = (struct https_answer){ .date = -1, .sent = true };
    const char *line = answers, *stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : end;
    if (line == end || *line == '-' || *line == '\n')
        return fail(why, REASON_CONNECTION_LOST, "no answer");
    stop = stop ? stop : end;
    answers = stop < end ? stop + 1 : end;
    answer->status = statuses[(unsigned char)*line % (sizeof statuses / sizeof *statuses)];
    answer->wait_s = *line & 8 ? 1 : 0;
    if (*line >= '0' && *line <= '9')
        answer->status = *line == '2' ? 200 : 100 * (*line - '0') + (*line == '4' ? 3 : 1);
    answer->body = made(line + 1, (size_t)(stop - line - 1));
    return OUTCOME_OK;
}

static void step(struct asker *asker, const char *line)
{
    (void)asker;
    trust(text_is_clean(line, strlen(line)));
}

static void event(struct asker *asker, const char *name, const char *line)
{
    (void)name;
    step(asker, line);
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

static enum outcome ask(struct asker *asker, const struct question *question,
                        struct secret **answer, struct why *why)
{
    char typed[32] = "";
    int choices = 0;

    step(asker, question->prompt);
    trust(!question->page || !strncmp(question->page, "otpauth://totp/Okta:", 20) ||
          (question->kind == QUESTION_WAIT && url_same_origin(org, question->page)));
    while (choices < QUESTION_CHOICES && question->choices[choices])
        step(asker, question->choices[choices++]);
    trust((question->kind == QUESTION_CHOICE) == (choices > 0));
    if (++asked > ASKED_MOST)
        return fail(why, REASON_CANCELLED, "enough");
    if (choices)
        (void)snprintf(typed, sizeof typed, "%ld", asked * 7 % choices + 1);
    else if (!strncmp(question->name, "new-password", 12))
        (void)snprintf(typed, sizeof typed, "Brand-New-1");
    else if (question->kind != QUESTION_WAIT && asked % 5)
        (void)snprintf(typed, sizeof typed, "+49 123456");
    *answer = made(typed, strlen(typed));
    return OUTCOME_OK;
}

/* A key is there, but nobody gets at it. */
static size_t list(struct key_place places[KEYS_MOST])
{
    (void)strcpy(places[0].path, "key");
    (void)strcpy(places[0].name, "Key");
    return 1;
}

static int open_none(const char *path)
{
    (void)path;
    return -1;
}

static const struct key_bus bus = { list, open_none };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct asker asker = { .step = step, .ask = ask, .cancelled = cancelled, .event = event };
    secret_auto *password = made("Okta-Passw0rd", 13);
    const struct okta_request request = { .org = org,
                                          .user = "alice",
                                          .password = password,
                                          .remember_device = size & 1,
                                          .factor = size & 2 ? "sms/OKTA" : NULL,
                                          .keys = &bus,
                                          .asker = &asker,
                                          .budget_ms = 60000 };
    okta_result_auto result = { 0 };
    struct why why = { 0 };

    answers = (const char *)data;
    end = answers + size;
    asked = said = 0;
    bool recovers = size % 3 == 0, unlocks = size % 3 == 1;
    enum outcome out = recovers  ? okta_recover(&request, OKTA_FORGOTTEN, &result, &why)
                       : unlocks ? okta_recover(&request, OKTA_UNLOCK, &result, &why)
                                 : okta_sign_in(&request, &result, &why);
    trust(result.sent == (!recovers && !unlocks) && !result.changed == !result.new_password);
    trust(unlocks ? !result.session : !out == (result.session != NULL));
    trust(text_is_clean(result.person.login, strlen(result.person.login)));
    trust(out || !recovers || result.changed);
    if (out)
        trust(why.reason != REASON_NONE && text_is_clean(why.text, strlen(why.text)));
    else if (!unlocks)
        trust(*result.person.id && *result.person.login && secret_length(result.session));
    return 0;
}
