/* SPDX-License-Identifier: MIT */
#include "directory/bind.h"

#include <sasl/sasl.h>
#include <string.h>

#include "net/ticket.h"

enum { LEAST_STRENGTH = 128 };

/* Over TLS there is no second layer: Windows and Samba refuse it. */
static const char *const security[] = {
    [SERVER_SEAL] = "none,noplain,noanonymous,minssf=128,maxssf=512,maxbufsize=65536",
    [SERVER_STARTTLS] = "none,noplain,noanonymous,minssf=0,maxssf=0,maxbufsize=65536",
    [SERVER_LDAPS] = "none,noplain,noanonymous,minssf=0,maxssf=0,maxbufsize=65536",
};

struct hand_over {
    gss_cred_id_t credential;
    bool done;
    struct berval *token; /* the last that the server sent; ours to free */
};

/* libldap makes the SASL context inside the bind, so this, called by the mechanism before its first
 * token, is the one moment to give it the credential. */
static int answer_prompts(LDAP *handle, unsigned flags, void *defaults, void *prompts)
{
    struct hand_over *hand_over = defaults;

    (void)flags;
    if (ldap_set_option(handle, LDAP_OPT_X_SASL_GSS_CREDS, hand_over->credential))
        return LDAP_LOCAL_ERROR;
    hand_over->done = true;
    for (sasl_interact_t *each = prompts; each->id != SASL_CB_LIST_END; each++) {
        each->result = "";
        each->len = 0;
    }
    return LDAP_SUCCESS;
}

/* Of libsasl's mechanisms only Kerberos's is loaded. */
static int choose_plugin(void *context, const char *file, sasl_verify_type_t type)
{
    (void)context;
    return type != SASL_VRFY_PLUGIN || strstr(file, "/libgssapiv2.") ? SASL_OK : SASL_CONTINUE;
}

bool bind_prepare(void)
{
    static const sasl_callback_t callbacks[] = {
        { SASL_CB_VERIFYFILE, (int (*)(void))(void (*)(void))choose_plugin, NULL },
        { SASL_CB_LIST_END, NULL, NULL }
    };
    static bool started;
    if (!started)
        started = sasl_client_init(callbacks) == SASL_OK;
    return started;
}

static bool has_mechanism(const char *name)
{
    char **list = NULL;

    if (ldap_get_option(NULL, LDAP_OPT_X_SASL_MECHLIST, &list) || !list)
        return false;
    for (; *list; list++)
        if (!strcmp(*list, name))
            return true;
    return false;
}

/* Codes that mean something else in a bind than in a search. libldap folds those of libsasl: -2 for
 * a GSS failure, -6 for too weak a layer or no mechanism, -4 for an end without the server's proof.
 */
static const struct {
    int code;
    enum reason reason;
    const char *text;
} codes[] = {
    { LDAP_DECODING_ERROR, REASON_NOT_AUTHENTIC, "it did not prove who it is" },
    { LDAP_AUTH_UNKNOWN, REASON_NOT_PROTECTED, "it offers no encryption of 128 bits" },
    { LDAP_INVALID_CREDENTIALS, REASON_REFUSED,
      "it does not accept the ticket or the TLS channel" },
    { LDAP_AUTH_METHOD_NOT_SUPPORTED, REASON_NOT_PROTECTED, "it offers no sign-in by Kerberos" },
    { LDAP_UNWILLING_TO_PERFORM, REASON_NOT_PROTECTED, "it wants another protection" },
};

static enum outcome bind_fail(const struct server *server, int code, struct why *why)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return fail(why, codes[i].reason, "%s: %s (LDAP code %d)", server_host(server),
                        codes[i].text, code);
    return server_fail(server, code, "sign-in", why);
}

/* One bind by one mechanism; *code is LDAP's. */
static enum outcome bind_by(struct server *server, const char *mechanism,
                            struct hand_over *hand_over, long end_ms, struct asker *asker,
                            int *code, struct why *why)
{
    LDAPMessage *answer = NULL;
    const char *state = NULL;
    enum outcome out = OUTCOME_OK;
    int id = 0;

    for (;;) {
        *code = ldap_sasl_interactive_bind(server_handle(server), NULL, mechanism, NULL, NULL,
                                           LDAP_SASL_QUIET, answer_prompts, hand_over, answer,
                                           &state, &id);
        (void)ldap_msgfree(answer);
        answer = NULL;
        if (*code != LDAP_SASL_BIND_IN_PROGRESS)
            break;
        if ((out = server_wait(server, id, end_ms, asker, &answer, why)))
            return out;
        ber_bvfree(hand_over->token);
        hand_over->token = NULL;
        (void)ldap_parse_sasl_bind_result(server_handle(server), answer, &hand_over->token, 0);
    }
    /* libldap believes a server that says "success" in the middle; state is NULL only after the
     * mechanism has seen the server's proof. */
    if (!*code && state)
        *code = LDAP_LOCAL_ERROR;
    return out;
}

static enum outcome check_strength(const struct server *server, enum server_protection protection,
                                   unsigned *strength, struct why *why)
{
    ber_len_t bits = 0;

    /* The cipher list of bind_tls has none below. */
    *strength = LEAST_STRENGTH;
    if (protection != SERVER_SEAL)
        return ldap_tls_inplace(server_handle(server))
                   ? OUTCOME_OK
                   : fail(why, REASON_NOT_PROTECTED, "%s: there is no TLS", server_host(server));
    if (ldap_get_option(server_handle(server), LDAP_OPT_X_SASL_SSF, &bits) || bits < LEAST_STRENGTH)
        return fail(why, REASON_NOT_PROTECTED, "%s: the encryption has only %lu bits",
                    server_host(server), bits);
    *strength = (unsigned)bits;
    return OUTCOME_OK;
}

enum outcome bind_sasl(struct server *server, gss_cred_id_t credential, gss_ctx_id_t *context,
                       enum server_protection protection, long end_ms, struct asker *asker,
                       const char **mechanism, unsigned *strength, struct why *why)
{
    static const char *const mechanisms[] = { "GSS-SPNEGO", "GSSAPI" };
    const struct ticket_service service = { "ldap", server_host(server) };
    struct hand_over hand_over = { .credential = credential };
    int code = LDAP_AUTH_METHOD_NOT_SUPPORTED;
    int binding = protection == SERVER_SEAL ? LDAP_OPT_X_SASL_CBINDING_NONE
                                            : LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    enum outcome out = OUTCOME_OK;

    if (ldap_set_option(server_handle(server), LDAP_OPT_X_SASL_SECPROPS, security[protection]) ||
        ldap_set_option(server_handle(server), LDAP_OPT_X_SASL_CBINDING, &binding))
        return fail(why, REASON_BROKEN, "libldap refuses an option");
    if (!has_mechanism(mechanisms[0]))
        return fail(why, REASON_BAD_SETTING,
                    "libsasl has no GSS-SPNEGO: install libsasl2-modules-gssapi-mit");
    for (size_t i = 0; !out && code == LDAP_AUTH_METHOD_NOT_SUPPORTED &&
                       i < sizeof mechanisms / sizeof *mechanisms;
         i++) {
        *mechanism = mechanisms[i];
        out = bind_by(server, mechanisms[i], &hand_over, end_ms, asker, &code, why);
    }
    if (!out && code == LDAP_LOCAL_ERROR && !(out = ticket_for(credential, &service, context, why)))
        out = ticket_explain(credential, context, &service,
                             hand_over.token ? hand_over.token->bv_val : NULL,
                             hand_over.token ? hand_over.token->bv_len : 0, why);
    ber_bvfree(hand_over.token);
    if (out)
        return out;
    if (code)
        return bind_fail(server, code, why);
    if (!hand_over.done)
        return fail(why, REASON_BROKEN, "libsasl did not take the ticket");
    return check_strength(server, protection, strength, why);
}
