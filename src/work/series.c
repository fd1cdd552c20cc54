/* SPDX-License-Identifier: MIT */
#include "work/series.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "wire/verbs.h"
#include "work/asker.h"

enum { NEXT_MS = 10000 };

void series_end(struct series *series)
{
    while (series->count)
        journal_close(&series->journals[--series->count]);
    message_free(&series->request);
    tickets_close(&series->tickets);
}

/* The identity of the next NEXT from *at on, "" if it is too long for one, and its cache. */
static bool next_name(const struct series *series, size_t *at, char name[NAME_IDENTITY_MOST + 1],
                      const char **cache)
{
    struct slot_value value;

    while (message_next(series->first, at, &value))
        if (value.slot == SLOT_NEXT) {
            ptrdiff_t length = value.second - 1 - value.text;
            (void)snprintf(name, NAME_IDENTITY_MOST + 1, "%.*s",
                           length > NAME_IDENTITY_MOST ? 0 : (int)length, value.text);
            *cache = value.second;
            return true;
        }
    return false;
}

enum outcome series_open(struct series *series, struct why *why)
{
    char name[NAME_IDENTITY_MOST + 1];
    const char *cache;
    struct why ignored;
    size_t at = 0;

    while (next_name(series, &at, name, &cache)) {
        if (!name_is_identity(name))
            return fail(why, REASON_BAD_REQUEST, "\"%s\" cannot name an identity", name);
        if (strcmp(message_text(series->first, SLOT_VERB), verb_row(VERB_RENEW)->word) != 0)
            return fail(why, REASON_BAD_REQUEST, "only renewals follow each other");
        if (journal_open(&series->journals[series->count++], name, false, &ignored))
            log_line(LOG_LEVEL_ERROR, "%s", ignored.text);
    }
    return OUTCOME_OK;
}

/* Its place among those named, of which each has one turn; false if it is none. */
static bool find_turn(struct series *series, const char *identity, size_t *place)
{
    char name[NAME_IDENTITY_MOST + 1];
    const char *cache;
    size_t at = 0;

    for (*place = 0; next_name(series, &at, name, &cache); ++*place)
        if (*place >= series->at && !strcmp(name, identity)) {
            series->at = *place + 1;
            return true;
        }
    return false;
}

static bool is_as_announced(struct series *series, const struct message *request, size_t *place)
{
    return !strcmp(message_text(request, SLOT_VERB), message_text(series->first, SLOT_VERB)) &&
           message_number(request, SLOT_UNATTENDED, 0) && !message_has(request, SLOT_NEXT) &&
           find_turn(series, message_text(request, SLOT_IDENTITY), place);
}

/* What belongs to one errand alone begins anew. */
static void begin(struct errand *errand, struct message *request, struct journal *journal)
{
    *errand = (struct errand){ .series = errand->series,
                               .conf = errand->conf,
                               .asker = errand->asker,
                               .front = errand->front,
                               .request = request,
                               .identity = message_text(request, SLOT_IDENTITY),
                               .journal = *journal };
    *journal = (struct journal){ .fd = -1 };
}

bool series_next(struct errand *errand)
{
    struct series *series = errand->series;
    message_auto *request = NULL;
    struct why why;
    size_t place;

    if (!series->begun || !series->count || wire_again(errand->front->wire, &why))
        return false;
    errand_watch(clock_ms() + NEXT_MS);
    if (wire_recv(errand->front->wire, NEXT_MS, &request, &why) || !request)
        return false;
    if (!is_as_announced(series, request, &place)) {
        log_line(LOG_LEVEL_ERROR, "%s of identity %s was not announced",
                 message_text(request, SLOT_VERB), message_text(request, SLOT_IDENTITY));
        return false;
    }
    message_free(&series->request);
    series->request = request;
    request = NULL;
    begin(errand, series->request, &series->journals[place]);
    return true;
}

/* Do these settings say the same for both? */
static bool is_set_alike(const struct conf *conf, const char *one, const char *other)
{
    static const enum setting settings[] = { SETTING_SERVERS, SETTING_DENIED_SERVERS,
                                             SETTING_SITE };

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(conf_text(conf, one, settings[i]), conf_text(conf, other, settings[i])) != 0)
            return false;
    return true;
}

bool series_found(const struct errand *errand, const char *domain, struct dc *dc, enum outcome *out,
                  struct why *why)
{
    const struct series *series = errand->series;

    if (!series || errand->dead_count || !series->found.at_ms ||
        clock_ms() - series->found.at_ms > SERIES_MS ||
        !strcmp(series->found.identity, errand->identity) ||
        strcasecmp(series->found.domain, domain) != 0 ||
        !is_set_alike(errand->conf, series->found.identity, errand->identity))
        return false;
    *out = series->found.outcome;
    if (*out)
        *why = series->found.why;
    else
        *dc = series->found.dc;
    return true;
}

void series_note(struct errand *errand, const char *domain, const struct dc *dc, enum outcome out,
                 const struct why *why)
{
    struct series *series = errand->series;

    if (!series)
        return;
    series->found.at_ms = out && out != OUTCOME_OFFLINE ? 0 : clock_ms();
    series->found.outcome = out;
    (void)snprintf(series->found.identity, sizeof series->found.identity, "%s", errand->identity);
    (void)snprintf(series->found.domain, sizeof series->found.domain, "%s", domain);
    if (out)
        series->found.why = *why;
    else
        series->found.dc = *dc;
}

static bool is_same_server(const struct dc *one, const struct dc *other)
{
    char address[DNS_ADDRESS_TEXT], its[DNS_ADDRESS_TEXT];

    dns_host_text(&one->address, address);
    dns_host_text(&other->address, its);
    return !strcmp(one->host, other->host) && !strcasecmp(one->domain, other->domain) &&
           !strcmp(address, its);
}

enum outcome series_tickets(struct errand *errand, const struct dc *dc, struct tickets **tickets,
                            struct why *why)
{
    struct series *series = errand->series;
    enum outcome out;

    if (!series->tickets || !is_same_server(&series->pinned, dc)) {
        tickets_close(&series->tickets);
        if ((out = errand_kerberos(dc, series->realm, &series->tickets, why)))
            return out;
        series->pinned = *dc;
    }
    errand_point(errand, &series->pinned, series->realm, series->tickets);
    *tickets = series->tickets;
    return OUTCOME_OK;
}

void series_ahead(struct errand *errand, const char *own)
{
    struct series *series = errand->series;
    char name[NAME_IDENTITY_MOST + 1];
    const char *cache;
    size_t at = 0;

    if (!series->count)
        return;
    tickets_ahead(series->tickets, own);
    for (size_t place = 0; next_name(series, &at, name, &cache); place++)
        if (place >= series->at && is_set_alike(errand->conf, errand->identity, name))
            tickets_ahead(series->tickets, cache);
}
