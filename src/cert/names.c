/* SPDX-License-Identifier: MIT */
#include "cert/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/der.h"
#include "base/text.h"

enum { NAMES_MOST = 64, OCTET_STRING = 4, SEQUENCE = 0x30, EXPLICIT_0 = 0xa0 };

static const char sid_extension[] = "1.3.6.1.4.1.311.25.2";
static const char sid_uri[] = "tag:microsoft.com,2022-09-14:sid:";

/* Who is looked for, and whether something says that it is them. */
struct looking {
    const struct cert_person *person;
    bool proved;
    bool is_partial; /* what is not known of the person is passed over */
};

/* Case does not matter to the directory. */
static bool is_same(const char *ours, const void *theirs, size_t length)
{
    return ours && *ours && strlen(ours) == length && !strncasecmp(ours, theirs, length);
}

static enum outcome hold_against(struct looking *looking, const char *kind, const char *ours,
                                 const void *theirs, size_t length, struct why *why)
{
    if (looking->is_partial && (!ours || !*ours))
        return OUTCOME_OK;
    if (!is_same(ours, theirs, length))
        return fail(why, REASON_CERTIFICATE_OTHER_PERSON, "it names the %s %.*s, not %s", kind,
                    (int)(length > 200 ? 200 : length), (const char *)theirs,
                    ours && *ours ? ours : "that of the person, who has none");
    looking->proved = true;
    return OUTCOME_OK;
}

/* One that GnuTLS does not know. A UPN that it could not read is not passed over. */
static enum outcome check_other(gnutls_x509_crt_t certificate, unsigned number, struct why *why)
{
    char oid[128];
    size_t size = sizeof oid;

    if (gnutls_x509_crt_get_subject_alt_othername_oid(certificate, number, oid, &size) < 0 ||
        !strcmp(oid, CERT_UPN_OID))
        return fail(why, REASON_CERTIFICATE_UNFIT, "a name is malformed");
    return OUTCOME_OK;
}

static enum outcome check_uri(struct looking *looking, const char *uri, size_t length,
                              struct why *why)
{
    size_t prefix = sizeof sid_uri - 1;

    if (length <= prefix || strncmp(uri, sid_uri, prefix) != 0)
        return OUTCOME_OK; /* whatever else: nobody takes a person by it */
    return hold_against(looking, "SID", looking->person->sid, uri + prefix, length - prefix, why);
}

static enum outcome check_one(struct looking *looking, gnutls_x509_crt_t certificate,
                              unsigned number, int type, const unsigned char *bytes, size_t length,
                              struct why *why)
{
    /* GnuTLS gives the text of those that it knows. */
    if (type == GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL)
        return hold_against(looking, "UPN", looking->person->upn, bytes, length, why);
    if (type == GNUTLS_SAN_OTHERNAME_KRB5PRINCIPAL)
        return hold_against(looking, "principal", looking->person->upn, bytes, length, why);
    if (type == GNUTLS_SAN_OTHERNAME)
        return check_other(certificate, number, why);
    if (type == GNUTLS_SAN_RFC822NAME)
        return hold_against(looking, "mail address", looking->person->mail, bytes, length, why);
    if (type == GNUTLS_SAN_URI)
        return check_uri(looking, (const char *)bytes, length, why);
    return fail(why, REASON_CERTIFICATE_OTHER_PERSON, "it is for a host, not for a person");
}

static enum outcome check_alternatives(struct looking *looking, gnutls_x509_crt_t certificate,
                                       struct why *why)
{
    unsigned char bytes[CERT_NAME_MOST + 16];
    enum outcome out = OUTCOME_OK;

    for (unsigned number = 0; !out; number++) {
        size_t size = sizeof bytes;
        int type = gnutls_x509_crt_get_subject_alt_name(certificate, number, bytes, &size, NULL);
        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return OUTCOME_OK;
        if (type < 0 || number == NAMES_MOST)
            return fail(why, REASON_CERTIFICATE_UNFIT, "its names are malformed or too many");
        out = check_one(looking, certificate, number, type, bytes, size, why);
    }
    return out;
}

/* SEQUENCE { [0] { OBJECT IDENTIFIER, [0] { OCTET STRING } } } */
static enum outcome check_sid(struct looking *looking, gnutls_x509_crt_t certificate,
                              struct why *why)
{
    unsigned char bytes[512];
    size_t size = sizeof bytes;
    struct der all, name, rest, value, sid;
    int code =
        gnutls_x509_crt_get_extension_by_oid(certificate, sid_extension, 0, bytes, &size, NULL);

    if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return OUTCOME_OK;
    all = (struct der){ bytes, bytes + size };
    if (code || !der_take_as(&all, SEQUENCE, &name) || !der_take_as(&name, EXPLICIT_0, &rest) ||
        !der_take_as(&rest, 6, &value) || !der_take_as(&rest, EXPLICIT_0, &value) ||
        !der_take_as(&value, OCTET_STRING, &sid) || value.at != value.end || rest.at != rest.end ||
        name.at != name.end || all.at != all.end)
        return fail(why, REASON_CERTIFICATE_UNFIT, "the SID is malformed");
    return hold_against(looking, "SID", looking->person->sid, sid.at, (size_t)(sid.end - sid.at),
                        why);
}

/* Both as GnuTLS writes them. */
static bool is_dn(gnutls_x509_crt_t certificate, const char *dn)
{
    gnutls_datum_t theirs = { 0 }, ours = { 0 };
    gnutls_x509_dn_t parsed;
    const char *end;
    bool same = false;

    if (!dn || !*dn || gnutls_x509_dn_init(&parsed))
        return false;
    if (!gnutls_x509_dn_set_str(parsed, dn, &end) && !gnutls_x509_dn_get_str2(parsed, &ours, 0) &&
        !gnutls_x509_crt_get_dn3(certificate, &theirs, 0))
        same = is_same((char *)ours.data, theirs.data, theirs.size);
    gnutls_free(theirs.data);
    gnutls_free(ours.data);
    gnutls_x509_dn_deinit(parsed);
    return same;
}

enum outcome names_check(gnutls_x509_crt_t certificate, const struct cert_person *person,
                         struct why *why)
{
    struct looking looking = { .person = person };
    enum outcome out;

    if ((out = check_alternatives(&looking, certificate, why)) ||
        (out = check_sid(&looking, certificate, why)))
        return out;
    if (!looking.proved && !is_dn(certificate, person->dn))
        return fail(why, REASON_CERTIFICATE_OTHER_PERSON, "it does not say whose it is");
    return OUTCOME_OK;
}

bool names_differ(gnutls_x509_crt_t certificate, const struct cert_person *person)
{
    struct looking looking = { .person = person, .is_partial = true };
    struct why why;

    return check_alternatives(&looking, certificate, &why) ||
           check_sid(&looking, certificate, &why);
}

/* The first name of that kind. */
static bool find_alternative(gnutls_x509_crt_t certificate, int kind,
                             char login[CERT_NAME_MOST + 1])
{
    for (unsigned number = 0; number < NAMES_MOST; number++) {
        size_t size = CERT_NAME_MOST;
        int type = gnutls_x509_crt_get_subject_alt_name(certificate, number, login, &size, NULL);
        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return false;
        if (type != kind || !size)
            continue;
        login[size] = '\0';
        return strlen(login) == size && text_is_clean(login, size);
    }
    return false;
}

enum outcome names_login(gnutls_x509_crt_t certificate, char login[CERT_NAME_MOST + 1],
                         struct why *why)
{
    size_t size = CERT_NAME_MOST;

    if (find_alternative(certificate, GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL, login) ||
        find_alternative(certificate, GNUTLS_SAN_RFC822NAME, login) ||
        (!gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, login,
                                        &size) &&
         size && text_is_clean(login, strlen(login))))
        return OUTCOME_OK;
    return fail(why, REASON_CERTIFICATE_UNFIT, "it has no name to log in with");
}
