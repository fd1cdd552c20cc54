/* SPDX-License-Identifier: MIT */
#include "cert/ces.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cert/wstep.h"

/* One exchange. */
struct talk {
    struct https_answer answer;
    struct xml *xml;
    const xml_node *body; /* NULL: the answer is no SOAP, see its status */
    struct soap_fault fault;
};

static void talk_end(struct talk *talk)
{
    https_answer_free(&talk->answer);
    xml_free(&talk->xml);
}

#define talk_auto __attribute__((cleanup(talk_end))) struct talk

enum outcome ces_address(const char *host_or_url, unsigned authentication, char url[URL_MOST],
                         struct why *why)
{
    const char *mark = strstr(host_or_url, "://"), *host = mark ? mark + 3 : host_or_url;
    size_t end = strcspn(host, "/"), length = strlen(host_or_url);
    const char *path = authentication == CES_BY_PASSWORD
                           ? "/ADPolicyProvider_CEP_UsernamePassword/service.svc/CEP"
                           : "/ADPolicyProvider_CEP_Kerberos/service.svc/CEP";
    struct url parts;

    while (length && host_or_url[length - 1] == '/')
        length--;
    bool has_path = host_or_url + length > host + end;
    int used = snprintf(url, URL_MOST, "%s%.*s%s", mark ? "" : "https://", (int)length, host_or_url,
                        has_path ? "" : path);
    if (!end || used >= URL_MOST || strchr(url, '?'))
        return fail(why, REASON_BAD_SETTING, "that is not the address of a web service");
    return web_url_check(url, &parts, why) ? fail_as(why, REASON_BAD_SETTING) : OUTCOME_OK;
}

bool ces_is_policy(const char *url)
{
    static const char end[] = "/CEP";
    size_t length = strlen(url);

    return length >= sizeof end && !strcasecmp(url + length - (sizeof end - 1), end);
}

static enum outcome fault(const struct enrol *enrol, const struct talk *talk, struct why *why)
{
    bool is_login = talk->fault.is_login && enrol->login && !enrol->certificate;

    return fail(why, is_login ? REASON_WRONG_PASSWORD : REASON_REFUSED, "%s: %s", enrol->base,
                talk->fault.text);
}

/* OK with any status; faults have 500, or 400. */
static enum outcome take(struct talk *talk, const char *id, struct why *why)
{
    int status = talk->answer.status;
    enum outcome out;

    if (status != 200 && status != 400 && status != 500)
        return OUTCOME_OK;
    if (strcmp(talk->answer.type, SOAP_TYPE) != 0)
        return status == 200
                   ? fail(why, REASON_BAD_ANSWER, "the answer is %s, and should be %s",
                          *talk->answer.type ? talk->answer.type : "of no type", SOAP_TYPE)
                   : OUTCOME_OK;
    if ((out = xml_read(secret_peek(talk->answer.body), secret_length(talk->answer.body),
                        &talk->xml, why)))
        return out;
    out = soap_read(talk->xml, id, &talk->body, &talk->fault, why);
    return !out && status != 200 && !talk->fault.is_there
               ? fail(why, REASON_BAD_ANSWER, "an answer with the status %d", status)
               : out;
}

static enum outcome ask(const struct enrol *enrol, const char *action, const char *body,
                        struct talk *talk, struct why *why)
{
    bool by_certificate = enrol->certificate;
    const struct soap_request message = { .action = action,
                                          .to = enrol->base,
                                          .login = by_certificate ? NULL : enrol->login,
                                          .body = body };
    secret_auto *bytes = NULL;
    char id[SOAP_ID];
    enum outcome out = soap_write(&message, id, &bytes, why);
    const struct https_request request = { .url = enrol->base,
                                           .body = bytes,
                                           .body_type = SOAP_TYPE "; charset=utf-8",
                                           .accept = SOAP_TYPE,
                                           .most = XML_MOST,
                                           .ticket = by_certificate ? NULL : enrol->ticket,
                                           .certificate = enrol->certificate };

    if (!out)
        out = enrol_do(enrol, &request, &talk->answer, why);
    return out ? out : take(talk, id, why);
}

enum outcome ces_policy(const struct enrol *enrol, const char *template, const struct chain *own,
                        struct policy *policy, struct why *why)
{
    talk_auto talk = { .body = NULL };
    enum outcome out;

    asker_step(enrol->asker, "Asking which certificates there are");
    out = ask(enrol, XCEP_ACTION, xcep_body, &talk, why);
    if (!out && talk.fault.is_there)
        out = fault(enrol, &talk, why);
    else if (!out && !talk.body)
        out = enrol_refused(enrol, enrol->base, talk.answer.status, "", why);
    else if (!out)
        out = xcep_read(talk.body, template, own, policy, why);
    return out ? fail_in(why, "asking for the policy") : OUTCOME_OK;
}

/* A fault is the authority's no, or the message's own, of which nothing came; else nobody knows. */
static enum outcome take_answer(const struct enrol *enrol, const struct talk *talk,
                                struct cert_answer *answer, struct chain *issued, bool *sent,
                                struct why *why)
{
    int status = talk->answer.status;

    if (talk->fault.is_there && !talk->fault.is_ours && !talk->fault.is_login) {
        (void)wstep_is_denial(&talk->fault, answer);
        return OUTCOME_OK;
    }
    if (talk->fault.is_there && wstep_is_denial(&talk->fault, answer))
        return OUTCOME_OK;
    if (talk->body && !talk->fault.is_there)
        return wstep_read(talk->body, answer, issued, why);
    if (!talk->fault.is_there && status >= 500 && status != 501 && status != 503) {
        (void)snprintf(answer->message, sizeof answer->message,
                       "%.400s: it answers with the status %d", enrol->base, status);
        return OUTCOME_OK;
    }
    *sent = false;
    return talk->fault.is_there ? fault(enrol, talk, why)
                                : enrol_refused(enrol, enrol->base, status, "", why);
}

static enum outcome exchange(const struct enrol *enrol, const struct text *body,
                             struct cert_answer *answer, struct chain *issued, bool *sent,
                             struct why *why)
{
    talk_auto talk = { .body = NULL };
    enum outcome out = ask(enrol, WSTEP_ACTION, text_peek(body), &talk, why);

    *sent = talk.answer.sent;
    return out ? out : take_answer(enrol, &talk, answer, issued, sent, why);
}

enum outcome ces_submit(const struct enrol *enrol, const char *pem, struct cert_answer *answer,
                        struct chain *issued, bool *sent, struct why *why)
{
    text_auto *body = NULL;
    enum outcome out;

    *answer = (struct cert_answer){ .disposition = DISPOSITION_FAILED };
    issued->count = 0;
    *sent = false;
    if ((out = wstep_issue(pem, &body, why)))
        return out;
    asker_step(enrol->asker, "Asking for a certificate");
    out = exchange(enrol, body, answer, issued, sent, why);
    return out ? fail_in(why, "asking for the certificate") : OUTCOME_OK;
}

enum outcome ces_fetch(const struct enrol *enrol, unsigned request, struct cert_answer *answer,
                       struct chain *issued, struct why *why)
{
    text_auto *body = NULL;
    bool sent;
    enum outcome out;

    *answer = (struct cert_answer){ .disposition = DISPOSITION_FAILED };
    issued->count = 0;
    if ((out = wstep_query(request, &body, why)))
        return out;
    asker_step(enrol->asker, "Fetching what came of the request %u", request);
    out = exchange(enrol, body, answer, issued, &sent, why);
    return out ? fail_in(why, "asking for the certificate of the request %u", request) : OUTCOME_OK;
}
