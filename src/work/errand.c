/* SPDX-License-Identifier: MIT */
#include "work/errand.h"

#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "kerberos/pin.h"
#include "work/series.h"

enum {
    GRACE_MS = 2000,
    SHARE_MS = 4000, /* of one domain controller, at most a third of what is left */
};

void errand_account(struct errand *errand)
{
    const struct passwd *account = getpwuid(getuid());

    if (account)
        (void)snprintf(errand->account, sizeof errand->account, "%s", account->pw_name);
}

void errand_watch(long deadline_ms)
{
    long left = deadline_ms ? deadline_ms - clock_ms() + GRACE_MS : 0;
    struct itimerval timer = { .it_value = { left / 1000, left % 1000 * 1000 } };

    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

int errand_left(const struct errand *errand)
{
    long left = errand->deadline_ms - clock_ms();
    return left > 1 ? (int)left : 1;
}

int errand_reserve(const struct errand *errand)
{
    int left = errand_left(errand), share = left / 3 < SHARE_MS ? left / 3 : SHARE_MS;

    return errand->last_dc ? 0 : left - share;
}

char *errand_list(const struct errand *errand, enum setting setting, const char **words,
                  size_t most)
{
    char *text = strdup(conf_text(errand->conf, errand->identity, setting)), *rest = text;
    size_t count = 0;

    for (char *word; count < most && (word = strsep(&rest, ", "));)
        if (*word)
            words[count++] = word;
    words[count] = NULL;
    return text;
}

const char *errand_text(const struct errand *errand, enum slot slot)
{
    const char *text = message_text(errand->request, slot);
    return text && *text ? text : NULL;
}

/* The site by setting; else that of last time, if it is the same domain: its own servers are asked
 * first. */
static void choose_site(const struct errand *errand, struct locate_request *request)
{
    const char *set = conf_text(errand->conf, errand->identity, SETTING_SITE);
    const char *known = errand_text(errand, SLOT_DOMAIN);

    request->site_forced = *set;
    if (*set)
        request->site = set;
    else if (known && !strcasecmp(known, request->domain))
        request->site = errand_text(errand, SLOT_SITE);
}

static enum outcome look_for(struct errand *errand, const char *domain, struct dc *dc,
                             struct why *why)
{
    const char *servers[ERRAND_HOSTS + 1], *denied[ERRAND_HOSTS + 1],
        *dead[ERRAND_DEAD + 1] = { 0 };
    char *servers_text = errand_list(errand, SETTING_SERVERS, servers, ERRAND_HOSTS);
    char *denied_text = errand_list(errand, SETTING_DENIED_SERVERS, denied, ERRAND_HOSTS);
    struct locate_request request = { .domain = domain,
                                      .servers = servers,
                                      .denied = denied,
                                      .dead = dead,
                                      .budget_ms = errand_left(errand) };

    for (size_t i = 0; i < errand->dead_count; i++)
        dead[i] = errand->dead[i];
    choose_site(errand, &request);
    enum outcome out = servers_text && denied_text ? locate_dc(&request, errand->asker, dc, why)
                                                   : fail_memory(why);
    free(servers_text);
    free(denied_text);
    series_note(errand, domain, dc, out, why);
    if (out)
        return out;
    log_line(LOG_LEVEL_INFO, "%s answered for %s in %d ms, site %s, our site %s", dc->host,
             dc->domain, dc->took_ms, dc->dc_site, dc->client_site);
    return OUTCOME_OK;
}

enum outcome errand_locate(struct errand *errand, const char *domain, struct dc *dc,
                           struct why *why)
{
    enum outcome out;

    return series_found(errand, domain, dc, &out, why) ? out : look_for(errand, domain, dc, why);
}

enum outcome errand_move(struct errand *errand, const char *domain, struct dc *dc, struct why *why)
{
    errand->dead_count = 0;
    errand->last_dc = false;
    return errand_locate(errand, domain, dc, why);
}

/* Another server may do better. */
static bool is_servers_fault(enum reason reason)
{
    static const enum reason reasons[] = { REASON_NO_DC,           REASON_NO_SERVER,
                                           REASON_CONNECTION_LOST, REASON_TIME_OUT,
                                           REASON_SERVER_BUSY,     REASON_BAD_ANSWER };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i] == reason)
            return true;
    return false;
}

enum outcome errand_next_dc(struct errand *errand, struct dc *dc, struct why *why)
{
    const struct why failure = *why;
    struct dc next;

    if (!is_servers_fault(why->reason) || errand->last_dc || errand->dead_count == ERRAND_DEAD ||
        errand_left(errand) == 1)
        return reason_outcome(why->reason);
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    memcpy(errand->dead[errand->dead_count++], dc->host, sizeof dc->host);
    enum outcome out = errand_locate(errand, dc->domain, &next, why);
    if (!out)
        *dc = next;
    if (!out || out == OUTCOME_CANCELLED)
        return out;
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    *why = failure;
    errand->last_dc = true;
    return failure.reason == REASON_TIME_OUT ? OUTCOME_OK : reason_outcome(failure.reason);
}

enum outcome errand_confirm(struct errand *errand, const char *domain, const char *who_named_it,
                            struct why *why)
{
    char prompt[512], answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "confirm-domain",
                                 .prompt = prompt,
                                 .suggestion = "2",
                                 .choices = { "Yes, this is my company's domain", "No" } };

    (void)snprintf(prompt, sizeof prompt, "%s names the domain %s. Sign in there?", who_named_it,
                   domain);
    enum outcome out = asker_ask_text(errand->asker, &question, answer, sizeof answer, why);
    if (out)
        return fail_in(why, "confirming the domain %s", domain);
    if (strcmp(answer, "1") != 0)
        return fail(why, REASON_NOT_CONFIRMED, "the domain %s was not confirmed", domain);
    return OUTCOME_OK;
}

void errand_realm(const char *domain, char realm[256])
{
    (void)snprintf(realm, 256, "%s", domain);
    for (char *c = realm; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

enum outcome errand_kerberos(const struct dc *dc, char *realm, struct tickets **tickets,
                             struct why *why)
{
    char address[DNS_ADDRESS_TEXT];

    errand_realm(dc->domain, realm);
    dns_host_text(&dc->address, address);
    enum outcome out = pin_realm(realm, address, why);
    return out ? out : tickets_open(tickets, why);
}

enum outcome errand_kerberos_for_card(const struct dc *dc, char *realm, struct tickets **tickets,
                                      struct why *why)
{
    char address[DNS_ADDRESS_TEXT];

    errand_realm(dc->domain, realm);
    dns_host_text(&dc->address, address);
    enum outcome out = pin_realm_for_certificates(realm, address, dc->host, why);
    return out ? out : tickets_open(tickets, why);
}

void errand_point(const struct errand *errand, const struct dc *dc, const char *realm,
                  struct tickets *tickets)
{
    struct tickets_kdc kdc = { .name = dc->host,
                               .realm = realm,
                               .asker = errand->asker,
                               .budget_ms = errand_left(errand),
                               .reserve_ms = errand_reserve(errand) };

    memcpy(&kdc.address, &dc->address, sizeof dc->address);
    tickets_point(tickets, &kdc);
}

enum outcome errand_tickets(struct errand *errand, const struct dc *dc, char *realm,
                            struct tickets **tickets, struct why *why)
{
    enum outcome out = errand_kerberos(dc, realm, tickets, why);

    if (!out)
        errand_point(errand, dc, realm, *tickets);
    return out;
}
