/* SPDX-License-Identifier: MIT */
#include "cli/person.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/certificate.h"

static void print_row(const char *name, const char *text)
{
    if (text && *text)
        (void)printf("  %-10s %s\n", name, text);
}

enum { DATE = 40 };

static void date_of(int64_t seconds, char date[DATE])
{
    time_t time_at = (time_t)seconds;
    struct tm local;

    (void)strcpy(date, "?");
    if (localtime_r(&time_at, &local))
        (void)strftime(date, DATE, "%Y-%m-%d %H:%M", &local);
}

/* "2026-11-26 04:36 (in 9 h 59 min)" */
static void when(int64_t seconds, char *text, size_t size)
{
    int64_t left = seconds - time(NULL);
    char date[DATE];

    date_of(seconds, date);
    if (left < 0)
        (void)snprintf(text, size, "%s (over)", date);
    else if (left >= 2 * 86400)
        (void)snprintf(text, size, "%s (in %" PRId64 " days)", date, left / 86400);
    else
        (void)snprintf(text, size, "%s (in %" PRId64 " h %" PRId64 " min)", date, left / 3600,
                       left / 60 % 60);
}

static void print_ticket(const struct message *result)
{
    char end[80], renewable[80], line[1200];
    const char *cache = message_text(result, SLOT_TICKET_CACHE);

    if (!message_has(result, SLOT_TICKET_END))
        return;
    when(message_number(result, SLOT_TICKET_END, 0), end, sizeof end);
    if (message_has(result, SLOT_RENEWABLE_END)) {
        when(message_number(result, SLOT_RENEWABLE_END, 0), renewable, sizeof renewable);
        (void)snprintf(line, sizeof line, "until %s, renewable until %s", end, renewable);
    } else {
        (void)snprintf(line, sizeof line, "until %s", end);
    }
    print_row("Ticket", line);
    if (!cache)
        return;
    (void)snprintf(line, sizeof line, "in %s", cache);
    print_row("", line);
    if (!message_number(result, SLOT_TICKET_CACHE_IS_DEFAULT, 1)) {
        (void)snprintf(line, sizeof line,
                       "other programs look elsewhere; to use this one: "
                       "export KRB5CCNAME='%s'",
                       cache);
        print_row("", line);
    }
}

/* As it was at the last sign-in that could ask. */
static void print_role(const struct message *result)
{
    char date[DATE], line[80];

    if (!message_number(result, SLOT_ADMINISTRATOR, 0))
        return;
    date_of(message_number(result, SLOT_RIGHTS_AT, 0), date);
    (void)snprintf(line, sizeof line, "administrator, on %s", date);
    print_row("Role", line);
}

static void print_issuer(const struct message *result)
{
    const char *issuer = message_text(result, SLOT_ISSUER);
    char line[700], end[80];

    if (!issuer)
        return;
    (void)snprintf(line, sizeof line, "%s (%s)", issuer, message_text(result, SLOT_PROVIDER));
    print_row("Provider", line);
    print_row("By", message_text(result, SLOT_AMR));
    print_role(result);
    if (!message_has(result, SLOT_TOKEN_END))
        return;
    const char *kept = message_text(result, SLOT_REMEMBERED);
    bool stays = kept && !strcmp(kept, "yes");
    when(message_number(result, SLOT_TOKEN_END, 0), end, sizeof end);
    (void)snprintf(line, sizeof line, "until %s%s", end, stays ? ", and new ones then" : "");
    print_row("Token", line);
}

static void print_password(const struct message *result)
{
    char end[80], line[128];

    if (message_number(result, SLOT_PASSWORD_MUST_CHANGE, 0)) {
        print_row("Password", "must be changed now");
    } else if (message_number(result, SLOT_PASSWORD_NEVER_ENDS, 0)) {
        print_row("Password", "never ends");
    } else if (message_has(result, SLOT_PASSWORD_END)) {
        when(message_number(result, SLOT_PASSWORD_END, 0), end, sizeof end);
        (void)snprintf(line, sizeof line, "ends %s", end);
        print_row("Password", line);
    }
}

/* Places that may not have the company's password. */
static void print_open(const struct message *result)
{
    struct slot_value value;
    const char *title = "Open";
    char line[300];
    enum reason reason;

    for (size_t at = 0; message_next(result, &at, &value);) {
        if (value.slot != SLOT_OUT_OF_STEP || !reason_parse(value.second, &reason))
            continue;
        (void)snprintf(line, sizeof line, "password of the %.*s: %s",
                       (int)(value.second - 1 - value.text), value.text, reason_sentence(reason));
        print_row(title, line);
        title = "";
    }
    if (!*title)
        print_row("", "to finish: chatelaine repair");
}

static void print_domain(const struct message *result)
{
    const char *site = message_text(result, SLOT_SITE), *dc = message_text(result, SLOT_DC);
    char line[900];

    if (!message_has(result, SLOT_DOMAIN))
        return;
    (void)snprintf(line, sizeof line, "%s%s%s%s%s", message_text(result, SLOT_DOMAIN),
                   site ? ", site " : "", site ? site : "", dc ? ", server " : "", dc ? dc : "");
    print_row("Domain", line);
}

static void print_policy(const struct message *result)
{
    char line[200];

    if (!message_has(result, SLOT_POLICY_LENGTH))
        return;
    (void)snprintf(line, sizeof line,
                   "at least %" PRId64 " characters%s, not one of the last %" PRId64,
                   message_number(result, SLOT_POLICY_LENGTH, 0),
                   message_number(result, SLOT_POLICY_COMPLEX, 0) ? " of three kinds" : "",
                   message_number(result, SLOT_POLICY_HISTORY, 0));
    print_row("Rules", line);
}

/* Of a directory those of its domains; "Everyone" and the like are in --json only. */
static void print_groups(const struct message *result)
{
    struct slot_value value;
    const char *title = "Groups";

    for (size_t at = 0; message_next(result, &at, &value);)
        if (value.slot == SLOT_GROUP &&
            (message_has(result, SLOT_ISSUER) || !strncmp(value.text, "S-1-5-21-", 9))) {
            print_row(title, value.second);
            title = "";
        }
}

static void print_attributes(const struct message *result)
{
    struct slot_value value;
    const char *title = "More";

    for (size_t at = 0; message_next(result, &at, &value);)
        if (value.slot == SLOT_ATTRIBUTE) {
            (void)printf("  %-10s %.*s: %s\n", title, (int)(value.second - 1 - value.text),
                         value.text, value.second);
            title = "";
        }
}

void person_print(const struct message *result, bool all)
{
    const char *state = message_text(result, SLOT_STATE);
    const char *name = message_text(result, SLOT_DISPLAY_NAME);
    const char *principal = message_text(result, SLOT_PRINCIPAL);

    if (!state || !principal)
        return;
    (void)printf("%s: %s%s%s%s\n",
                 !strcmp(state, "signed-in") ? "Signed in"
                 : !strcmp(state, "expired")
                     ? message_has(result, SLOT_ISSUER) ? "Sign-in expired" : "Ticket expired"
                     : "Signed out",
                 name ? name : principal, name ? " (" : "", name ? principal : "", name ? ")" : "");
    print_ticket(result);
    print_issuer(result);
    print_password(result);
    print_open(result);
    print_domain(result);
    if (all)
        certificates_print(result);
    if (!all || !strcmp(state, "signed-out"))
        return;
    print_row("Mail", message_text(result, SLOT_MAIL));
    print_row("UPN", message_text(result, SLOT_UPN));
    print_row("Home", message_text(result, SLOT_HOME_DIRECTORY));
    print_policy(result);
    print_groups(result);
    print_attributes(result);
}
