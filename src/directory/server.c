/* SPDX-License-Identifier: MIT */
#include "directory/server.h"

#include <fcntl.h>
#include <openldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "directory/bind.h"
#include "base/clock.h"
#include "directory/tcp.h"
#include "net/ticket.h"

enum { LDAPS_PORT_NUMBER = 636, POLL_MS = 100, ANSWER_MOST_BYTES = 8 << 20 };

struct server {
    LDAP *handle;
    int fd;      /* of the connection that is being made; then the handle's, and -1 */
    long end_ms; /* of clock_ms, for all of server_open */
    char host[DNS_NAME];
    unsigned strength;
    char mechanism[32];
};

LDAP *server_handle(const struct server *server)
{
    return server->handle;
}

const char *server_host(const struct server *server)
{
    return server->host;
}

unsigned server_strength(const struct server *server)
{
    return server->strength;
}

const char *server_mechanism(const struct server *server)
{
    return server->mechanism;
}

void server_close(struct server **server)
{
    if (!*server)
        return;
    if ((*server)->fd >= 0)
        (void)close((*server)->fd);
    if ((*server)->handle)
        (void)ldap_unbind_ext((*server)->handle, NULL, NULL);
    free(*server);
    *server = NULL;
}

static const struct {
    int code;
    enum reason reason;
    const char *text;
} codes[] = {
    { LDAP_SERVER_DOWN, REASON_CONNECTION_LOST, "the connection was lost" },
    { LDAP_CONNECT_ERROR, REASON_CONNECTION_LOST, "the connection was lost" },
    { LDAP_TIMEOUT, REASON_TIME_OUT, "it took too long" },
    { LDAP_NO_MEMORY, REASON_NO_MEMORY, "out of memory" },
    { LDAP_DECODING_ERROR, REASON_BAD_ANSWER, "its answer is malformed" },
    { LDAP_BUSY, REASON_SERVER_BUSY, "it is busy" },
    { LDAP_UNAVAILABLE, REASON_SERVER_BUSY, "it is unavailable" },
    { LDAP_TIMELIMIT_EXCEEDED, REASON_SERVER_BUSY, "its time limit was exceeded" },
    { LDAP_ADMINLIMIT_EXCEEDED, REASON_SERVER_BUSY, "its limit was exceeded" },
    { LDAP_STRONG_AUTH_REQUIRED, REASON_NOT_PROTECTED, "it wants another protection" },
    { LDAP_CONFIDENTIALITY_REQUIRED, REASON_NOT_PROTECTED, "it wants another protection" },
    { LDAP_NO_SUCH_OBJECT, REASON_NOT_IN_DIRECTORY, "it has no such object" },
    { LDAP_REFERRAL, REASON_NOT_IN_DIRECTORY, "it refers to another server" },
    { LDAP_INSUFFICIENT_ACCESS, REASON_REFUSED, "it forbids it" },
    { LDAP_UNWILLING_TO_PERFORM, REASON_REFUSED, "it is not willing" },
};

enum outcome server_fail(const struct server *server, int code, const char *step, struct why *why)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return fail(why, codes[i].reason, "%s: %s: %s", server->host, step, codes[i].text);
    return fail(why, REASON_REFUSED, "%s: %s: LDAP code %d", server->host, step, code);
}

enum outcome server_wait(struct server *server, int id, long deadline_ms, struct asker *asker,
                         LDAPMessage **messages, struct why *why)
{
    for (;;) {
        enum outcome out = asker_check(asker, why);
        if (out)
            return out;
        long left = deadline_ms - clock_ms();
        long wait = left > POLL_MS ? POLL_MS : left > 0 ? left : 0;
        struct timeval limit = { .tv_usec = wait * 1000 };
        int kind = ldap_result(server->handle, id, LDAP_MSG_ALL, &limit, messages);
        if (kind > 0)
            return OUTCOME_OK;
        if (kind < 0)
            return fail(why, REASON_CONNECTION_LOST, "%s closed the connection", server->host);
        if (left <= 0)
            return fail(why, REASON_TIME_OUT, "%s did not answer in time", server->host);
    }
}

/* Everything that a configuration file or variable could have changed is set here. */
static bool set_options(LDAP *handle)
{
    int version = LDAP_VERSION3, none = 0, never = LDAP_DEREF_NEVER;
    struct timeval no_limit = { .tv_sec = -1 };
    ber_len_t most = ANSWER_MOST_BYTES;
    Sockbuf *buffer = NULL;

    return !ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version) &&
           !ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) &&
           !ldap_set_option(handle, LDAP_OPT_RESTART, LDAP_OPT_ON) &&
           !ldap_set_option(handle, LDAP_OPT_DEREF, &never) &&
           !ldap_set_option(handle, LDAP_OPT_SIZELIMIT, &none) &&
           !ldap_set_option(handle, LDAP_OPT_TIMELIMIT, &none) &&
           !ldap_set_option(handle, LDAP_OPT_TIMEOUT, &no_limit) &&
           !ldap_set_option(handle, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON) &&
           !ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) &&
           ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most) == 1;
}

/* Makes the connected socket an LDAP session, which takes it over. */
static enum outcome wrap(struct server *server, struct why *why)
{
    char url[DNS_NAME + 8];

    (void)snprintf(url, sizeof url, "ldap://%s", server->host);
    if (!bind_prepare())
        return fail(why, REASON_BROKEN, "libsasl does not start");
    if (ldap_init_fd(server->fd, LDAP_PROTO_TCP, url, &server->handle))
        return fail(why, REASON_BROKEN, "libldap does not take the connection to %s", server->host);
    server->fd = -1;
    if (!set_options(server->handle))
        return fail(why, REASON_BROKEN, "libldap refuses an option");
    return OUTCOME_OK;
}

static union dns_address address_of(const struct server_request *request)
{
    union dns_address address = request->dc->address;

    if (request->protection == SERVER_LDAPS && address.any.sa_family == AF_INET6)
        address.v6.sin6_port = htons(LDAPS_PORT_NUMBER);
    else if (request->protection == SERVER_LDAPS)
        address.v4.sin_port = htons(LDAPS_PORT_NUMBER);
    return address;
}

/* What libkrb5 fetches here, unless the cache has it, it fetches while the connection is being
 * made. */
static enum outcome connect_with_ticket(struct server *server, const struct server_request *request,
                                        gss_cred_id_t *credential, struct asker *asker,
                                        struct why *why)
{
    union dns_address address = address_of(request);
    enum outcome out;

    if ((out = ticket_open(request->ccache, credential, why)) ||
        (out = tcp_finish(server->fd, &address, server->end_ms, asker, why)))
        return out;
    return wrap(server, why);
}

enum outcome server_begin(const struct server_request *request, struct asker *asker,
                          struct server **server, struct why *why)
{
    union dns_address address = address_of(request);
    struct server *made = *server = calloc(1, sizeof *made);
    enum outcome out;

    if (!made)
        return fail_memory(why);
    made->fd = -1;
    made->end_ms = clock_ms() + request->budget_ms;
    if (!dns_is_name(request->dc->host))
        out = fail(why, REASON_BAD_ANSWER, "the domain controller has no name");
    else {
        memcpy(made->host, request->dc->host, sizeof made->host);
        asker_step(asker, "Connecting to %s", made->host);
        out = tcp_begin(&address, &made->fd, why);
    }
    if (out)
        server_close(server);
    return out ? fail_in(why, "connecting to %s", request->dc->host) : OUTCOME_OK;
}

enum outcome server_finish(struct server *server, const struct server_request *request,
                           struct asker *asker, struct why *why)
{
    ticket_auto credential = GSS_C_NO_CREDENTIAL;
    ticket_context_auto context = GSS_C_NO_CONTEXT;
    const char *mechanism = "";
    enum outcome out;

    if ((out = connect_with_ticket(server, request, &credential, asker, why)))
        return fail_in(why, "connecting to %s", server->host);
    if (request->protection != SERVER_SEAL &&
        (out = bind_tls(server, request, server->end_ms, asker, why)))
        return fail_in(why, "starting TLS with %s", server->host);
    asker_step(asker, "Signing in to %s", server->host);
    if ((out = bind_sasl(server, credential, &context, request->protection, server->end_ms, asker,
                         &mechanism, &server->strength, why)))
        return fail_in(why, "signing in to %s", server->host);
    (void)snprintf(server->mechanism, sizeof server->mechanism, "%s%s",
                   request->protection == SERVER_SEAL ? "" : "TLS, ", mechanism);
    return OUTCOME_OK;
}

enum outcome server_open(const struct server_request *request, struct asker *asker,
                         struct server **server, struct why *why)
{
    enum outcome out = server_begin(request, asker, server, why);

    if (!out && (out = server_finish(*server, request, asker, why)))
        server_close(server);
    return out;
}
