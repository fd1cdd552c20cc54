/* SPDX-License-Identifier: MIT */
#include "cert/enrol.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { TEMPLATE_MOST = 256 };

static const struct {
    int status;
    enum reason reason;
    const char *text;
} statuses[] = {
    { 400, REASON_REFUSED,
      "it does not take the request; a ticket of very many groups is too long" },
    { 403, REASON_REFUSED, "it forbids the page" },
    { 404, REASON_NO_ENROLMENT, "it has no such page" },
    { 410, REASON_NO_ENROLMENT, "it has no such page" },
    { 429, REASON_SERVER_BUSY, "it has too much to do" },
    { 503, REASON_SERVER_BUSY, "it is not available" },
};

enum outcome enrol_address(const char *host_or_url, const char *path, char base[URL_MOST],
                           struct why *why)
{
    const char *mark = strstr(host_or_url, "://"), *host = mark ? mark + 3 : host_or_url;
    size_t length = strlen(host), end = strcspn(host, "/"); /* of the host */
    bool has_path = end + 1 < length, has_slash = length && host[length - 1] == '/';
    struct url url;

    int used = snprintf(base, URL_MOST, "%s%s%s%s", mark ? "" : "https://", host_or_url,
                        has_slash ? "" : "/", has_path ? "" : path);
    if (!end || used >= URL_MOST || strchr(base, '?'))
        return fail(why, REASON_BAD_SETTING,
                    "that is not the address of a certification authority");
    return web_url_check(base, &url, why) ? fail_as(why, REASON_BAD_SETTING) : OUTCOME_OK;
}

enum outcome enrol_base(const char *host_or_url, char base[URL_MOST], struct why *why)
{
    return enrol_address(host_or_url, "certsrv/", base, why);
}

enum outcome enrol_do(const struct enrol *enrol, const struct https_request *request,
                      struct https_answer *answer, struct why *why)
{
    enum outcome out = https_do(enrol->https, request, enrol->budget_ms, enrol->asker, answer, why);

    if (enrol->said)
        *enrol->said = (struct enrol_said){ .status = out ? 0 : answer->status,
                                            .wait_s = out ? 0 : answer->wait_s };
    return out;
}

/* IIS answers those that do not look like a browser with certificates that it calls text/html, and
 * with links instead of script. */
static const struct field headers[] = {
    { "User-Agent", "Mozilla/5.0 (X11; Linux) Chatelaine", NULL }, { 0 }
};

/* One exchange: page is behind the base. OK only with the status 200. */
static enum outcome ask(const struct enrol *enrol, const char *page, const struct field *query,
                        const struct field *form, struct https_answer *answer, struct why *why)
{
    char url[URL_MOST + 32];
    const struct https_request request = { .url = url,
                                           .query = query,
                                           .headers = headers,
                                           .form = form,
                                           .most = CERTSRV_PAGE_MOST,
                                           .ticket = enrol->ticket };
    enum outcome out;

    if (!enrol->ticket)
        return fail(why, REASON_BROKEN, "there is no ticket to ask with");
    (void)snprintf(url, sizeof url, "%s%s", enrol->base, page);
    if ((out = enrol_do(enrol, &request, answer, why)))
        return out;
    if (answer->status == 200)
        return OUTCOME_OK;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == answer->status)
            return fail(why, statuses[i].reason, "%s: %s (status %d)", page, statuses[i].text,
                        answer->status);
    return fail(why, REASON_REFUSED, "%s: it answers with the status %d", page, answer->status);
}

static bool is_template(const char *name)
{
    return *name && strlen(name) <= TEMPLATE_MOST && text_is_clean(name, strlen(name));
}

static enum outcome submit(const struct enrol *enrol, const struct field *form,
                           struct cert_answer *answer, bool *sent, struct why *why)
{
    https_answer_auto page = { 0 };
    enum outcome out = ask(enrol, "certfnsh.asp", NULL, form, &page, why);

    *sent = page.sent;
    return out ? out
               : certsrv_submitted(secret_peek(page.body), secret_length(page.body), answer, why);
}

enum outcome enrol_submit(const struct enrol *enrol, const char *pem, const char *template,
                          struct cert_answer *answer, bool *sent, struct why *why)
{
    char attributes[TEMPLATE_MOST + 32];
    const struct field form[] = {
        { "Mode", "newreq", NULL },         { "CertRequest", pem, NULL },
        { "CertAttrib", attributes, NULL }, { "FriendlyType", "Saved-Request Certificate", NULL },
        { "ThumbPrint", NULL, NULL },       { "TargetStoreFlags", "0", NULL },
        { "SaveCert", "yes", NULL },        { 0 }
    };

    *answer = (struct cert_answer){ .disposition = DISPOSITION_FAILED };
    *sent = false;
    if (!is_template(template))
        return fail(why, REASON_BAD_SETTING, "that is not the name of a template");
    (void)snprintf(attributes, sizeof attributes, "CertificateTemplate:%s", template);
    asker_step(enrol->asker, "Asking for a certificate by the template %s", template);
    return submit(enrol, form, answer, sent, why) ? fail_in(why, "submitting the request")
                                                  : OUTCOME_OK;
}

enum outcome enrol_fetch(const struct enrol *enrol, unsigned request, bool with_chain,
                         struct cert_answer *answer, struct chain *chain, struct why *why)
{
    char digits[16];
    const struct field query[] = { { "ReqID", digits, NULL }, { "Enc", "bin", NULL }, { 0 } };
    https_answer_auto page = { 0 };
    enum outcome out;

    *answer = (struct cert_answer){ .disposition = DISPOSITION_FAILED };
    chain->count = 0;
    (void)snprintf(digits, sizeof digits, "%u", request);
    asker_step(enrol->asker, "Fetching what came of the request %u", request);
    if ((out = ask(enrol, with_chain ? "certnew.p7b" : "certnew.cer", query, NULL, &page, why)) ||
        (out = certsrv_fetched(secret_peek(page.body), secret_length(page.body), request, answer,
                               chain, why)))
        return fail_in(why, "fetching the certificate of the request %u", request);
    return OUTCOME_OK;
}

enum outcome enrol_refused(const struct enrol *enrol, const char *what, int status,
                           const char *sentence, struct why *why)
{
    static const struct {
        int status;
        enum reason reason;
        const char *text;
    } known[] = {
        { 404, REASON_NO_ENROLMENT, "it has no such service" },
        { 405, REASON_NO_ENROLMENT, "it has no such service" },
        { 410, REASON_NO_ENROLMENT, "it has no such service" },
        { 429, REASON_SERVER_BUSY, "it has too much to do" },
        { 501, REASON_NO_ENROLMENT, "it has no such service" },
        { 503, REASON_SERVER_BUSY, "it is not available" },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return fail(why, known[i].reason, "%s: %s (status %d)%s%s", what, known[i].text, status,
                        *sentence ? " " : "", sentence);
    return fail(why, REASON_REFUSED, "%s: it answers with the status %d%s%s%s", what, status,
                enrol->certificate ? " to the certificate that is to be renewed" : "",
                *sentence ? " " : "", sentence);
}
