/* SPDX-License-Identifier: MIT */
#include "net/ticket.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <stdio.h>
#include <string.h>

#include "net/spnego.h"

enum { NAME_MOST = 300 }; /* "service@host" */

static const struct {
    OM_uint32 code;
    enum reason reason;
    const char *text;
} codes[] = {
#define ROW(code, reason, text) { (OM_uint32)code, REASON_##reason, text },
    ROW(KRB5KRB_AP_ERR_SKEW, CLOCK_SKEW, "the clocks of this computer and the server differ") ROW(
        KRB5KRB_AP_ERR_TKT_NYV, CLOCK_SKEW, "the ticket is not valid yet")
        ROW(KRB5KRB_AP_ERR_TKT_EXPIRED, TICKET_EXPIRED, "the ticket has expired") ROW(
            KRB5KDC_ERR_NEVER_VALID, TICKET_EXPIRED, "the ticket has expired")
            ROW(KRB5_FCC_NOFILE, NOT_SIGNED_IN, "there is no ticket cache") ROW(
                KRB5_CC_NOTFOUND, NOT_SIGNED_IN,
                "the ticket cache holds no ticket") ROW(KRB5_CC_END, NOT_SIGNED_IN,
                                                        "the ticket cache holds no ticket")
                ROW(KRB5_CC_NOSUPP, CACHE_UNUSABLE, "the ticket cache is of an unknown kind") ROW(
                    KRB5_CC_UNKNOWN_TYPE, CACHE_UNUSABLE, "the ticket cache is of an unknown kind")
                    ROW(KRB5_CC_FORMAT, CACHE_UNUSABLE, "the ticket cache is malformed") ROW(
                        KRB5_CC_BADNAME, CACHE_UNUSABLE,
                        "the name of the ticket cache is malformed")
                        ROW(KRB5_FCC_PERM, CACHE_UNUSABLE, "the ticket cache may not be read") ROW(
                            KRB5_CC_IO, CACHE_UNUSABLE, "the ticket cache cannot be read")
                            ROW(KRB5_KDC_UNREACH, NO_SERVER, "no KDC answers") ROW(
                                KRB5_REALM_UNKNOWN, NO_SERVER, "no KDC can be found")
                                ROW(KRB5_REALM_CANT_RESOLVE, NO_SERVER, "no KDC can be found") ROW(
                                    KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, NOT_AUTHENTIC,
                                    "the KDC knows no such server")
                                    ROW(KRB5KDC_ERR_ETYPE_NOSUPP, NO_COMMON_CIPHER,
                                        "the KDC and we share no encryption type")
                                        ROW(KRB5KDC_ERR_TGT_REVOKED, TICKET_EXPIRED,
                                            "the ticket was revoked")
                                            ROW(KRB5KDC_ERR_CLIENT_REVOKED, LOCKED_OR_DISABLED,
                                                "the account is locked or disabled")
                                                ROW(KRB5KDC_ERR_POLICY, REFUSED,
                                                    "the KDC's policy forbids it")
                                                    ROW(KRB5_CONFIG_BADFORMAT, KERBEROS_SETTINGS,
                                                        "krb5.conf is malformed")
                                                        ROW(KRB5_CONFIG_CANTOPEN, KERBEROS_SETTINGS,
                                                            "krb5.conf cannot be read")
#undef ROW
};

enum outcome ticket_fail(OM_uint32 major, OM_uint32 minor, const char *step, struct why *why)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == minor)
            return fail(why, codes[i].reason, "%s: %s", step, codes[i].text);
    if (GSS_ROUTINE_ERROR(major) == GSS_S_CREDENTIALS_EXPIRED)
        return fail(why, REASON_TICKET_EXPIRED, "%s: the ticket has expired", step);
    if (GSS_ROUTINE_ERROR(major) == GSS_S_NO_CRED)
        return fail(why, REASON_NOT_SIGNED_IN, "%s: there is no ticket (code %u)", step, minor);
    return fail(why, REASON_REFUSED, "%s: Kerberos code %d, GSS code %#x", step, (int)minor, major);
}

/* SPNEGO, RFC 4178. */
static gss_OID_desc spnego = { 6, (void *)"\x2b\x06\x01\x05\x05\x02" };

enum outcome ticket_open(const char *ccache, gss_cred_id_t *credential, struct why *why)
{
    gss_OID_desc mechanisms[] = { *(gss_OID)gss_mech_krb5, spnego };
    gss_OID_set_desc wanted = { 2, mechanisms }, only_krb5 = { 1, mechanisms };
    gss_key_value_element_desc element = { "ccache", ccache };
    const gss_key_value_set_desc store = { 1, &element };
    OM_uint32 minor = 0;

    *credential = GSS_C_NO_CREDENTIAL;
    OM_uint32 major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &wanted,
                                            GSS_C_INITIATE, &store, credential, NULL, NULL);
    if (!GSS_ERROR(major))
        major = gss_set_neg_mechs(&minor, *credential, &only_krb5);
    if (!GSS_ERROR(major))
        return OUTCOME_OK;
    ticket_close(credential);
    return ticket_fail(major, minor, "opening the ticket cache", why);
}

void ticket_close(gss_cred_id_t *credential)
{
    OM_uint32 minor;

    if (*credential != GSS_C_NO_CREDENTIAL)
        (void)gss_release_cred(&minor, credential);
}

void ticket_end(gss_ctx_id_t *context)
{
    OM_uint32 minor;

    if (*context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&minor, context, GSS_C_NO_BUFFER);
}

OM_uint32 ticket_name(const struct ticket_service *service, gss_name_t *name, OM_uint32 *minor)
{
    char text[NAME_MOST];
    int length = snprintf(text, sizeof text, "%s@%s", service->service, service->host);
    gss_buffer_desc buffer = { (size_t)length, text };

    *name = GSS_C_NO_NAME;
    if (length >= NAME_MOST)
        return GSS_S_BAD_NAME;
    return gss_import_name(minor, &buffer, GSS_C_NT_HOSTBASED_SERVICE, name);
}

/* One step of a conversation that is never sent. By Kerberos itself: through SPNEGO, the codes
 * would be renumbered. */
static OM_uint32 step_with(gss_cred_id_t credential, const struct ticket_service *service,
                           gss_ctx_id_t *context, gss_buffer_t token, OM_uint32 *minor)
{
    gss_buffer_desc ours = GSS_C_EMPTY_BUFFER;
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 ignored, major = ticket_name(service, &name, minor);

    if (!GSS_ERROR(major))
        major = gss_init_sec_context(minor, credential, context, name, (gss_OID)gss_mech_krb5,
                                     GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG, 0,
                                     GSS_C_NO_CHANNEL_BINDINGS, token, NULL, &ours, NULL, NULL);
    (void)gss_release_buffer(&ignored, &ours);
    (void)gss_release_name(&ignored, &name);
    return major;
}

enum outcome ticket_for(gss_cred_id_t credential, const struct ticket_service *service,
                        gss_ctx_id_t *context, struct why *why)
{
    char step[NAME_MOST + 32];
    OM_uint32 minor = 0, major = step_with(credential, service, context, GSS_C_NO_BUFFER, &minor);

    if (!GSS_ERROR(major))
        return OUTCOME_OK;
    (void)snprintf(step, sizeof step, "getting the ticket for %s", service->host);
    return ticket_fail(major, minor, step, why);
}

enum outcome ticket_explain(gss_cred_id_t credential, gss_ctx_id_t *context,
                            const struct ticket_service *service, const void *token, size_t length,
                            struct why *why)
{
    const unsigned char *bytes = token;
    struct der inner = spnego_token((struct der){ bytes, bytes ? bytes + length : bytes });
    gss_buffer_desc theirs = { (size_t)(inner.end - inner.at), (void *)inner.at };
    OM_uint32 minor = 0;

    if (theirs.length && *context != GSS_C_NO_CONTEXT)
        (void)step_with(credential, service, context, &theirs, &minor);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (minor && codes[i].code == minor)
            return fail(why, codes[i].reason, "%s says: %s", service->host, codes[i].text);
    return fail(why, REASON_NOT_AUTHENTIC, "%s did not prove who it is (Kerberos code %d)",
                service->host, (int)minor);
}
