/* SPDX-License-Identifier: MIT */
#include "net/negotiate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "net/ticket.h"
#include "net/url.h"

enum { TOKEN_MOST = 64 << 10, BINDING_MOST = 128 };

static const char scheme[] = "Negotiate";
static gss_OID_desc spnego = { 6, (void *)"\x2b\x06\x01\x05\x05\x02" };

struct negotiate {
    gss_cred_id_t credential;
    bool may_delegate;
    char host[URL_HOST];
    gss_ctx_id_t context; /* of this exchange */
    gss_ctx_id_t shadow;  /* the same by Kerberos itself, for ticket_explain */
    size_t bound;         /* bytes of binding */
    unsigned char binding[BINDING_MOST];
};

static struct ticket_service service_of(const struct negotiate *negotiate)
{
    return (struct ticket_service){ "HTTP", negotiate->host };
}

enum outcome negotiate_open(const char *ccache, bool may_delegate, struct negotiate **negotiate,
                            struct why *why)
{
    struct negotiate *opened = calloc(1, sizeof *opened);
    enum outcome out;

    if (!opened)
        return fail_memory(why);
    opened->may_delegate = may_delegate;
    if ((out = ticket_open(ccache, &opened->credential, why)))
        negotiate_free(&opened);
    *negotiate = opened;
    return out;
}

void negotiate_free(struct negotiate **negotiate)
{
    if (*negotiate) {
        ticket_end(&(*negotiate)->context);
        ticket_end(&(*negotiate)->shadow);
        ticket_close(&(*negotiate)->credential);
    }
    free(*negotiate);
    *negotiate = NULL;
}

enum outcome negotiate_prepare(struct negotiate *negotiate, const char *host, struct why *why)
{
    (void)snprintf(negotiate->host, sizeof negotiate->host, "%s", host);
    const struct ticket_service service = service_of(negotiate);
    ticket_end(&negotiate->context);
    ticket_end(&negotiate->shadow);
    return ticket_for(negotiate->credential, &service, &negotiate->shadow, why);
}

/* The name of the kind of binding, and the hash of the server's certificate by the algorithm that
 * it is signed with (RFC 5929 section 4.1), which GnuTLS knows to choose. */
static enum outcome bind_to(struct negotiate *negotiate, gnutls_session_t session, struct why *why)
{
    static const char kind[] = "tls-server-end-point:";
    gnutls_datum_t hash = { NULL, 0 };
    int code = gnutls_session_channel_binding(session, GNUTLS_CB_TLS_SERVER_END_POINT, &hash);

    negotiate->bound = sizeof kind - 1 + hash.size;
    bool fits = !code && hash.size && negotiate->bound <= BINDING_MOST;
    if (fits) {
        memcpy(negotiate->binding, kind, sizeof kind - 1);
        memcpy(negotiate->binding + sizeof kind - 1, hash.data, hash.size);
    }
    gnutls_free(hash.data);
    return fits ? OUTCOME_OK
                : fail(why, REASON_NO_TLS, "the ticket cannot be bound to the TLS channel: %s",
                       gnutls_strerror(code));
}

/* One step; what it gives is for the server, and the caller's. */
static OM_uint32 step(struct negotiate *negotiate, gss_buffer_t theirs, gss_buffer_t ours,
                      OM_uint32 *flags, OM_uint32 *minor)
{
    struct gss_channel_bindings_struct binding = { .application_data = { negotiate->bound,
                                                                         negotiate->binding } };
    const struct ticket_service service = service_of(negotiate);
    OM_uint32 wanted = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG, ignored;
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major = ticket_name(&service, &name, minor);

    if (negotiate->may_delegate)
        wanted |= GSS_C_DELEG_POLICY_FLAG;
    if (!GSS_ERROR(major))
        major = gss_init_sec_context(minor, negotiate->credential, &negotiate->context, name,
                                     &spnego, wanted, 0, &binding, theirs, NULL, ours, flags, NULL);
    (void)gss_release_name(&ignored, &name);
    return major;
}

static struct secret *make_line(gss_buffer_t token)
{
    gnutls_datum_t bytes = { token->value, (unsigned)token->length }, text = { NULL, 0 };
    static const char name[] = "Authorization: ";
    struct secret *line = NULL;

    if (gnutls_base64_encode2(&bytes, &text))
        return NULL;
    if ((line = secret_new(sizeof name + sizeof scheme + text.size))) {
        (void)secret_append(line, name, sizeof name - 1);
        (void)secret_append(line, scheme, sizeof scheme - 1);
        (void)secret_append(line, " ", 1);
        (void)secret_append(line, text.data, text.size);
    }
    gnutls_memset(text.data, 0, text.size);
    gnutls_free(text.data);
    return line;
}

enum outcome negotiate_begin(struct negotiate *negotiate, gnutls_session_t session,
                             struct secret **line, struct why *why)
{
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, ignored, flags = 0;
    enum outcome out = bind_to(negotiate, session, why);

    if (out)
        return out;
    ticket_end(&negotiate->context);
    OM_uint32 major = step(negotiate, GSS_C_NO_BUFFER, &token, &flags, &minor);
    if (GSS_ERROR(major) || !token.length)
        out = ticket_fail(major, minor, "showing the ticket", why);
    else if (token.length > TOKEN_MOST)
        out = fail(why, REASON_REFUSED, "the ticket has %zu bytes, too many for a header",
                   token.length);
    else if (!(*line = make_line(&token)))
        out = fail_memory(why);
    if (!out)
        log_line(LOG_LEVEL_INFO, "the ticket for HTTP/%s is shown, %s", negotiate->host,
                 flags & GSS_C_DELEG_FLAG ? "and the person's own for the server to use" : "alone");
    (void)gss_release_buffer(&ignored, &token);
    return out;
}

enum negotiate_offer negotiate_offer(const char *value)
{
    size_t length = sizeof scheme - 1;

    if (strncasecmp(value, scheme, length) != 0)
        return NEGOTIATE_OTHER;
    value += length;
    if (*value && !strchr(" ,\t", *value))
        return NEGOTIATE_OTHER;
    value += strspn(value, " \t");
    return *value && *value != ',' ? NEGOTIATE_TOKEN : NEGOTIATE_BARE;
}

/* The token in the value; empty if it is none. The caller's, by gnutls_free. */
static gnutls_datum_t token_of(const char *value)
{
    gnutls_datum_t token = { NULL, 0 };

    if (!value || negotiate_offer(value) != NEGOTIATE_TOKEN)
        return token;
    value += sizeof scheme - 1;
    value += strspn(value, " \t");
    gnutls_datum_t text = { (unsigned char *)value, (unsigned)strcspn(value, " ,\t") };
    if (text.size > TOKEN_MOST || gnutls_base64_decode2(&text, &token))
        token = (gnutls_datum_t){ NULL, 0 };
    return token;
}

enum outcome negotiate_finish(struct negotiate *negotiate, const char *value, struct why *why)
{
    gnutls_datum_t token = token_of(value);
    gss_buffer_desc theirs = { token.size, token.data }, ours = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, ignored, flags = 0, major = GSS_S_DEFECTIVE_TOKEN;

    if (token.size)
        major = step(negotiate, &theirs, &ours, &flags, &minor);
    (void)gss_release_buffer(&ignored, &ours);
    gnutls_free(token.data);
    if (major == GSS_S_COMPLETE && flags & GSS_C_MUTUAL_FLAG)
        return OUTCOME_OK;
    return fail(why, REASON_NOT_AUTHENTIC,
                "it did not prove that it could read the ticket (Kerberos code %d)", (int)minor);
}

enum outcome negotiate_refused(struct negotiate *negotiate, const char *value, struct why *why)
{
    const struct ticket_service service = service_of(negotiate);
    gnutls_datum_t token = token_of(value);
    enum outcome out = OUTCOME_OK;

    if (token.size)
        out = ticket_explain(negotiate->credential, &negotiate->shadow, &service, token.data,
                             token.size, why);
    gnutls_free(token.data);
    /* A reason with a name of its own is worth more than that it said no. */
    if (out && why->reason != REASON_NOT_AUTHENTIC)
        return out;
    if (!value || negotiate_offer(value) == NEGOTIATE_OTHER)
        return fail(why, REASON_TICKET_REFUSED, "it takes no Kerberos ticket; it offers %.*s",
                    value ? (int)strcspn(value, " ,\t") : 7, value ? value : "nothing");
    return fail(why, REASON_TICKET_REFUSED,
                "it does not take the ticket, or not over this TLS channel");
}
