/* SPDX-License-Identifier: MIT */
#include "directory/enrolment_take.h"

#include <stdlib.h>
#include <string.h>

#include "base/der.h"
#include "base/log.h"
#include "base/text.h"

enum {
    FOR_MACHINES = 0x40,   /* flags, MS-CRTD 2.4 */
    BY_REQUEST = 0x1,      /* msPKI-Certificate-Name-Flag, 2.28 */
    WAITS = 0x2,           /* msPKI-Enrollment-Flag, 2.26 */
    KEY_BITS_MOST = 65536, /* a number beyond says nothing */
    SERVER_LINES = 4,
    LINE_MOST = 8, /* of a number */
};

/* Certificate-Enrollment, MS-CRTD 4.1.1 */
static const char enrol_right[] = "0e10c968-78fb-11d2-90d4-00c04f79dc55";

/* id-kp-clientAuth, RFC 5280 4.2.1.12 */
static const char client_use[] = "1.3.6.1.5.5.7.3.2";

const char *const enrolment_service_attributes[] = {
    "cn", "dNSHostName", "certificateTemplates", "cACertificate", "msPKI-Enrollment-Servers", NULL
};
const char *const enrolment_template_attributes[] = { "cn",
                                                      "displayName",
                                                      "flags",
                                                      "msPKI-Certificate-Name-Flag",
                                                      "msPKI-Enrollment-Flag",
                                                      "msPKI-Minimal-Key-Size",
                                                      "msPKI-Cert-Template-OID",
                                                      "msPKI-Template-Schema-Version",
                                                      "revision",
                                                      "msPKI-Template-Minor-Revision",
                                                      "pKIExtendedKeyUsage",
                                                      "nTSecurityDescriptor",
                                                      NULL };
const char *const enrolment_certificate_attributes[] = { "cACertificate", NULL };

bool enrolment_name(const struct berval *value, char name[ENROLMENT_NAME])
{
    if (!value->bv_len || value->bv_len >= ENROLMENT_NAME ||
        !text_is_clean(value->bv_val, value->bv_len))
        return false;
    memcpy(name, value->bv_val, value->bv_len);
    name[value->bv_len] = '\0';
    return true;
}

bool enrolment_is_der(const struct berval *value)
{
    enum { SEQUENCE = 0x30 };
    const unsigned char *bytes = (const unsigned char *)value->bv_val;
    struct der all = { bytes, bytes + value->bv_len }, inside;

    return value->bv_len <= ENROLMENT_DER_MOST && der_take_as(&all, SEQUENCE, &inside) &&
           all.at == all.end && inside.at != inside.end;
}

static bool first_name(const struct entry *entry, const char *attribute, char name[ENROLMENT_NAME])
{
    struct berval **values = entry_values(entry, attribute);
    bool fits = values && values[0] && enrolment_name(values[0], name);

    ldap_value_free_len(values);
    return fits;
}

static enum outcome add_der(struct enrolment_ders *ders, const struct berval *value,
                            struct why *why)
{
    struct enrolment_der *der = &ders->der[ders->count];

    if (!(der->bytes = malloc(value->bv_len)))
        return fail_memory(why);
    memcpy(der->bytes, value->bv_val, value->bv_len);
    der->length = value->bv_len;
    ders->count++;
    return OUTCOME_OK;
}

static enum outcome add_certificates(const struct entry *entry, struct enrolment_ders *ders,
                                     struct why *why)
{
    struct berval **values = entry_values(entry, "cACertificate");
    enum outcome out = OUTCOME_OK;

    if (values && !ders->der && !(ders->der = calloc(ENROLMENT_CERTIFICATES, sizeof *ders->der)))
        out = fail_memory(why);
    for (size_t i = 0; !out && values && values[i]; i++) {
        bool fits = ders->count < ENROLMENT_CERTIFICATES && enrolment_is_der(values[i]);
        if (fits)
            out = add_der(ders, values[i], why);
        else if (values[i]->bv_len > 1) /* AD itself puts a byte where there is none */
            log_line(LOG_LEVEL_INFO, "an authority's certificate of %zu bytes is left out",
                     (size_t)values[i]->bv_len);
    }
    ldap_value_free_len(values);
    return out;
}

enum outcome enrolment_take_certificates(LDAP *handle, LDAPMessage *result,
                                         struct enrolment_ders *ders, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (LDAPMessage *each = ldap_first_entry(handle, result); !out && each;
         each = ldap_next_entry(handle, each)) {
        const struct entry entry = { .handle = handle, .message = each };
        out = add_certificates(&entry, ders, why);
    }
    return out;
}

static enum outcome take_offered(const struct entry *entry, struct enrolment_service *service,
                                 struct why *why)
{
    struct berval **values = entry_values(entry, "certificateTemplates");
    size_t count = values ? (size_t)ldap_count_values_len(values) : 0;
    enum outcome out = OUTCOME_OK;

    if (count > ENROLMENT_TEMPLATES)
        count = ENROLMENT_TEMPLATES;
    if (count && !(service->templates = calloc(count, sizeof *service->templates)))
        out = fail_memory(why);
    for (size_t i = 0; !out && i < count; i++)
        if (enrolment_name(values[i], service->templates[service->template_count]))
            service->template_count++;
    ldap_value_free_len(values);
    return out;
}

static bool parse_number(const char *text, size_t length, unsigned *number)
{
    char digits[LINE_MOST] = "";

    if (!length || length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    *number = (unsigned)strtoul(digits, NULL, 10);
    return strspn(digits, "0123456789") == length;
}

bool enrolment_server_parse(const struct berval *value, struct enrolment_server *server)
{
    const char *at = value->bv_val, *end = at + value->bv_len, *lines[SERVER_LINES];
    size_t lengths[SERVER_LINES], count = 0;
    unsigned renews = 0;

    for (; count < SERVER_LINES && at < end; count++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        lines[count] = at;
        lengths[count] = (size_t)((line_end ? line_end : end) - at);
        at = line_end ? line_end + 1 : end;
    }
    if (count < SERVER_LINES || !parse_number(lines[0], lengths[0], &server->priority) ||
        !parse_number(lines[1], lengths[1], &server->authentication) ||
        !parse_number(lines[2], lengths[2], &renews) || !lengths[3] ||
        lengths[3] >= sizeof server->url || !text_is_clean(lines[3], lengths[3]))
        return false;
    server->renewal_only = renews;
    memcpy(server->url, lines[3], lengths[3]);
    server->url[lengths[3]] = '\0';
    return true;
}

static enum outcome take_servers(const struct entry *entry, struct enrolment_service *service,
                                 struct why *why)
{
    struct berval **values = entry_values(entry, "msPKI-Enrollment-Servers");
    size_t count = values ? (size_t)ldap_count_values_len(values) : 0;
    enum outcome out = OUTCOME_OK;

    if (count > ENROLMENT_SERVERS)
        count = ENROLMENT_SERVERS;
    if (count && !(service->servers = calloc(count, sizeof *service->servers)))
        out = fail_memory(why);
    for (size_t i = 0; !out && i < count; i++)
        if (enrolment_server_parse(values[i], &service->servers[service->server_count]))
            service->server_count++;
        else
            log_line(LOG_LEVEL_INFO, "an enrolment server of %s is left out", service->name);
    ldap_value_free_len(values);
    return out;
}

static enum outcome take_service(const struct entry *entry, struct enrolment *enrolment,
                                 struct why *why)
{
    struct enrolment_service *service = &enrolment->services[enrolment->service_count];
    char host[ENROLMENT_NAME];
    enum outcome out;

    if (!first_name(entry, "cn", service->name) || !first_name(entry, "dNSHostName", host) ||
        !dns_is_name(host)) {
        log_line(LOG_LEVEL_INFO, "an authority without a right name or host is left out");
        return OUTCOME_OK;
    }
    memcpy(service->host, host, sizeof service->host);
    enrolment->service_count++;
    if ((out = take_offered(entry, service, why)) || (out = take_servers(entry, service, why)))
        return out;
    return add_certificates(entry, &service->certificates, why);
}

enum outcome enrolment_take_services(LDAP *handle, LDAPMessage *result, struct enrolment *enrolment,
                                     struct why *why)
{
    enum outcome out = OUTCOME_OK;

    if (!(enrolment->services = calloc(ENROLMENT_SERVICES, sizeof *enrolment->services)))
        return fail_memory(why);
    for (LDAPMessage *each = ldap_first_entry(handle, result);
         !out && each && enrolment->service_count < ENROLMENT_SERVICES;
         each = ldap_next_entry(handle, each)) {
        const struct entry entry = { .handle = handle, .message = each };
        out = take_service(&entry, enrolment, why);
    }
    return out;
}

static bool has_flag(const struct entry *entry, const char *attribute, int64_t flag)
{
    int64_t flags = 0;

    return entry_number(entry, attribute, &flags) && flags & flag;
}

static bool has_value(const struct entry *entry, const char *attribute, const char *value)
{
    struct berval **values = entry_values(entry, attribute);
    bool has = false;

    for (size_t i = 0; values && values[i]; i++)
        has |= values[i]->bv_len == strlen(value) &&
               !memcmp(values[i]->bv_val, value, values[i]->bv_len);
    ldap_value_free_len(values);
    return has;
}

static enum acl_answer may_enrol(const struct entry *entry, const struct person *person)
{
    struct berval **values = person ? entry_values(entry, "nTSecurityDescriptor") : NULL;
    enum acl_answer answer =
        values && values[0] ? acl_grants(values[0]->bv_val, values[0]->bv_len, enrol_right, person)
                            : ACL_UNKNOWN;

    ldap_value_free_len(values);
    return answer;
}

/* Of version 2 and newer ones. */
static void take_oid(const struct entry *entry, struct enrolment_template *template)
{
    int64_t version = 0, major = 0, minor = 0;
    struct berval **values = entry_values(entry, "msPKI-Cert-Template-OID");

    (void)entry_number(entry, "msPKI-Template-Schema-Version", &version);
    (void)entry_number(entry, "revision", &major);
    (void)entry_number(entry, "msPKI-Template-Minor-Revision", &minor);
    if (version >= 2 && values && values[0] && values[0]->bv_len < sizeof template->oid &&
        text_is_clean(values[0]->bv_val, values[0]->bv_len) && major >= 0 && major <= INT32_MAX &&
        minor >= 0 && minor <= INT32_MAX) {
        memcpy(template->oid, values[0]->bv_val, values[0]->bv_len);
        template->major = (unsigned)major;
        template->minor = (unsigned)minor;
    }
    ldap_value_free_len(values);
}

static bool take_template(const struct entry *entry, const struct person *person,
                          struct enrolment_template *template)
{
    int64_t bits = 0;

    if (!first_name(entry, "cn", template->name))
        return false;
    if (!first_name(entry, "displayName", template->shown))
        memcpy(template->shown, template->name, sizeof template->shown);
    template->for_machines = has_flag(entry, "flags", FOR_MACHINES);
    template->subject_by_request = has_flag(entry, "msPKI-Certificate-Name-Flag", BY_REQUEST);
    template->waits = has_flag(entry, "msPKI-Enrollment-Flag", WAITS);
    template->for_clients = has_value(entry, "pKIExtendedKeyUsage", client_use);
    if (entry_number(entry, "msPKI-Minimal-Key-Size", &bits) && bits > 0 && bits <= KEY_BITS_MOST)
        template->key_bits = (unsigned)bits;
    take_oid(entry, template);
    template->may = may_enrol(entry, person);
    return true;
}

enum outcome enrolment_take_templates(LDAP *handle, LDAPMessage *result,
                                      const struct person *person, struct enrolment *enrolment,
                                      struct why *why)
{
    int found = ldap_count_entries(handle, result);
    size_t count = found > 0 ? (size_t)found : 0;

    if (count > ENROLMENT_TEMPLATES)
        count = ENROLMENT_TEMPLATES;
    if (!(enrolment->templates = calloc(count + 1, sizeof *enrolment->templates)))
        return fail_memory(why);
    for (LDAPMessage *each = ldap_first_entry(handle, result);
         each && enrolment->template_count < count; each = ldap_next_entry(handle, each)) {
        const struct entry entry = { .handle = handle, .message = each };
        if (take_template(&entry, person, &enrolment->templates[enrolment->template_count]))
            enrolment->template_count++;
    }
    return OUTCOME_OK;
}
