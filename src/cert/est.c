/* SPDX-License-Identifier: MIT */
#include "cert/est.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"
#include "cert/csrattrs.h"

enum { LOGIN_MOST = 2048, REQUEST_MOST = 64 << 10 };

#define BUNDLE     "application/pkcs7-mime"
#define ATTRIBUTES "application/csrattrs"

enum outcome est_base(const char *host_or_url, char base[URL_MOST], struct why *why)
{
    return enrol_address(host_or_url, ".well-known/est/", base, why);
}

enum outcome est_login(const char *user, const struct secret *password, struct secret **login,
                       struct why *why)
{
    secret_auto *both = secret_new(LOGIN_MOST);
    size_t length = strlen(user);

    if (!length || strchr(user, ':') || !text_is_clean(user, length))
        return fail(why, REASON_BAD_NAME, "a name with a colon cannot be told to a web server");
    if (!both)
        return fail_memory(why);
    if (!secret_append(both, user, length) || !secret_append(both, ":", 1) ||
        !secret_append(both, secret_peek(password), secret_length(password)))
        return fail(why, REASON_BAD_PASSWORD, "it is too long");
    if (!(*login = secret_new(BASE64_TEXT(LOGIN_MOST))))
        return fail_memory(why);
    base64_encode(secret_peek(both), secret_length(both), secret_space(*login));
    secret_grow(*login, (secret_length(both) + 2) / 3 * 4);
    return OUTCOME_OK;
}

/* The server's own sentence, if it is text (RFC 7030 4.2.3), as one line. */
static void take_sentence(const struct https_answer *from, char *to, size_t size)
{
    *to = '\0';
    if (*from->type && strcmp(from->type, "text/plain") != 0)
        return;
    (void)snprintf(to, size, "%.*s", (int)size - 1, secret_peek(from->body));
    for (char *at = to; *at; at++)
        if (strchr("\r\n\t", *at))
            *at = ' ';
    text_clean(to);
    for (size_t length = strlen(to); length && to[length - 1] == ' ';)
        to[--length] = '\0';
}

/* One exchange, with the proof or without it. OK with any status. */
static enum outcome ask(const struct enrol *enrol, const char *operation, const struct secret *body,
                        bool proves, struct https_answer *answer, struct why *why)
{
    char url[URL_MOST + 32];
    struct field headers[3] = { { 0 } };
    size_t n = 0;
    const struct https_request request = { .url = url,
                                           .headers = headers,
                                           .body = body,
                                           .body_type = "application/pkcs10",
                                           .most = EST_ANSWER_MOST,
                                           .ticket = proves ? enrol->ticket : NULL,
                                           .certificate = enrol->certificate };

    if (body) /* RFC 7030 wants it told, RFC 8951 no more */
        headers[n++] = (struct field){ "Content-Transfer-Encoding", "base64", NULL };
    if (proves && enrol->login)
        headers[n++] = (struct field){ "Authorization", "Basic ", enrol->login };
    (void)snprintf(url, sizeof url, "%s%s", enrol->base, operation);
    return enrol_do(enrol, &request, answer, why);
}

/* Why that status is no answer. */
static enum outcome refused(const struct enrol *enrol, const char *operation,
                            const struct https_answer *answer, struct why *why)
{
    char sentence[200];

    take_sentence(answer, sentence, sizeof sentence);
    if (answer->status == 401 && enrol->login)
        return fail(why, REASON_WRONG_PASSWORD, "%s: it does not take this user and password",
                    operation);
    return enrol_refused(enrol, operation, answer->status, sentence, why);
}

static enum outcome check_type(const char *operation, const struct https_answer *answer,
                               const char *type, struct why *why)
{
    return !strcmp(answer->type, type)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_ANSWER, "%s: the answer is %s, and should be %s", operation,
                      *answer->type ? answer->type : "of no type", type);
}

/* Of what all may read. Nothing of it is a secret. */
static enum outcome get(const struct enrol *enrol, const char *operation, bool may_be_absent,
                        struct https_answer *answer, struct why *why)
{
    enum outcome out = ask(enrol, operation, NULL, false, answer, why);

    if (!out && answer->status == 401 && (enrol->ticket || enrol->login)) {
        https_answer_free(answer);
        out = ask(enrol, operation, NULL, true, answer, why);
    }
    if (out || answer->status == 200 ||
        (may_be_absent && (answer->status == 204 || answer->status == 404)))
        return out;
    return refused(enrol, operation, answer, why);
}

static enum outcome decode(const char *text, size_t length, gnutls_datum_t *bytes, struct why *why)
{
    size_t size = 0;

    if (!(bytes->data = malloc(length + 1)))
        return fail_memory(why);
    if (!base64_decode(text, length, bytes->data, &size)) {
        free(bytes->data);
        return fail(why, REASON_BAD_ANSWER, "the answer is no base64");
    }
    bytes->size = (unsigned)size;
    return OUTCOME_OK;
}

enum outcome est_read_chain(const char *text, size_t length, struct chain *chain, struct why *why)
{
    gnutls_datum_t der = { 0 };
    enum outcome out = decode(text, length, &der, why);

    chain->count = 0;
    if (out)
        return out;
    out = chain_read(der.data, der.size, chain, why);
    free(der.data);
    return out;
}

/* By name; what came is verified by receipt_check. */
static bool is_of_ours(gnutls_x509_crt_t certificate, const struct chain *ours)
{
    for (unsigned i = 0; i < ours->count; i++)
        if (gnutls_x509_crt_equals(certificate, ours->all[i]) ||
            gnutls_x509_crt_check_issuer(certificate, ours->all[i]))
            return true;
    return false;
}

enum outcome est_authorities(const struct enrol *enrol, const struct chain *ours,
                             struct chain *theirs, struct why *why)
{
    https_answer_auto answer = { 0 };
    enum outcome out;

    theirs->count = 0;
    asker_step(enrol->asker, "Asking the server which authority it asks");
    if ((out = get(enrol, "cacerts", false, &answer, why)) ||
        (out = check_type("cacerts", &answer, BUNDLE, why)) ||
        (out = est_read_chain(secret_peek(answer.body), secret_length(answer.body), theirs, why)))
        return fail_in(why, "the authority's certificates");
    for (unsigned i = 0; i < theirs->count; i++)
        if (is_of_ours(theirs->all[i], ours))
            return OUTCOME_OK;
    chain_free(theirs);
    return fail(why, REASON_CERTIFICATE_OTHER_CA, "the server asks another authority");
}

enum outcome est_check(const struct enrol *enrol, enum cert_key kind, struct why *why)
{
    https_answer_auto answer = { 0 };
    gnutls_datum_t der = { 0 };
    enum outcome out = get(enrol, "csrattrs", true, &answer, why);

    if (out || answer.status != 200)
        return out;
    if ((out = check_type("csrattrs", &answer, ATTRIBUTES, why)) ||
        (out = decode(secret_peek(answer.body), secret_length(answer.body), &der, why)))
        return out;
    out = csrattrs_check(der.data, der.size, kind, why);
    free(der.data);
    return out;
}

/* The base64 between the lines of PEM. */
static enum outcome make_body(const char *pem, struct secret **body, struct why *why)
{
    gnutls_datum_t text = { (unsigned char *)pem, (unsigned)strlen(pem) }, der = { 0 };

    if (text.size > REQUEST_MOST || gnutls_pem_base64_decode2(NULL, &text, &der))
        return fail(why, REASON_BROKEN, "that is no request");
    if ((*body = secret_new(BASE64_TEXT(der.size)))) {
        base64_encode(der.data, der.size, secret_space(*body));
        secret_grow(*body, (der.size + 2) / 3 * 4);
    }
    gnutls_free(der.data);
    return *body ? OUTCOME_OK : fail_memory(why);
}

/* 4xx: no to this request; but to whom asks, or to the place, is no answer. */
static enum outcome take(const struct enrol *enrol, const char *operation,
                         const struct https_answer *from, struct cert_answer *answer, bool *sent,
                         struct why *why)
{
    int status = from->status;
    bool is_no = status == 400 || status == 422 || (status == 403 && !enrol->certificate);

    take_sentence(from, answer->message, sizeof answer->message);
    answer->wait_s = from->wait_s;
    if (status == 200 || status == 202) {
        answer->disposition = status == 200 ? DISPOSITION_ISSUED : DISPOSITION_PENDING;
        return status == 200 ? check_type(operation, from, BUNDLE, why) : OUTCOME_OK;
    }
    if (is_no)
        answer->disposition = DISPOSITION_DENIED;
    if (is_no || (status >= 500 && status != 501 && status != 503))
        return OUTCOME_OK;
    *sent = false;
    return refused(enrol, operation, from, why);
}

enum outcome est_enrol(const struct enrol *enrol, const struct est_request *request,
                       struct cert_answer *answer, struct chain *issued, bool *sent,
                       struct why *why)
{
    const char *operation = request->renews ? "simplereenroll" : "simpleenroll";
    https_answer_auto from = { 0 };
    secret_auto *body = NULL;
    enum outcome out;

    *answer = (struct cert_answer){ .disposition = DISPOSITION_FAILED };
    issued->count = 0;
    *sent = false;
    if ((out = make_body(request->pem, &body, why)))
        return out;
    asker_step(enrol->asker, "Asking for a certificate");
    out = ask(enrol, operation, body, true, &from, why);
    *sent = from.sent;
    if (!out)
        out = take(enrol, operation, &from, answer, sent, why);
    if (!out && answer->disposition == DISPOSITION_ISSUED)
        out = est_read_chain(secret_peek(from.body), secret_length(from.body), issued, why);
    return out ? fail_in(why, "asking for the certificate") : OUTCOME_OK;
}
