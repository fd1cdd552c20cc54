/* SPDX-License-Identifier: MIT */
#include "agent/notice.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/window.h"

enum { SECOND = 1000, HOUR = 3600 * SECOND };

static const char *principal(const struct identity *identity)
{
    const char *text = identity->facts ? message_text(identity->facts, SLOT_PRINCIPAL) : NULL;

    return text ? text : identity->name;
}

/* "in 7 days"; hours are those that have begun. */
static void say_span(char *text, size_t size, int64_t span)
{
    int64_t hours = (span + HOUR - 1) / HOUR, days = (hours + 12) / 24;
    bool in_days = hours > 24;
    int64_t number = in_days ? days : hours;

    (void)snprintf(text, size, "in %lld %s%s", (long long)number, in_days ? "day" : "hour",
                   number == 1 ? "" : "s");
}

static void say_time(char *text, size_t size, int64_t at)
{
    time_t seconds = (time_t)(at / SECOND);
    struct tm local;

    if (!localtime_r(&seconds, &local) || !strftime(text, size, "%Y-%m-%d at %H:%M", &local))
        (void)snprintf(text, size, "a day far away");
}

/* The window's button; where there is no window, what to do is told. */
static void offer(struct notice *notice, enum verb verb, const char *label, const char *remedy)
{
    size_t length = strlen(notice->body);

    notice->verb = verb;
    notice->label = window_is_there() ? label : NULL;
    if (!notice->label)
        (void)snprintf(notice->body + length, sizeof notice->body - length, " %s", remedy);
}

void notice_password_ends(struct notice *notice, const struct identity *identity, int64_t end)
{
    char span[32], at[64];
    int64_t left = end - agent_now();

    say_span(span, sizeof span, left);
    say_time(at, sizeof at, end);
    *notice = (struct notice){ .urgent = left <= 24LL * HOUR };
    (void)snprintf(notice->summary, sizeof notice->summary, "Your password ends %s", span);
    (void)snprintf(notice->body, sizeof notice->body, "The password of %s ends on %s.",
                   principal(identity), at);
    offer(notice, VERB_CHANGE_PASSWORD, "Change password", "Run: chatelaine change-password");
}

/* The reason tells more than this. Unasked, only a stored password can have been wrong. */
static const char *headline(enum reason reason)
{
    enum outcome outcome = reason_outcome(reason);

    return reason == REASON_WRONG_PASSWORD || reason == REASON_STORED_REFUSED
               ? "The stored password was refused"
           : reason == REASON_PIN_NEEDED ? "Your smart card is needed"
           : outcome == OUTCOME_EXPIRED  ? "Your password must be changed"
           : outcome == OUTCOME_LOCKED   ? "You cannot sign in"
                                         : "Your password is needed";
}

void notice_password_needed(struct notice *notice, const struct identity *identity,
                            enum reason reason)
{
    enum outcome outcome = reason_outcome(reason);
    bool refused = reason == REASON_WRONG_PASSWORD;

    *notice = (struct notice){ .urgent = false };
    (void)snprintf(notice->summary, sizeof notice->summary, "%s", headline(reason));
    (void)snprintf(notice->body, sizeof notice->body, "%s: %s", principal(identity),
                   refused ? "It is not right any more." : reason_sentence(reason));
    if (outcome == OUTCOME_LOCKED)
        offer(notice, VERB_SIGN_IN, NULL, reason_remedy(reason));
    else if (outcome == OUTCOME_EXPIRED)
        offer(notice, VERB_CHANGE_PASSWORD, "Change password", reason_remedy(reason));
    else
        offer(notice, VERB_SIGN_IN, "Sign in",
              reason == REASON_KEYCHAIN_ASKS ? reason_remedy(reason) : "Run: chatelaine sign-in");
}

bool notice_open_place(const struct identity *identity, enum reason *reason)
{
    struct slot_value value;

    for (size_t at = 0; identity->facts && message_next(identity->facts, &at, &value);)
        if (value.slot == SLOT_OUT_OF_STEP && reason_parse(value.second, reason))
            return true;
    return false;
}

void notice_places_open(struct notice *notice, const struct identity *identity, enum reason reason)
{
    bool elsewhere = reason == REASON_CHANGED_ELSEWHERE;

    *notice = (struct notice){ .urgent = false };
    (void)snprintf(notice->summary, sizeof notice->summary, "%s",
                   elsewhere ? "Your password was changed elsewhere"
                             : "Your new password is not everywhere yet");
    (void)snprintf(notice->body, sizeof notice->body, "%s: %s", principal(identity),
                   elsewhere ? "Sign in with the new one, and this computer follows."
                             : reason_sentence(reason));
    offer(notice, VERB_SIGN_IN, "Sign in",
          elsewhere ? "Run: chatelaine sign-in" : "Run: chatelaine repair");
}

void notice_certificate(struct notice *notice, const struct identity *identity, const char *name,
                        int64_t end, enum reason reason)
{
    char span[32];

    *notice = (struct notice){ .urgent = false };
    if (end > agent_now()) {
        say_span(span, sizeof span, end - agent_now());
        (void)snprintf(notice->summary, sizeof notice->summary, "Your certificate %s ends %s", name,
                       span);
    } else if (end < 0) {
        (void)snprintf(notice->summary, sizeof notice->summary,
                       "The network cannot use your certificate %s", name);
    } else {
        (void)snprintf(notice->summary, sizeof notice->summary, "You have no certificate %s", name);
    }
    (void)snprintf(notice->body, sizeof notice->body, "%s: %s", principal(identity),
                   reason_sentence(reason));
    offer(notice, VERB_CERTIFICATE, NULL, reason_remedy(reason));
}

void notice_escape(const char *text, char *escaped, size_t size)
{
    static const struct {
        char character;
        const char *entity;
    } rows[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" }
    };
    size_t length = 0;

    for (; *text; text++) {
        char itself[2] = { *text, '\0' };
        const char *piece = itself;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (rows[i].character == *text)
                piece = rows[i].entity;
        if (length + strlen(piece) >= size)
            break;
        (void)strcpy(escaped + length, piece);
        length += strlen(piece);
    }
    escaped[length] = '\0';
}
