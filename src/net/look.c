/* SPDX-License-Identifier: MIT */
#include "net/look.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "net/authorities.h"
#include "net/reach.h"

enum { SLICE_MS = 100 };

/* The same as directory/tls.c asks for. */
static const char priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static void session_end(gnutls_session_t *session)
{
    if (*session)
        gnutls_deinit(*session);
}

static void credentials_end(gnutls_certificate_credentials_t *credentials)
{
    if (*credentials)
        gnutls_certificate_free_credentials(*credentials);
}

#define session_auto     __attribute__((cleanup(session_end))) gnutls_session_t
#define credentials_auto __attribute__((cleanup(credentials_end))) gnutls_certificate_credentials_t

static bool make_session(int fd, const char *host, gnutls_certificate_credentials_t credentials,
                         gnutls_session_t *session)
{
    if (gnutls_init(session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) ||
        gnutls_priority_set_direct(*session, priorities, NULL) ||
        gnutls_credentials_set(*session, GNUTLS_CRD_CERTIFICATE, credentials) ||
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

static enum outcome judge(gnutls_session_t session, const char *host,
                          const struct authorities *authorities, struct look *report,
                          struct why *why)
{
    unsigned count = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

    (void)snprintf(report->protocol, sizeof report->protocol, "%s",
                   gnutls_protocol_get_name(gnutls_protocol_get_version(session)));
    return authorities_judge(authorities, chain, count, host, report, why);
}

enum outcome look_at(const struct sockaddr_storage *address, const char *host, const char *ca_file,
                     int budget_ms, struct asker *asker, struct look *report, struct why *why)
{
    long end_ms = clock_ms() + budget_ms;
    authorities_auto *authorities = NULL;
    credentials_auto credentials = NULL;
    session_auto session = NULL;
    fd_auto fd = -1;
    enum outcome out;

    *report = (struct look){ 0 };
    if ((out = authorities_read(AUTHORITIES_OF_FILE, ca_file, &authorities, why)) ||
        (out = reach_one(address, budget_ms, asker, &fd, why)))
        return out;
    if (gnutls_global_init() || gnutls_certificate_allocate_credentials(&credentials))
        return fail_memory(why);
    if (!make_session(fd, host, credentials, &session))
        return fail(why, REASON_BROKEN, "GnuTLS refuses an option");
    if ((out = shake_hands(session, fd, end_ms, asker, why)))
        return out;
    return judge(session, host, authorities, report, why);
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
    if (report->wrong_use)
        text_add(sentence, "%sit is not for TLS servers", gap(sentence));
    if (report->weak)
        text_add(sentence, "%sits key or signature, or that of an authority, is weak",
                 gap(sentence));
    if (report->chain_is_bad)
        text_add(sentence, "%sit is revoked, or an authority is out of date or not for this name",
                 gap(sentence));
    return text_length(sentence) == begun;
}

enum reason look_reason(const struct look *report)
{
    return report->expired                                    ? REASON_CERTIFICATE_EXPIRED
           : report->not_yet_valid                            ? REASON_CERTIFICATE_TOO_NEW
           : report->wrong_host                               ? REASON_CERTIFICATE_NAME
           : report->self_signed || report->unknown_authority ? REASON_CERTIFICATE_UNKNOWN
           : report->wrong_use                                ? REASON_CERTIFICATE_USE
           : report->weak                                     ? REASON_CERTIFICATE_WEAK
                                                              : REASON_NOT_AUTHENTIC;
}
