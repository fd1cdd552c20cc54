/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "kerberos/error.h"

static struct why why;
static krb5_context context;

static void codes(void **state)
{
    static const struct {
        krb5_error_code code;
        enum reason reason;
    } rows[] = {
        { KRB5KDC_ERR_PREAUTH_FAILED, REASON_WRONG_PASSWORD },
        { KRB5KDC_ERR_KEY_EXP, REASON_PASSWORD_EXPIRED },
        { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, REASON_UNKNOWN_USER },
        { KRB5KDC_ERR_CLIENT_REVOKED, REASON_LOCKED_OR_DISABLED },
        { KRB5KRB_AP_ERR_SKEW, REASON_CLOCK_SKEW },
        { KRB5_KDC_UNREACH, REASON_NO_DC },
        { KRB5KDC_ERR_CLIENT_NOT_TRUSTED, REASON_CERTIFICATE_REFUSED },
        { KRB5KDC_ERR_INVALID_CERTIFICATE, REASON_CERTIFICATE_REFUSED },
        { KRB5KDC_ERR_REVOKED_CERTIFICATE, REASON_CERTIFICATE_REVOKED },
        { KRB5KDC_ERR_REVOCATION_STATUS_UNAVAILABLE, REASON_REVOCATION_UNKNOWN },
        { KRB5KDC_ERR_CLIENT_NAME_MISMATCH, REASON_CERTIFICATE_UNMAPPED },
        { KRB5KDC_ERR_CERTIFICATE_MISMATCH, REASON_CERTIFICATE_UNMAPPED },
        { KRB5KDC_ERR_INCONSISTENT_KEY_PURPOSE, REASON_CERTIFICATE_PURPOSE },
        { KRB5KDC_ERR_PADATA_TYPE_NOSUPP, REASON_KDC_TAKES_NONE },
        { KRB5KDC_ERR_POLICY, REASON_REFUSED },
        { KRB5KDC_ERR_NONE + 127, REASON_REFUSED },
        { ENOSPC, REASON_CANNOT_WRITE },
        { ENOMEM, REASON_NO_MEMORY },
        { 12345, REASON_BAD_ANSWER },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(error_reason(rows[i].code), rows[i].reason);
}

static void text(void **state)
{
    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    test_reason(error_fail(&why, context, KRB5_KDC_UNREACH, "dc1"), &why, REASON_NO_DC,
                "dc1: Cannot contact any KDC");
    test_reason(error_fail(&why, NULL, KRB5_CONFIG_CANTOPEN, "start"), &why,
                REASON_KERBEROS_SETTINGS, "start: ");
    krb5_free_context(context);
    context = NULL;
}

static void kdc(void **state)
{
    static char data[] =
        "\x30\x15\xa1\x03\x02\x01\x03\xa2\x0e\x04\x0c\x34\x02\0\xc0\0\0\0\0\1\0\0\0";
    krb5_error error = { .e_data = { .length = 23, .data = data } };

    (void)state;
    test_reason(error_fail_kdc(&why, context, KRB5KDC_ERR_CLIENT_REVOKED, &error, "dc1"), &why,
                REASON_ACCOUNT_LOCKED, "(NTSTATUS c0000234)");
    data[11] = 1; /* a status that we have no row for */
    test_reason(error_fail_kdc(&why, context, KRB5KDC_ERR_CLIENT_REVOKED, &error, "dc1"), &why,
                REASON_LOCKED_OR_DISABLED, "(NTSTATUS c0000201)");
    error.e_data = (krb5_data){ 0 };
    test_reason(error_fail_kdc(&why, context, KRB5KDC_ERR_CLIENT_REVOKED, &error, "dc1"), &why,
                REASON_LOCKED_OR_DISABLED, "dc1: ");
    test_reason(error_fail_kdc(&why, context, KRB5KDC_ERR_KEY_EXP, NULL, "dc1"), &why,
                REASON_PASSWORD_EXPIRED, "dc1: ");
}

static void skew(void **state)
{
    krb5_error error = { .stime = (krb5_timestamp)(time(NULL) - 1000) };

    (void)state;
    assert_int_equal(error_fail_kdc(&why, context, KRB5KRB_AP_ERR_SKEW, &error, "dc1"),
                     OUTCOME_SETTINGS);
    assert_non_null(strstr(why.text, "seconds ahead"));
    assert_non_null(strstr(why.text, "100"));
    error.stime = (krb5_timestamp)(time(NULL) + 5000);
    (void)error_fail_kdc(&why, context, KRB5KRB_AP_ERR_SKEW, &error, "dc1");
    assert_non_null(strstr(why.text, "seconds behind"));
}

FACTS(FACT(codes, "error_reason: codes become reasons, unknown ones of a KDC REFUSED"),
      FACT(text, "error_fail: tells the step and libkrb5's sentence, even without a context"),
      FACT(kdc, "error_fail_kdc: NTSTATUS tells apart what one code hides"),
      FACT(skew, "error_fail_kdc: the clock's difference is told in seconds"))
