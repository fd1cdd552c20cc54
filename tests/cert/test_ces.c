/* SPDX-License-Identifier: MIT */
#include "net/asking.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "cert/ca.h"
#include "cert/ces.h"
#include "cert/wstep.h"

#define TRUST     "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
#define ENROLMENT "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"
#define FAULT(code, below, text, detail)                                                           \
    "<s:Fault><s:Code><s:Value>s:" code "</s:Value>" below "</s:Code><s:Reason><s:Text>" text      \
    "</s:Text></s:Reason>" detail "</s:Fault>"
#define BELOW(word) "<s:Subcode><s:Value xmlns:q='urn:q'>q:" word "</s:Value></s:Subcode>"
#define DETAIL(inside)                                                                             \
    "<s:Detail><CertificateEnrollmentWSDetail xmlns='" ENROLMENT "'>" inside                       \
    "</CertificateEnrollmentWSDetail></s:Detail>"
#define DENIED_DETAIL                                                                              \
    DETAIL("<ErrorCode>-2146877420</ErrorCode><InvalidRequest>true</InvalidRequest>"               \
           "<RequestID>61</RequestID>")

static const char csr[] = "-----BEGIN CERTIFICATE REQUEST-----\nMAMCAQE=\n"
                          "-----END CERTIFICATE REQUEST-----\n";
static struct ca ours, others;

/* An answer of a service: the id of the message is put where % is. */
struct reply {
    const char *status, *type, *relates, *body;
};

static void answer(struct visit *visit)
{
    static char text[64 << 10], body[60 << 10], id[SOAP_ID];
    const struct reply *reply = visit->data;

    while (visit_read(visit)) {
        const char *at = strstr(visit->seen->last, "urn:uuid:");
        (void)snprintf(id, sizeof id, "%.45s", at ? at : "");
        const char *relates = reply->relates ? reply->relates : id;
        (void)snprintf(body, sizeof body,
                       "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "
                       "xmlns:a='http://www.w3.org/2005/08/addressing'><s:Header><a:RelatesTo>%s"
                       "</a:RelatesTo></s:Header><s:Body>%s</s:Body></s:Envelope>",
                       relates, reply->body);
        (void)snprintf(text, sizeof text,
                       "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                       reply->status ? reply->status : "200 OK",
                       reply->type ? reply->type : SOAP_TYPE, strlen(body), body);
        visit_say(visit, text);
    }
}

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

struct world {
    struct asking asking;
    char url[64];
    struct enrol enrol;
};

static void world_begin(struct world *world, const struct reply *reply)
{
    patient.step = step;
    asking_begin(&world->asking, answer, reply);
    (void)snprintf(world->url, sizeof world->url, "https://localhost:%d/x&amp/CES",
                   world->asking.server.port);
    world->enrol = (struct enrol){ .https = world->asking.https,
                                   .base = world->url,
                                   .asker = &patient,
                                   .budget_ms = PATIENCE_MS };
}

static enum outcome submit(const struct reply *reply, const struct secret *login,
                           struct cert_answer *got, struct chain *issued, bool *sent)
{
    struct world world;

    world_begin(&world, reply);
    world.enrol.login = login;
    enum outcome out = ces_submit(&world.enrol, csr, got, issued, sent, &why);
    asking_end(&world.asking);
    return out;
}

static struct secret *secret_of(const char *bytes)
{
    struct secret *secret = secret_new(strlen(bytes));

    assert_true(secret && secret_append(secret, bytes, strlen(bytes)));
    return secret;
}

static void addresses(void **state)
{
    static const struct {
        const char *told, *url;
        unsigned by;
    } cases[] = {
        { "https://pki.corp/", "https://pki.corp/ADPolicyProvider_CEP_Kerberos/service.svc/CEP",
          CES_BY_TICKET },
        { "pki.corp:8443",
          "https://pki.corp:8443/ADPolicyProvider_CEP_UsernamePassword/service.svc/CEP",
          CES_BY_PASSWORD },
        { "https://pki.corp/a%20b/service.svc/CES/", "https://pki.corp/a%20b/service.svc/CES",
          CES_BY_TICKET },
    };
    static const char *const bad[] = { "",
                                       "/",
                                       "https://",
                                       "http://pki.corp/x/CES",
                                       "https://a@pki.corp/CES",
                                       "https://pki.corp/CES?x" };
    char url[URL_MOST];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(ces_address(cases[i].told, cases[i].by, url, &why), OUTCOME_OK);
        assert_string_equal(url, cases[i].url);
        assert_int_equal(ces_is_policy(url), i < 2);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        test_reason(ces_address(bad[i], CES_BY_TICKET, url, &why), &why, REASON_BAD_SETTING, "");
    assert_true(ces_is_policy("https://h/x/cep"));
    assert_false(ces_is_policy("/CEP") || ces_is_policy("https://h/xCEP"));
}

static void choice(void **state)
{
    static const struct ces_address all[] = {
        { 3, CES_BY_TICKET, false, "third" },      { 1, CES_BY_TICKET, true, "renews" },
        { 2, CES_BY_TICKET, false, "second" },     { 2, CES_BY_TICKET, false, "as good" },
        { 9, CES_BY_CERTIFICATE, true, "by old" }, { 0, 1, false, "anonymous" },
    };

    (void)state;
    assert_string_equal(ces_choose(all, COUNT(all), CES_BY_TICKET)->url, "second");
    assert_string_equal(ces_choose(all, COUNT(all), CES_BY_CERTIFICATE)->url, "by old");
    assert_null(ces_choose(all, COUNT(all), CES_BY_PASSWORD));
    assert_null(ces_choose(all, 0, CES_BY_TICKET));
}

/* Base64 of this as a token. */
static const char *token(const char *kind, const gnutls_datum_t *der)
{
    static char texts[2][8192];
    static int number;
    char *text = texts[number++ % 2], base64[6144];

    assert_true(BASE64_TEXT((size_t)der->size) <= sizeof base64);
    base64_encode(der->data, der->size, base64);
    (void)snprintf(text, sizeof *texts,
                   "<BinarySecurityToken xmlns='" SOAP_WSSE "' ValueType='urn:x#%s'>%.64s&#xD;\n%s"
                   "</BinarySecurityToken>",
                   kind, base64, base64 + 64);
    return text;
}

/* A response with these tokens, as the body of an answer. */
static const char *response(const char *bundle, const char *inside, const char *number)
{
    static char text[32 << 10];

    (void)snprintf(text, sizeof text,
                   "<RequestSecurityTokenResponseCollection xmlns='" TRUST "'>"
                   "<RequestSecurityTokenResponse><DispositionMessage xmlns='" ENROLMENT
                   "'>Taken\r\nUnder</DispositionMessage>%s<RequestedSecurityToken>%s"
                   "</RequestedSecurityToken><RequestID xmlns='" ENROLMENT "'>%s</RequestID>"
                   "</RequestSecurityTokenResponse></RequestSecurityTokenResponseCollection>",
                   bundle, inside, number);
    return text;
}

static const char *issued_response(const char *kind)
{
    const gnutls_x509_crt_t both[] = { ours.crt, others.crt };
    gnutls_datum_t bundle = ca_bundle(both, 2), leaf = { 0 };
    const char *first = token(kind, &bundle);

    assert_int_equal(gnutls_x509_crt_export2(ours.crt, GNUTLS_X509_FMT_DER, &leaf), 0);
    const char *text = response(first, token("X509v3", &leaf), "61");
    gnutls_free(bundle.data);
    gnutls_free(leaf.data);
    return text;
}

static void issued(void **state)
{
    const struct reply reply = { .body = issued_response("PKCS7") };
    secret_auto *password = secret_of("<&'\">"), *login = NULL;
    chain_auto chain = { .count = 0 };
    struct cert_answer got;
    struct world world;
    bool sent = false;

    (void)state;
    assert_int_equal(soap_login("AD\\bob&", password, &login, &why), OUTCOME_OK);
    world_begin(&world, &reply);
    world.enrol.login = login;
    if (ces_submit(&world.enrol, csr, &got, &chain, &sent, &why))
        fail_msg("%s", why.text);
    const char *last = world.asking.server.seen->last;
    assert_true(sent);
    assert_int_equal(got.disposition, DISPOSITION_ISSUED);
    assert_int_equal(got.request, 61);
    assert_int_equal(chain.count, 2); /* what is there twice is kept once */
    assert_true(gnutls_x509_crt_equals(chain.all[0], ours.crt));
    assert_non_null(strstr(last, "Content-Type: application/soap+xml; charset=utf-8\r\n"));
    assert_non_null(strstr(last, "/x&amp;amp/CES</a:To>"));
    assert_non_null(strstr(last, "<o:Username>AD\\bob&amp;</o:Username>"));
    assert_non_null(strstr(last, "PasswordText\">&lt;&amp;&apos;&quot;&gt;</o:Password>"));
    assert_non_null(strstr(last, "enrollment#PKCS10\" EncodingType="));
    assert_non_null(strstr(last, ">MAMCAQE=</BinarySecurityToken>"));
    asking_end(&world.asking);
}

static void asked_again(void **state)
{
    const struct reply reply = { .body = response(
                                     "", "<SecurityTokenReference xmlns='" SOAP_WSSE "'/>", "61") };
    chain_auto chain = { .count = 0 };
    struct cert_answer got;
    struct world world;

    (void)state;
    world_begin(&world, &reply);
    if (ces_fetch(&world.enrol, 61, &got, &chain, &why))
        fail_msg("%s", why.text);
    assert_int_equal(got.disposition, DISPOSITION_PENDING);
    assert_int_equal(got.request, 61);
    assert_string_equal(got.message, "Taken Under");
    const char *last = world.asking.server.seen->last;
    assert_non_null(strstr(last, "/QueryTokenStatus</RequestType>"));
    assert_non_null(strstr(last, ">61</RequestID>"));
    assert_null(strstr(last, "UsernameToken"));
    asking_end(&world.asking);
}

static void no_answers(void **state)
{
    static const char reference[] = "<SecurityTokenReference xmlns='" SOAP_WSSE "'/>";
    const struct {
        struct reply reply;
        const char *words;
    } cases[] = {
        { { .body = "<x xmlns='urn:x'/>" }, "nothing" },
        { { .type = "text/html", .body = "" }, "text/html" },
        { { .relates = "urn:uuid:1", .body = strdup(issued_response("PKCS7")) },
          "another message" },
        { { .body = strdup(issued_response("CMC")) }, "no PKCS7" },
        { { .body = strdup(response("", reference, "")) }, "without a number" },
        { { .body = strdup(response("", reference, "0")) }, "without a number" },
        { { .body = strdup(response("", reference, "4294967296")) }, "without a number" },
        { { .body = strdup(response("", "", "61")) }, "neither" },
        { { .status = "500 Oh", .body = strdup(response("", reference, "61")) }, "status 500" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto chain = { .count = 0 };
        struct cert_answer got;
        bool sent = false;
        test_reason(submit(&cases[i].reply, NULL, &got, &chain, &sent), &why, REASON_BAD_ANSWER,
                    cases[i].words);
        assert_true(sent); /* nobody knows what came of it */
        assert_int_equal(chain.count, 0);
    }
    for (size_t i = 2; i < COUNT(cases); i++)
        free((char *)cases[i].reply.body);
}

static void faults(void **state)
{
    static const struct {
        struct reply reply;
        enum reason reason; /* NONE: there is an answer */
        enum disposition disposition;
        bool sent;
    } cases[] = {
        { { "500 Oh", NULL, NULL, FAULT("Receiver", "", "No &lt;way&gt;", DENIED_DETAIL) },
          REASON_NONE,
          DISPOSITION_DENIED,
          true },
        { { "500 Oh", NULL, NULL, FAULT("Sender", "", "No &lt;way&gt;", DENIED_DETAIL) },
          REASON_NONE,
          DISPOSITION_DENIED,
          true },
        { { "500 Oh", NULL, NULL, FAULT("Receiver", "", "No &lt;way&gt;", "") },
          REASON_NONE,
          DISPOSITION_FAILED,
          true },
        { { "500 Oh", NULL, NULL,
            FAULT("Receiver", "", "No &lt;way&gt;",
                  DETAIL("<InvalidRequest>false</InvalidRequest>")) },
          REASON_NONE,
          DISPOSITION_FAILED,
          true },
        { { "500 Oh", "text/html", NULL, "" }, REASON_NONE, DISPOSITION_FAILED, true },
        { { "400 Oh", NULL, NULL, FAULT("Sender", "", "No &lt;way&gt;", "") },
          REASON_REFUSED,
          0,
          false },
        { { "500 Oh", NULL, NULL,
            FAULT("Sender", BELOW("FailedAuthentication"), "No &lt;way&gt;", "") },
          REASON_WRONG_PASSWORD,
          0,
          false },
        { { "404 Oh", "text/html", NULL, "" }, REASON_NO_ENROLMENT, 0, false },
        { { "503 Oh", "text/html", NULL, "" }, REASON_SERVER_BUSY, 0, false },
        { { "403 Oh", "text/html", NULL, "" }, REASON_REFUSED, 0, false },
        { { "401 Oh", "text/html", NULL, "" }, REASON_REFUSED, 0, false },
    };
    secret_auto *password = secret_of("x"), *login = NULL;

    (void)state;
    assert_int_equal(soap_login("alice", password, &login, &why), OUTCOME_OK);
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto chain = { .count = 0 };
        struct cert_answer got;
        bool sent = !cases[i].sent;
        enum outcome out = submit(&cases[i].reply, login, &got, &chain, &sent);
        if (cases[i].reason)
            test_reason(out, &why, cases[i].reason, "/CES");
        else if (out || got.disposition != cases[i].disposition)
            fail_msg("case %zu: %s", i, out ? why.text : got.message);
        if (!cases[i].reason && i < 4)
            assert_string_equal(got.message, "No <way>");
        assert_int_equal(sent, cases[i].sent);
        if (got.disposition == DISPOSITION_DENIED) {
            assert_int_equal(got.code, 0x80094014);
            assert_int_equal(got.request, 61);
        }
    }
}

static void logins(void **state)
{
    static const char *const names[] = { "", "a\nb", "a\x80" }, *const words[] = { "a\nb", "\x80" };
    secret_auto *right = secret_of("x"), *login = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        test_reason(soap_login(names[i], right, &login, &why), &why, REASON_BAD_NAME, "");
    for (size_t i = 0; i < COUNT(words); i++) {
        secret_auto *bad = secret_of(words[i]);
        test_reason(soap_login("alice", bad, &login, &why), &why, REASON_BAD_PASSWORD, "");
    }
    assert_null(login);
}

static void policy_faults(void **state)
{
    static const struct reply reply = { .status = "500 Oh", .body = FAULT("Sender", "", "No", "") };
    static struct policy policy;
    const struct chain none = { .count = 0 };
    struct world world;

    (void)state;
    world_begin(&world, &reply);
    test_reason(ces_policy(&world.enrol, "Small", &none, &policy, &why), &why, REASON_REFUSED,
                "asking for the policy");
    assert_non_null(strstr(world.asking.server.seen->last, "<clientVersion>0</clientVersion>"));
    asking_end(&world.asking);
}

int main(void)
{
    static const struct CMUnitTest facts[] = {
        FACT(addresses, "ces_address: as it is; a host's is its policy server"),
        FACT(choice, "ces_choose: the least number of those that take who asks so"),
        FACT(issued, "ces_submit: the certificate is in the answer; the password in the header"),
        FACT(asked_again, "ces_fetch: pending, by its number"),
        FACT(no_answers, "ces_submit: what is no answer leaves open what came of it"),
        FACT(faults, "ces_submit: denied, failed, or not acted upon, with the server's words"),
        FACT(logins, "soap_login: what XML cannot say is not sent"),
        FACT(policy_faults, "ces_policy: versions are named; a fault is told"),
    };

    ours = ca_make("Ours", NULL);
    others = ca_make("Others", NULL);
    return test_run(facts, COUNT(facts));
}
