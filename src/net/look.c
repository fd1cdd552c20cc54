/* SPDX-License-Identifier: MIT */
#include "net/look.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "net/reach.h"

enum { SLICE_MS = 100 };

/* The same as directory/tls.c asks for. */
static const char priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static void session_end(gnutls_session_t *session)
{
    if (*session)
        gnutls_deinit(*session);
}

static void authorities_end(gnutls_certificate_credentials_t *authorities)
{
    if (*authorities)
        gnutls_certificate_free_credentials(*authorities);
}

static void certificate_end(gnutls_x509_crt_t *certificate)
{
    if (*certificate)
        gnutls_x509_crt_deinit(*certificate);
}

#define session_auto     __attribute__((cleanup(session_end))) gnutls_session_t
#define authorities_auto __attribute__((cleanup(authorities_end))) gnutls_certificate_credentials_t
#define certificate_auto __attribute__((cleanup(certificate_end))) gnutls_x509_crt_t

static enum outcome load_authorities(const char *ca_file,
                                     gnutls_certificate_credentials_t *authorities, struct why *why)
{
    if (gnutls_global_init() || gnutls_certificate_allocate_credentials(authorities))
        return fail_memory(why);
    int count =
        ca_file ? gnutls_certificate_set_x509_trust_file(*authorities, ca_file, GNUTLS_X509_FMT_PEM)
                : gnutls_certificate_set_x509_system_trust(*authorities);
    if (ca_file && count <= 0)
        return fail(why, REASON_BAD_SETTING, "ca_file %s: %s", ca_file,
                    count ? gnutls_strerror(count) : "no certificate in it");
    return OUTCOME_OK; /* a system without authorities trusts nobody */
}

static bool make_session(int fd, const char *host, gnutls_certificate_credentials_t authorities,
                         gnutls_session_t *session)
{
    if (gnutls_init(session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) ||
        gnutls_priority_set_direct(*session, priorities, NULL) ||
        gnutls_credentials_set(*session, GNUTLS_CRD_CERTIFICATE, authorities) ||
        gnutls_server_name_set(*session, GNUTLS_NAME_DNS, host, strlen(host)))
        return false;
    gnutls_transport_set_int(*session, fd);
    return true;
}

static enum outcome shake_hands(gnutls_session_t session, int fd, long end_ms, struct asker *asker,
                                struct why *why)
{
    enum outcome out;
    int code;

    while ((code = gnutls_handshake(session)) < 0 && !gnutls_error_is_fatal(code)) {
        struct pollfd wait = { .fd = fd,
                               .events = gnutls_record_get_direction(session) ? POLLOUT : POLLIN };
        if ((out = asker_check(asker, why)))
            return out;
        if (clock_ms() >= end_ms)
            return fail(why, REASON_TIME_OUT, "it accepts the connection but does not answer");
        (void)poll(&wait, 1, SLICE_MS);
    }
    if (!code)
        return OUTCOME_OK;
    if (code == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return fail(why, REASON_NOT_PROTECTED, "the handshake failed: the server says: %s",
                    gnutls_alert_get_name(gnutls_alert_get(session)));
    return fail(why, REASON_NOT_PROTECTED, "there is no TLS 1.2 or newer: %s",
                gnutls_strerror(code));
}

static enum outcome take_certificate(gnutls_session_t session, gnutls_x509_crt_t *certificate,
                                     struct why *why)
{
    unsigned count = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

    if (!chain || !count)
        return fail(why, REASON_BAD_ANSWER, "it shows no certificate");
    if (gnutls_x509_crt_init(certificate))
        return fail_memory(why);
    if (gnutls_x509_crt_import(*certificate, chain, GNUTLS_X509_FMT_DER))
        return fail(why, REASON_BAD_ANSWER, "its certificate is malformed");
    return OUTCOME_OK;
}

static void take_name(gnutls_x509_crt_t certificate, bool issuer, char *name, size_t size)
{
    gnutls_datum_t text = { 0 };
    int code = issuer ? gnutls_x509_crt_get_issuer_dn3(certificate, &text, 0)
                      : gnutls_x509_crt_get_dn3(certificate, &text, 0);

    (void)snprintf(name, size, "%.*s", code ? 0 : (int)text.size, code ? "" : (char *)text.data);
    gnutls_free(text.data);
    text_clean(name);
}

/* Names and times are read from the certificate itself: the verdict of GnuTLS may stop at the first
 * fault. */
static enum outcome read_certificate(gnutls_session_t session, const char *host,
                                     struct look *report, struct why *why)
{
    certificate_auto certificate = NULL;
    unsigned verdict = 0;
    time_t now = time(NULL);
    enum outcome out = take_certificate(session, &certificate, why);

    if (out)
        return out;
    take_name(certificate, false, report->subject, sizeof report->subject);
    take_name(certificate, true, report->issuer, sizeof report->issuer);
    (void)snprintf(report->protocol, sizeof report->protocol, "%s",
                   gnutls_protocol_get_name(gnutls_protocol_get_version(session)));
    report->begin = gnutls_x509_crt_get_activation_time(certificate);
    report->end = gnutls_x509_crt_get_expiration_time(certificate);
    report->expired = report->end < now;
    report->not_yet_valid = report->begin > now;
    report->wrong_host = !gnutls_x509_crt_check_hostname(certificate, host);
    if (gnutls_certificate_verify_peers2(session, &verdict))
        return fail(why, REASON_BAD_ANSWER, "its certificate cannot be checked");
    /* A failed signature: an authority by the name of one that we trust, with another key. */
    bool unknown = verdict & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA |
                              GNUTLS_CERT_SIGNATURE_FAILURE);
    report->self_signed = unknown && gnutls_x509_crt_check_issuer(certificate, certificate);
    report->unknown_authority = unknown && !report->self_signed;
    report->chain_is_bad = verdict && !unknown && !report->expired && !report->not_yet_valid;
    return OUTCOME_OK;
}

enum outcome look_at(const struct sockaddr_storage *address, const char *host, const char *ca_file,
                     int budget_ms, struct asker *asker, struct look *report, struct why *why)
{
    long end_ms = clock_ms() + budget_ms;
    authorities_auto authorities = NULL;
    session_auto session = NULL;
    fd_auto fd = -1;
    enum outcome out;

    *report = (struct look){ 0 };
    if ((out = load_authorities(ca_file, &authorities, why)) ||
        (out = reach_one(address, budget_ms, asker, &fd, why)))
        return out;
    if (!make_session(fd, host, authorities, &session))
        return fail(why, REASON_BROKEN, "GnuTLS refuses an option");
    if ((out = shake_hands(session, fd, end_ms, asker, why)))
        return out;
    return read_certificate(session, host, report, why);
}

static const char *gap(const struct text *sentence)
{
    return text_length(sentence) ? "; " : "";
}

static const char *day(time_t at, char text[32])
{
    struct tm utc;

    if (!gmtime_r(&at, &utc) || !strftime(text, 32, "%Y-%m-%d %H:%M UTC", &utc))
        (void)strcpy(text, "?");
    return text;
}

bool look_is_good(const struct look *report, const char *host, struct text *sentence)
{
    char at[32];
    size_t begun = text_length(sentence);

    if (report->expired)
        text_add(sentence, "%sit has expired on %s", gap(sentence), day(report->end, at));
    if (report->not_yet_valid)
        text_add(sentence, "%sit is not valid before %s", gap(sentence), day(report->begin, at));
    if (report->wrong_host)
        text_add(sentence, "%sit does not name %s", gap(sentence), host);
    if (report->self_signed)
        text_add(sentence, "%sit is self-signed and not trusted here", gap(sentence));
    if (report->unknown_authority)
        text_add(sentence, "%sits authority is not trusted here: %s", gap(sentence),
                 report->issuer);
    if (report->chain_is_bad)
        text_add(sentence, "%sit or one of its authorities is revoked, weak or out of date",
                 gap(sentence));
    return text_length(sentence) == begun;
}
