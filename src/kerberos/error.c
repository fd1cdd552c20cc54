/* SPDX-License-Identifier: MIT */
#include "kerberos/error.h"

#include <errno.h>
#include <profile.h>
#include <time.h>

#include "kerberos/ntstatus.h"

static const struct {
    krb5_error_code code;
    enum reason reason;
} codes[] = {
    { KRB5KDC_ERR_PREAUTH_FAILED, REASON_WRONG_PASSWORD },
    { KRB5KRB_AP_ERR_BAD_INTEGRITY, REASON_WRONG_PASSWORD },
    { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, REASON_UNKNOWN_USER },
    { KRB5KDC_ERR_KEY_EXP, REASON_PASSWORD_EXPIRED },
    { KRB5KDC_ERR_CLIENT_REVOKED, REASON_LOCKED_OR_DISABLED },
    { KRB5KDC_ERR_NAME_EXP, REASON_ACCOUNT_EXPIRED },
    /* RFC 4556 3.1.3 and 3.2.3, as a KDC says it of the person's certificate. */
    { KRB5KDC_ERR_CLIENT_NOT_TRUSTED, REASON_CERTIFICATE_REFUSED },
    { KRB5KDC_ERR_CANT_VERIFY_CERTIFICATE, REASON_CERTIFICATE_REFUSED },
    { KRB5KDC_ERR_INVALID_CERTIFICATE, REASON_CERTIFICATE_REFUSED },
    { KRB5KDC_ERR_INVALID_SIG, REASON_CERTIFICATE_REFUSED },
    { KRB5KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED, REASON_CERTIFICATE_REFUSED },
    { KRB5KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED, REASON_CERTIFICATE_REFUSED },
    { KRB5KDC_ERR_REVOKED_CERTIFICATE, REASON_CERTIFICATE_REVOKED },
    { KRB5KDC_ERR_REVOCATION_STATUS_UNKNOWN, REASON_REVOCATION_UNKNOWN },
    { KRB5KDC_ERR_REVOCATION_STATUS_UNAVAILABLE, REASON_REVOCATION_UNKNOWN },
    { KRB5KDC_ERR_CLIENT_NAME_MISMATCH, REASON_CERTIFICATE_UNMAPPED },
    { KRB5KDC_ERR_CERTIFICATE_MISMATCH, REASON_CERTIFICATE_UNMAPPED },
    { KRB5KDC_ERR_INCONSISTENT_KEY_PURPOSE, REASON_CERTIFICATE_PURPOSE },
    { KRB5KDC_ERR_PADATA_TYPE_NOSUPP, REASON_KDC_TAKES_NONE },
    { KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, REASON_NOT_AUTHENTIC },
    { KRB5KDC_ERR_TGT_REVOKED, REASON_TICKET_EXPIRED },
    { KRB5KRB_AP_ERR_TKT_EXPIRED, REASON_TICKET_EXPIRED },
    { KRB5KRB_AP_ERR_TKT_NYV, REASON_CLOCK_SKEW },
    { KRB5KRB_AP_ERR_SKEW, REASON_CLOCK_SKEW },
    { KRB5_KDCREP_SKEW, REASON_CLOCK_SKEW },
    { KRB5KDC_ERR_ETYPE_NOSUPP, REASON_NO_COMMON_CIPHER },
    { KRB5_CONFIG_ETYPE_NOSUPP, REASON_NO_COMMON_CIPHER },
    { KRB5_PROG_ETYPE_NOSUPP, REASON_NO_COMMON_CIPHER },
    { KRB5KRB_AP_ERR_MSG_TYPE, REASON_BAD_ANSWER },
    { KRB5KDC_ERR_SVC_UNAVAILABLE, REASON_SERVER_BUSY },
    { KRB5_KDC_UNREACH, REASON_NO_DC },
    { KRB5_REALM_CANT_RESOLVE, REASON_NO_DC },
    { KRB5_REALM_UNKNOWN, REASON_NO_DOMAIN },
    { KRB5KDC_ERR_WRONG_REALM, REASON_NO_DOMAIN },
    { KRB5_CC_NOTFOUND, REASON_NOT_SIGNED_IN },
    { KRB5_FCC_NOFILE, REASON_NOT_SIGNED_IN },
    { KRB5_FCC_PERM, REASON_CACHE_UNUSABLE },
    { KRB5_FCC_INTERNAL, REASON_CACHE_UNUSABLE },
    { KRB5_CC_BADNAME, REASON_CACHE_UNUSABLE },
    { KRB5_CC_UNKNOWN_TYPE, REASON_CACHE_UNUSABLE },
    { KRB5_CC_FORMAT, REASON_CACHE_UNUSABLE },
    { KRB5_CCACHE_BADVNO, REASON_CACHE_UNUSABLE },
    { KRB5_CC_NOSUPP, REASON_CACHE_UNUSABLE },
    { KRB5_DCC_CANNOT_CREATE, REASON_CACHE_UNUSABLE },
    { KRB5_CC_WRITE, REASON_CANNOT_WRITE },
    { KRB5_CC_IO, REASON_CANNOT_WRITE },
    { KRB5_CC_NOMEM, REASON_NO_MEMORY },
    { KRB5_KCM_NO_SERVER, REASON_CACHE_UNUSABLE },
    { KRB5_CONFIG_CANTOPEN, REASON_KERBEROS_SETTINGS },
    { KRB5_CONFIG_BADFORMAT, REASON_KERBEROS_SETTINGS },
    { KRB5_LIBOS_CANTREADPWD, REASON_NEEDS_CERTIFICATE },
    { KRB5_PREAUTH_FAILED, REASON_NEEDS_CERTIFICATE },
    { ENOSPC, REASON_CANNOT_WRITE },
    { EDQUOT, REASON_CANNOT_WRITE },
    { EROFS, REASON_CANNOT_WRITE },
    { EFBIG, REASON_CANNOT_WRITE },
    { EIO, REASON_CANNOT_WRITE },
    { EACCES, REASON_CANNOT_WRITE },
    { EPERM, REASON_CANNOT_WRITE },
    { ENOENT, REASON_CANNOT_WRITE },
    { ENOMEM, REASON_NO_MEMORY },
};

enum reason error_reason(krb5_error_code code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].reason;
    if (code >= ERROR_TABLE_BASE_prof && code < ERROR_TABLE_BASE_prof + 256)
        return REASON_KERBEROS_SETTINGS;
    if (code >= KRB5KDC_ERR_NONE && code < KRB5KDC_ERR_NONE + 128)
        return REASON_REFUSED;
    return REASON_BAD_ANSWER;
}

enum outcome error_fail(struct why *why, krb5_context context, krb5_error_code code,
                        const char *what)
{
    const char *message = krb5_get_error_message(context, code);
    enum outcome out = fail(why, error_reason(code), "%s: %s", what, message);

    krb5_free_error_message(context, message);
    return out;
}

static enum outcome fail_skew(struct why *why, const krb5_error *error, const char *kdc)
{
    long ahead = (long)(time(NULL) - (time_t)(uint32_t)error->stime);

    if (!ahead)
        return fail(why, REASON_CLOCK_SKEW, "%s: it finds this computer's clock wrong", kdc);
    return fail(why, REASON_CLOCK_SKEW, "%s: this computer's clock is %ld seconds %s", kdc,
                ahead < 0 ? -ahead : ahead, ahead < 0 ? "behind" : "ahead");
}

enum outcome error_fail_kdc(struct why *why, krb5_context context, krb5_error_code code,
                            const krb5_error *error, const char *kdc)
{
    uint32_t status;
    enum reason reason = error_reason(code);

    if (error && reason == REASON_CLOCK_SKEW)
        return fail_skew(why, error, kdc);
    if (!error ||
        !ntstatus_find((const unsigned char *)error->e_data.data, error->e_data.length, &status))
        return error_fail(why, context, code, kdc);
    (void)ntstatus_reason(status, &reason);
    const char *message = krb5_get_error_message(context, code);
    enum outcome out = fail(why, reason, "%s: %s (NTSTATUS %08x)", kdc, message, status);
    krb5_free_error_message(context, message);
    return out;
}
