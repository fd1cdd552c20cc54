/* SPDX-License-Identifier: MIT */
#include "cert/wstep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

enum { BODY_MOST = 128 << 10, REQUEST_MOST = 64 << 10, TYPE_MOST = 256 };

#define TRUST     "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
#define ENROLMENT "http://schemas.microsoft.com/windows/pki/2009/01/enrollment"
#define TOKEN_TYPE                                                                                 \
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
#define BEGIN                                                                                      \
    "<RequestSecurityToken PreferredLanguage=\"en-US\" xmlns=\"" TRUST "\"><TokenType>" TOKEN_TYPE \
    "</TokenType><RequestType>"
#define END "</RequestSecurityToken>"

static enum outcome finish(struct text **made, struct text **body, struct why *why)
{
    if (!*made || !text_ok(*made))
        return fail_memory(why);
    *body = *made;
    *made = NULL;
    return OUTCOME_OK;
}

enum outcome wstep_issue(const char *pem, struct text **body, struct why *why)
{
    gnutls_datum_t text = { (unsigned char *)pem, (unsigned)strlen(pem) }, der = { 0 };
    const char *type = strstr(pem, "-----BEGIN PKCS7-----") ? "PKCS7" : "PKCS10";
    text_auto *made = text_new(BODY_MOST);

    if (text.size > REQUEST_MOST || gnutls_pem_base64_decode2(NULL, &text, &der))
        return fail(why, REASON_BROKEN, "that is no request");
    char *base64 = malloc(BASE64_TEXT((size_t)der.size));
    if (base64)
        base64_encode(der.data, der.size, base64);
    gnutls_free(der.data);
    if (!base64 || !made) {
        free(base64);
        return fail_memory(why);
    }
    text_add(made,
             BEGIN TRUST "/Issue</RequestType><BinarySecurityToken ValueType=\"" ENROLMENT "#%s\" "
                         "EncodingType=\"" SOAP_WSSE "#base64binary\" u:Id=\"\" xmlns:u=\"" SOAP_WSU
                         "\" xmlns=\"" SOAP_WSSE "\">",
             type);
    text_add_bytes(made, base64, strlen(base64));
    text_add(made,
             "</BinarySecurityToken><RequestID xsi:nil=\"true\" xmlns=\"" ENROLMENT "\"/>" END);
    free(base64);
    return finish(&made, body, why);
}

enum outcome wstep_query(unsigned request, struct text **body, struct why *why)
{
    text_auto *made = text_new(BODY_MOST);

    if (made)
        text_add(made,
                 BEGIN ENROLMENT "/QueryTokenStatus</RequestType><RequestID xmlns=\"" ENROLMENT
                                 "\">%u</RequestID>" END,
                 request);
    return finish(&made, body, why);
}

/* What is behind the # of its type, of which servers write the beginning in two ways. */
static bool has_type(const xml_node *token, const char *type)
{
    char text[TYPE_MOST];

    if (!token || !xml_attribute(token, "ValueType", text, sizeof text))
        return false;
    const char *mark = strchr(text, '#');
    return mark && !strcmp(mark + 1, type);
}

static enum outcome read_token(const xml_node *token, const char *type, struct chain *chain,
                               struct why *why)
{
    gnutls_datum_t der;
    enum outcome out;

    if (!has_type(token, type))
        return fail(why, REASON_BAD_ANSWER, "a token is no %s", type);
    if ((out = xml_base64(token, &der, why)))
        return out;
    out = chain_read(der.data, der.size, chain, why);
    gnutls_free(der.data);
    return out;
}

/* The bundle has it as well, and what leads to the authority. */
static enum outcome read_issued(const xml_node *leaf, const xml_node *bundle, struct chain *issued,
                                struct why *why)
{
    chain_auto others = { .count = 0 };
    enum outcome out = read_token(leaf, "X509v3", issued, why);

    if (!out && bundle)
        out = read_token(bundle, "PKCS7", &others, why);
    for (unsigned i = 0; !out && i < others.count && issued->count < CHAIN_MOST; i++)
        if (!gnutls_x509_crt_equals(others.all[i], issued->all[0]))
            out = chain_add(issued, others.all[i], why);
    if (out)
        chain_free(issued);
    return out;
}

enum outcome wstep_read(const xml_node *body, struct cert_answer *answer, struct chain *issued,
                        struct why *why)
{
    const xml_node *all = xml_child(body, TRUST, "RequestSecurityTokenResponseCollection"),
                   *one = xml_child(all, TRUST, "RequestSecurityTokenResponse"),
                   *asked = xml_child(one, TRUST, "RequestedSecurityToken"),
                   *leaf = xml_child(asked, SOAP_WSSE, "BinarySecurityToken"),
                   *number = xml_child(one, ENROLMENT, "RequestID");

    issued->count = 0;
    if (!one || xml_next(one, TRUST, "RequestSecurityTokenResponse"))
        return fail(why, REASON_BAD_ANSWER, "%s", one ? "it answers twice" : "it answers nothing");
    (void)xml_text(xml_child(one, ENROLMENT, "DispositionMessage"), answer->message,
                   sizeof answer->message);
    bool has_number = xml_number(number, &answer->request) && answer->request;
    if (leaf) {
        answer->disposition = DISPOSITION_ISSUED;
        return read_issued(leaf, xml_child(one, SOAP_WSSE, "BinarySecurityToken"), issued, why);
    }
    if (!xml_child(asked, SOAP_WSSE, "SecurityTokenReference"))
        return fail(why, REASON_BAD_ANSWER, "it has neither a certificate nor where to ask: %s",
                    answer->message);
    if (!has_number)
        return fail(why, REASON_BAD_ANSWER, "it is pending, without a number: %s", answer->message);
    answer->disposition = DISPOSITION_PENDING;
    return OUTCOME_OK;
}

bool wstep_is_denial(const struct soap_fault *fault, struct cert_answer *answer)
{
    const xml_node *detail = xml_child(fault->detail, ENROLMENT, "CertificateEnrollmentWSDetail");
    int code = 0;

    (void)snprintf(answer->message, sizeof answer->message, "%s", fault->text);
    (void)xml_number(xml_child(detail, ENROLMENT, "RequestID"), &answer->request);
    if (xml_signed(xml_child(detail, ENROLMENT, "ErrorCode"), &code))
        answer->code = (unsigned)code;
    if (!xml_is_true(xml_child(detail, ENROLMENT, "InvalidRequest")))
        return false;
    answer->disposition = DISPOSITION_DENIED;
    return true;
}
