/* SPDX-License-Identifier: MIT */
#include "directory/bind.h"

#include <string.h>

#include "base/bundle.h"
#include "directory/limit.h"

/* GnuTLS takes the versions from the list of ciphers; OpenSSL has them apart. */
static bool set_versions(LDAP *handle)
{
    static const char gnutls[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
    static const char openssl[] = "HIGH:!aNULL:!eNULL:!MD5:!3DES";
    char *library = NULL;

    (void)ldap_get_option(NULL, LDAP_OPT_X_TLS_PACKAGE, &library);
    bool is_gnutls = library && !strcmp(library, "GnuTLS");
    int oldest = is_gnutls ? 0 : LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    ldap_memfree(library);
    return !ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) &&
           !ldap_set_option(handle, LDAP_OPT_X_TLS_CIPHER_SUITE, is_gnutls ? gnutls : openssl);
}

static enum outcome set_tls(LDAP *handle, const char *ca_file, struct why *why)
{
    int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
    struct timeval no_limit = { .tv_sec = -1 }; /* ours is another one, see limit.h */

    if (ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) || !set_versions(handle) ||
        ldap_set_option(handle, LDAP_OPT_X_TLS_CERTFILE, NULL) ||
        ldap_set_option(handle, LDAP_OPT_X_TLS_KEYFILE, NULL) ||
        ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTDIR, NULL) ||
        ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, ca_file) ||
        ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &no_limit))
        return fail(why, REASON_BROKEN, "libldap refuses an option of TLS");
    if (ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &client))
        return fail(why, REASON_BAD_SETTING, "the authorities in %s cannot be used", ca_file);
    return OUTCOME_OK;
}

static enum outcome ask_for_tls(struct server *server, long end_ms, struct asker *asker,
                                struct why *why)
{
    LDAPMessage *answer = NULL;
    int id = 0, code = ldap_start_tls(server_handle(server), NULL, NULL, &id);

    if (code)
        return server_fail(server, code, "StartTLS", why);
    enum outcome out = server_wait(server, id, end_ms, asker, &answer, why);
    if (out)
        return out;
    if (ldap_parse_result(server_handle(server), answer, &code, NULL, NULL, NULL, NULL, 1))
        code = LDAP_DECODING_ERROR;
    return code ? fail(why, REASON_NOT_PROTECTED, "%s refuses StartTLS (LDAP code %d)",
                       server_host(server), code)
                : OUTCOME_OK;
}

/* libldap has one code for a bad certificate and for any other failed handshake. */
static enum outcome shake_hands(struct server *server, long end_ms, struct asker *asker,
                                struct why *why)
{
    struct limit limit = { .asker = asker, .end_ms = end_ms };

    if (!limit_begin(server_handle(server), &limit))
        return fail(why, REASON_BROKEN, "libldap takes no time limit");
    int code = ldap_install_tls(server_handle(server));
    limit_end(server_handle(server));
    if (!code)
        return OUTCOME_OK;
    if (limit.is_over) {
        *why = limit.why;
        return fail_in(why, "%s, in the TLS handshake", server_host(server));
    }
    return fail(why, REASON_NOT_AUTHENTIC,
                "%s did not prove itself by TLS: no valid certificate "
                "for its name from an authority that we trust, or the handshake failed",
                server_host(server));
}

enum outcome bind_tls(struct server *server, const struct server_request *request, long end_ms,
                      struct asker *asker, struct why *why)
{
    const char *ca_file = request->ca_file && *request->ca_file ? request->ca_file : bundle_path();
    enum outcome out;

    asker_step(asker, "Checking the certificate of %s", server_host(server));
    if ((out = set_tls(server_handle(server), ca_file, why)))
        return out;
    if (request->protection == SERVER_STARTTLS && (out = ask_for_tls(server, end_ms, asker, why)))
        return out;
    return shake_hands(server, end_ms, asker, why);
}
