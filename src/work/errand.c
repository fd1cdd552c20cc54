/* SPDX-License-Identifier: MIT */
#include "work/errand.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "kerberos/pin.h"

int64_t errand_clock(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int errand_left(const struct errand *errand)
{
    int64_t left = errand->deadline_ms - errand_clock();
    return left > 1 ? (int)left : 1;
}

const char *errand_text(const struct errand *errand, enum slot slot)
{
    const char *text = message_text(errand->request, slot);
    return text && *text ? text : NULL;
}

enum outcome errand_locate(struct errand *errand, const char *domain, struct dc *dc,
                           struct why *why)
{
    struct locate_request request = { .domain = domain, .budget_ms = errand_left(errand) };
    const char *known = errand_text(errand, SLOT_DOMAIN);

    /* The site of last time, if it is the same domain: its own servers are asked first. */
    if (known && !strcasecmp(known, domain))
        request.site = errand_text(errand, SLOT_SITE);
    enum outcome out = locate_dc(&request, errand->asker, dc, why);
    if (out)
        return out;
    log_line(LOG_LEVEL_INFO, "%s answered for %s in %d ms, site %s, our site %s", dc->host,
             dc->domain, dc->took_ms, dc->dc_site, dc->client_site);
    return OUTCOME_OK;
}

enum outcome errand_confirm(struct errand *errand, const char *domain, const char *who_named_it,
                            struct why *why)
{
    char prompt[512], answer[8];
    struct question question = { .kind = QUESTION_CHOICE,
                                 .name = "confirm-domain",
                                 .prompt = prompt,
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

enum outcome errand_kerberos(const struct dc *dc, char *realm, struct tickets **tickets,
                             struct why *why)
{
    char address[DNS_ADDRESS_TEXT];
    enum outcome out;

    (void)snprintf(realm, 256, "%s", dc->domain);
    for (char *c = realm; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    dns_address_text(&dc->address, address);
    *strrchr(address, ':') = '\0'; /* the port is LDAP's */
    char *bare = address;
    if (*bare == '[') {
        bare++;
        bare[strlen(bare) - 1] = '\0';
    }
    if ((out = pin_realm(realm, bare, why)) || (out = tickets_open(tickets, why)))
        return out;
    return OUTCOME_OK;
}
