/* SPDX-License-Identifier: MIT */
#include "directory/enrolment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "directory/enrolment_take.h"
#include "directory/search.h"

enum { BASE_MOST = 1024, DACL_ALONE = 4 };

/* What is asked, in one flight. */
enum { SERVICES, TEMPLATES, ROOTS, BETWEEN, FOR_LOGON, CONTAINERS };

static const struct container {
    const char *name; /* below CN=Public Key Services */
    int scope;
    const char *filter;
    const char *const *attributes;
} containers[CONTAINERS] = {
    [SERVICES] = { "Enrollment Services", LDAP_SCOPE_ONELEVEL, "(objectClass=pKIEnrollmentService)",
                   enrolment_service_attributes },
    [TEMPLATES] = { "Certificate Templates", LDAP_SCOPE_ONELEVEL,
                    "(objectClass=pKICertificateTemplate)", enrolment_template_attributes },
    [ROOTS] = { "Certification Authorities", LDAP_SCOPE_ONELEVEL,
                "(objectClass=certificationAuthority)", enrolment_certificate_attributes },
    [BETWEEN] = { "AIA", LDAP_SCOPE_ONELEVEL, "(objectClass=certificationAuthority)",
                  enrolment_certificate_attributes },
    [FOR_LOGON] = { "NTAuthCertificates", LDAP_SCOPE_BASE, "(objectClass=certificationAuthority)",
                    enrolment_certificate_attributes },
};

struct reading {
    struct search search;
    const struct person *person;
    char configuration[BASE_MOST];
    int ids[CONTAINERS];
    struct enrolment *enrolment;
};

/* The forest's configuration is at every domain controller. */
static enum outcome find_configuration(struct reading *reading, struct why *why)
{
    static const char *const attributes[] = { "configurationNamingContext", NULL };
    static const char begin[] = "CN=Configuration,";
    result_auto *result = NULL;
    int id = 0;
    enum outcome out;

    if ((out = search_send(&reading->search, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
                           NULL, &id, why)) ||
        (out = search_receive_well(&reading->search, id, "asking for its configuration", &result,
                                   why)))
        return out;
    LDAP *handle = server_handle(reading->search.server);
    const struct entry entry = { .handle = handle, .message = ldap_first_entry(handle, result) };
    struct berval **values = entry_values(&entry, *attributes);
    bool fits = values && values[0] && values[0]->bv_len < BASE_MOST / 2 &&
                text_is_clean(values[0]->bv_val, values[0]->bv_len);
    if (fits)
        (void)snprintf(reading->configuration, BASE_MOST, "%.*s", (int)values[0]->bv_len,
                       values[0]->bv_val);
    ldap_value_free_len(values);
    if (!fits || strncasecmp(reading->configuration, begin, sizeof begin - 1) != 0)
        return fail(why, REASON_BAD_ANSWER, "%s does not say where its configuration is",
                    server_host(reading->search.server));
    return OUTCOME_OK;
}

/* Of a security descriptor, who may what, and not the rest, which would need a right of its own
 * (MS-ADTS 3.1.1.3.4.1.11). */
static enum outcome send_all(struct reading *reading, struct why *why)
{
    static char flags[] = { 0x30, 3, 2, 1, DACL_ALONE };
    LDAPControl parts = { "1.2.840.113556.1.4.801", { sizeof flags, flags }, 0 };
    LDAPControl *controls[] = { &parts, NULL };
    char base[BASE_MOST + 128];
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < CONTAINERS; i++) {
        const struct container *container = &containers[i];
        (void)snprintf(base, sizeof base, "CN=%s,CN=Public Key Services,CN=Services,%s",
                       container->name, reading->configuration);
        out = search_send(&reading->search, base, container->scope, container->filter,
                          container->attributes, i == TEMPLATES ? controls : NULL, &reading->ids[i],
                          why);
    }
    return out;
}

static enum outcome take(struct reading *reading, size_t which, LDAPMessage *result,
                         struct why *why)
{
    struct enrolment *enrolment = reading->enrolment;
    struct enrolment_ders *const lists[CONTAINERS] = { [ROOTS] = &enrolment->roots,
                                                       [BETWEEN] = &enrolment->between,
                                                       [FOR_LOGON] = &enrolment->for_logon };
    LDAP *handle = server_handle(reading->search.server);

    if (which == SERVICES)
        return enrolment_take_services(handle, result, enrolment, why);
    if (which == TEMPLATES)
        return enrolment_take_templates(handle, result, reading->person, enrolment, why);
    return enrolment_take_certificates(handle, result, lists[which], why);
}

static enum outcome receive_all(struct reading *reading, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < CONTAINERS; i++) {
        result_auto *result = NULL;
        int code = 0;
        if ((out = search_receive(&reading->search, reading->ids[i], &result, &code, why)))
            return out;
        /* No container: no AD CS. Too many entries: those that came count. */
        if (code && code != LDAP_NO_SUCH_OBJECT && code != LDAP_SIZELIMIT_EXCEEDED)
            return server_fail(reading->search.server, code, containers[i].name, why);
        out = take(reading, i, result, why);
    }
    return out;
}

enum outcome enrolment_read(struct server *server, const struct person *person, int budget_ms,
                            struct asker *asker, struct enrolment **enrolment, struct why *why)
{
    enrolment_auto *made = calloc(1, sizeof *made);
    struct reading reading = { .search = { server, asker, clock_ms() + budget_ms },
                               .person = person,
                               .enrolment = made };
    enum outcome out;

    *enrolment = NULL;
    if (!made)
        return fail_memory(why);
    asker_step(asker, "Looking for certification authorities at %s", server_host(server));
    if ((out = find_configuration(&reading, why)) || (out = send_all(&reading, why)) ||
        (out = receive_all(&reading, why)))
        return fail_in(why, "looking for certification authorities");
    *enrolment = made;
    made = NULL;
    return OUTCOME_OK;
}

static void ders_free(struct enrolment_ders *ders)
{
    for (size_t i = 0; i < ders->count; i++)
        free(ders->der[i].bytes);
    free(ders->der);
}

void enrolment_free(struct enrolment **enrolment)
{
    struct enrolment *each = *enrolment;

    if (!each)
        return;
    for (size_t i = 0; i < each->service_count; i++) {
        ders_free(&each->services[i].certificates);
        free(each->services[i].templates);
        free(each->services[i].servers);
    }
    ders_free(&each->roots);
    ders_free(&each->between);
    ders_free(&each->for_logon);
    free(each->services);
    free(each->templates);
    free(each);
    *enrolment = NULL;
}

const struct enrolment_template *enrolment_find(const struct enrolment *enrolment, const char *name)
{
    for (size_t i = 0; i < enrolment->template_count; i++)
        if (!strcasecmp(enrolment->templates[i].name, name))
            return &enrolment->templates[i];
    return NULL;
}

bool enrolment_offers(const struct enrolment_service *service, const char *name)
{
    for (size_t i = 0; i < service->template_count; i++)
        if (!strcasecmp(service->templates[i], name))
            return true;
    return false;
}
