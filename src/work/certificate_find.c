/* SPDX-License-Identifier: MIT
 *
 * Who the person is and which authority issues: by the directory, over the signed-in connection, or
 * as far as the settings say so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "net/url.h"
#include "work/certificate_protocol.h"

void company_free(struct company *company)
{
    person_free(&company->person);
    enrolment_free(&company->enrolment);
    https_free(&company->https);
}

static enum outcome read_at(struct certificates *all, struct why *why)
{
    struct company *company = &all->company;
    struct errand *errand = all->errand;
    static const char *const nothing[] = { NULL };
    server_auto *server = NULL;
    enum outcome out = errand_server(errand, &company->dc, &company->ticket, &server, why);

    if (out)
        return out;
    struct person_request request = { .account = company->ticket.user,
                                      .domain = company->dc.domain,
                                      .extras = nothing,
                                      .budget_ms = errand_left(errand) };
    if ((out = person_read(server, &request, errand->asker, &company->person, why)))
        return out;
    return enrolment_read(server, company->person, errand_left(errand), errand->asker,
                          &company->enrolment, why);
}

/* Another domain controller may do better. */
static enum outcome read_at_any(struct certificates *all, struct why *why)
{
    enum outcome out;

    while ((out = read_at(all, why))) {
        person_free(&all->company.person);
        if ((out = errand_next_dc(all->errand, &all->company.dc, why)))
            return fail_in(why, "reading the directory");
    }
    return OUTCOME_OK;
}

/* Who has none has one that is made of the account and the domain (MS-ADTS 5.1.1.1.1), and the
 * authority puts that into the certificate. */
static void fill_names(struct company *company)
{
    const struct person *person = company->person;

    if (person->upn)
        (void)snprintf(company->upn, sizeof company->upn, "%s", person->upn);
    else
        (void)snprintf(company->upn, sizeof company->upn, "%s@%s", company->ticket.user,
                       company->dc.domain);
    company->names = (struct cert_person){
        .dn = person->dn, .upn = company->upn, .mail = person->mail, .sid = person->sid
    };
}

static enum outcome find_once(struct certificates *all, struct why *why)
{
    struct company *company = &all->company;
    struct errand *errand = all->errand;
    const char *ca = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    const char *proxy = conf_text(errand->conf, errand->identity, SETTING_PROXY);
    enum outcome out;

    if ((out = errand_find_ticket(errand, &company->ticket, &company->dc, why)) ||
        (out = read_at_any(all, why)) || (out = https_open(ca, proxy, &company->https, why)))
        return out;
    fill_names(company);
    /* They would be remembered as the person's, which this verb says nothing of. */
    message_drop_facts(errand->result);
    all->has_company = true;
    return OUTCOME_OK;
}

/* Where nobody answers the first certificate, the others need not wait for it, too. */
enum outcome company_find(struct certificates *all, struct why *why)
{
    if (all->has_company)
        return OUTCOME_OK;
    if (all->no_company.reason) {
        *why = all->no_company;
        return reason_outcome(why->reason);
    }
    enum outcome out = find_once(all, why);
    if (out == OUTCOME_OFFLINE || out == OUTCOME_BUSY)
        all->no_company = *why;
    return out;
}

void authority_free(struct authority *authority)
{
    chain_free(&authority->own);
}

static enum outcome no_service(const struct wanted *wanted, const struct enrolment *enrolment,
                               struct why *why)
{
    if (*wanted->authority)
        return fail(why, REASON_NO_AUTHORITY, "the directory lists no authority %s",
                    wanted->authority);
    if (!enrolment->service_count)
        return fail(why, REASON_NO_AUTHORITY, "the directory lists none at all");
    return fail(why, REASON_NO_AUTHORITY, "none of the %zu in the directory has the template %s",
                enrolment->service_count, wanted->template);
}

/* By its name, or the first one that has the template, and web services if those are asked; of a
 * protocol that the directory does not know, by its name alone. */
static const struct enrolment_service *find_service(const struct wanted *wanted,
                                                    const struct enrolment *enrolment)
{
    const struct protocol *protocol = wanted->protocol;
    const struct enrolment_service *first = NULL;

    for (size_t i = 0; i < enrolment->service_count; i++) {
        const struct enrolment_service *service = &enrolment->services[i];
        bool fits = *wanted->authority
                        ? !strcasecmp(service->name, wanted->authority)
                        : protocol->is_in_directory && enrolment_offers(service, wanted->template);
        if (fits && (service->server_count || *wanted->web_pages || !protocol->names_template))
            return service;
        if (fits && !first)
            first = service;
    }
    return first;
}

static enum outcome add_all(struct chain *to, const void *bytes, size_t length, struct why *why)
{
    chain_auto read = { .count = 0 };
    enum outcome out = chain_read(bytes, length, &read, why);

    for (unsigned i = 0; !out && i < read.count; i++)
        out = chain_add(to, read.all[i], why);
    return out;
}

static enum outcome own_of_file(const char *path, struct chain *own, struct why *why)
{
    text_auto *text = NULL;
    enum outcome out = file_read(AT_FDCWD, path, CHAIN_BYTES_MOST, (uid_t)-1, &text, why);

    if (!out && !text)
        out = fail(why, REASON_BAD_SETTING, "authority_file = %s: it is not there", path);
    if (out || (out = add_all(own, text_peek(text), text_length(text), why)))
        return why->reason == REASON_BAD_ANSWER ? fail_as(why, REASON_BAD_SETTING) : out;
    return OUTCOME_OK;
}

static enum outcome own_of_service(const struct enrolment_service *service, struct chain *own,
                                   struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < service->certificates.count && own->count < CHAIN_MOST; i++)
        out = add_all(own, service->certificates.der[i].bytes, service->certificates.der[i].length,
                      why);
    if (!out && !own->count) /* nothing that it issues could be kept */
        return fail(why, REASON_NO_AUTHORITY, "the directory has no certificate of %s itself",
                    service->name);
    return out ? fail_in(why, "the certificates of %s in the directory", service->name) : out;
}

/* What no directory can say must be set. */
static enum outcome check_settings(const struct wanted *wanted, struct why *why)
{
    const struct protocol *protocol = wanted->protocol;

    if (wanted->by_password && !protocol->login)
        return fail(why, REASON_BAD_SETTING, "authentication = password: %s takes a ticket alone",
                    protocol->word);
    if (!protocol->is_in_directory && !*wanted->web_pages)
        return fail(why, REASON_BAD_SETTING, "protocol = %s: web_pages must name the server",
                    protocol->word);
    if (!protocol->is_in_directory && !*wanted->authority_file && !*wanted->authority)
        return fail(why, REASON_BAD_SETTING,
                    "protocol = %s: authority_file must have the certificates of who issues",
                    protocol->word);
    return OUTCOME_OK;
}

enum outcome authority_find(struct certificates *all, const struct wanted *wanted,
                            struct authority *authority, struct why *why)
{
    const struct enrolment *enrolment = all->company.enrolment;
    const struct enrolment_service *service = find_service(wanted, enrolment);
    bool has_file = *wanted->authority_file, by_settings = *wanted->web_pages && has_file;
    enum outcome out;

    *authority = (struct authority){ .name = "" };
    if ((out = check_settings(wanted, why)))
        return out;
    if (!service && (!by_settings || *wanted->authority))
        return no_service(wanted, enrolment, why);
    (void)snprintf(authority->name, sizeof authority->name, "%s", service ? service->name : "");
    if ((out = wanted->protocol->place(wanted, enrolment, service, authority, why)))
        return out;
    return has_file ? own_of_file(wanted->authority_file, &authority->own, why)
                    : own_of_service(service, &authority->own, why);
}
