/* SPDX-License-Identifier: MIT
 *
 * Where enrolment web services are: by the directory, by the settings, or by a policy server that
 * the settings name. Whoever is led to is shown a ticket or a password only if the directory or the
 * settings know that host.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cert/ces.h"
#include "work/certificate_job.h"

static unsigned by_what(const struct wanted *wanted)
{
    return wanted->by_password ? CES_BY_PASSWORD : CES_BY_TICKET;
}

static void copy_template(const struct wanted *wanted, const struct enrolment *enrolment,
                          struct cert_template *template)
{
    const struct enrolment_template *known = enrolment_find(enrolment, wanted->template);

    *template = (struct cert_template){ .major = known ? known->major : 0,
                                        .minor = known ? known->minor : 0,
                                        .key_bits = known ? known->key_bits : 0 };
    (void)snprintf(template->name, sizeof template->name, "%s", wanted->template);
    (void)snprintf(template->oid, sizeof template->oid, "%s", known ? known->oid : "");
}

/* The address for who asks so, and the one for who shows the old certificate. */
static enum outcome take_addresses(const struct wanted *wanted, const struct ces_address *all,
                                   unsigned count, struct authority *authority, struct why *why)
{
    const struct ces_address *best = ces_choose(all, count, by_what(wanted)),
                             *renewal = ces_choose(all, count, CES_BY_CERTIFICATE);
    struct url parts;
    enum outcome out;

    if (!best)
        return fail(why, REASON_NO_ENROLMENT, "no enrolment server of %s takes a %s",
                    *authority->name ? authority->name : "the authority",
                    wanted->by_password ? "password" : "ticket");
    if ((out = web_url_check(best->url, &parts, why)) ||
        (renewal && (out = web_url_check(renewal->url, &parts, why))))
        return fail_in(why, "the enrolment servers of %s", authority->name);
    (void)strcpy(authority->base, best->url);
    (void)strcpy(authority->renewal, renewal ? renewal->url : "");
    return OUTCOME_OK;
}

static enum outcome by_directory(const struct wanted *wanted,
                                 const struct enrolment_service *service,
                                 struct authority *authority, struct why *why)
{
    static struct ces_address all[CES_ADDRESSES];
    unsigned count = 0;

    for (size_t i = 0; service && i < service->server_count && count < CES_ADDRESSES; i++) {
        const struct enrolment_server *from = &service->servers[i];
        struct ces_address *to = &all[count++];
        *to = (struct ces_address){ .priority = from->priority,
                                    .authentication = from->authentication,
                                    .renewal_only = from->renewal_only };
        (void)snprintf(to->url, sizeof to->url, "%s", from->url);
    }
    return take_addresses(wanted, all, count, authority, why);
}

enum outcome policy_place(const struct wanted *wanted, const struct enrolment *enrolment,
                          const struct enrolment_service *service, struct authority *authority,
                          struct why *why)
{
    enum outcome out;

    copy_template(wanted, enrolment, &authority->template);
    if (!*wanted->web_pages)
        return by_directory(wanted, service, authority, why);
    if ((out = ces_address(wanted->web_pages, by_what(wanted), authority->base, why)))
        return out;
    if (ces_is_policy(authority->base))
        (void)strcpy(authority->policy, authority->base);
    return OUTCOME_OK;
}

static bool is_at(const char *url, const char *host)
{
    struct url parts;
    struct why why;

    return !web_url_check(url, &parts, &why) && !strcmp(parts.host, host);
}

static bool is_known(const struct job *job, const char *url)
{
    const struct enrolment *enrolment = job->all->company.enrolment;
    struct url parts;
    struct why why;

    if (web_url_check(url, &parts, &why))
        return false;
    if (is_at(job->authority.policy, parts.host))
        return true;
    for (size_t i = 0; i < enrolment->service_count; i++) {
        const struct enrolment_service *service = &enrolment->services[i];
        if (!strcasecmp(service->host, parts.host))
            return true;
        for (size_t j = 0; j < service->server_count; j++)
            if (is_at(service->servers[j].url, parts.host))
                return true;
    }
    return false;
}

static enum outcome check_addresses(const struct job *job, struct why *why)
{
    const struct authority *authority = &job->authority;
    const char *bad = NULL;

    if (!is_known(job, authority->base))
        bad = authority->base;
    else if (*authority->renewal && !is_known(job, authority->renewal))
        bad = authority->renewal;
    return bad ? fail(why, REASON_REDIRECTED,
                      "the policy names %s, which neither the directory nor the settings know", bad)
               : OUTCOME_OK;
}

static enum outcome ask(struct job *job, struct policy *policy, struct why *why)
{
    struct errand *errand = job->all->errand;
    struct authority *authority = &job->authority;
    enum outcome out = proof_find(job->all, job->wanted, authority->policy, &job->proof, why);
    const struct enrol enrol = { .https = job->all->company.https,
                                 .ticket = job->proof.ticket,
                                 .login = job->proof.login,
                                 .base = authority->policy,
                                 .asker = errand->asker,
                                 .budget_ms = errand_left(errand),
                                 .said = &job->said };

    return out ? out : ces_policy(&enrol, job->wanted->template, &authority->own, policy, why);
}

enum outcome policy_ask(struct job *job, struct why *why)
{
    static struct policy policy;
    struct authority *authority = &job->authority;
    struct url parts;
    enum outcome out;

    if ((out = ask(job, &policy, why)) ||
        (out = take_addresses(job->wanted, policy.addresses, policy.count, authority, why)) ||
        (out = check_addresses(job, why)) || (out = web_url_check(authority->base, &parts, why)))
        return out;
    authority->template = policy.template;
    if (!job->proof.login || !is_at(authority->policy, parts.host))
        proof_free(&job->proof);
    return OUTCOME_OK;
}
