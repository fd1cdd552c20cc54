/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cert/ca.h"
#include "cert/certsrv.h"

#define HEAD                                                                                       \
    "\r\n\r\n<HTML>\r\n<Head>\r\n<Title>Microsoft Active Directory Certificate Services</Title>"   \
    "\r\n</Head>\r\n<Body BgColor=#FFFFFF><Font ID=locPageFont Face=\"Arial\">\r\n"                \
    "<Table><TR><TD><Font ID=locMSCertSrv>Corp CA</Font></TD></TR></Table>\r\n"

static const char issued_links[] =
    HEAD "<P ID=locPageTitle><B>Certificate Issued</B>\r\n<P ID=locInfoDlCert>\r\n"
         "<A Href=\"certnew.cer?ReqID=CACert&amp;Renewal=0&amp;Enc=b64\">CA</A>\r\n"
         "<A Href=\"certnew.cer?ReqID=1234&amp;Enc=b64\">Download certificate</A>\r\n"
         "<A Href=\"certnew.p7b?ReqID=1234&amp;Enc=b64\">Download chain</A></Font></Body></HTML>";

static const char issued_script[] = HEAD
    "<P ID=locPageTitle><B>Zertifikat ausgestellt</B>\r\n<Script Language=\"JavaScript\">\r\n"
    "<!--\r\nfunction go() { if (1 < 2) location=\"certnew.cer?ReqID=77&\"+getEncoding(); }\r\n"
    "function all() { location='certnew.p7b?ReqID=77&'+getEncoding(); }\r\n//-->\r\n</Script>";

static const char pending[] =
    HEAD "<P ID=locPageTitle><B>Certificate Pending</B>\r\n<P ID=locInfoNewReq>\r\n"
         "Your certificate request has been received. However, you must wait.\r\n"
         "<P ID=locInfoReqID>\r\nYour Request Id is 42.\r\n<P ID=locInstructions>\r\n"
         "Please return to this web site in a day or two. <Table ID=t><TR><TD>10 days</TABLE>";

static const char pending_german[] =
    HEAD "<P id='locPageTitle'><B>Zertifikat steht aus</B>\r\n<p id=\"locInfoNewReq\">\r\n"
         "Ihre Anforderung ist eingegangen.\r\n<p id = x><p id=\"LOCINFOREQID\">\r\n"
         "Ihre Anforderungskennung ist <b>4711</b>.\r\n<P ID=locNote>innerhalb von 10 Tagen";

static const char denied[] =
    HEAD "<P ID=locPageTitle><B>Certificate Request Denied</B>\r\n<P ID=locDenied>\r\n"
         "Your certificate request was denied.\r\n<P ID=locInfoReqIDandReason>\r\n"
         "Your Request Id is 9. The disposition message is \"Denied by Policy Module  0x80094800, "
         "The request was for a certificate template that is not supported by the Active "
         "Directory Certificate Services policy: No&amp;Such.\r\n\".\r\n<P ID=locContactAdmin>\r\n"
         "Contact your administrator for further information.\r\n</Font></Body></HTML>";

static const char denied_german[] =
    HEAD "<P ID=locInfoReqIDandReason>Ihre Anforderungskennung ist 10. Meldung: \"Fehler beim "
         "Verarbeiten. Ung&#252;ltiges Zeichen &#x2028; 0x8009310b\".";

static const char error_page[] =
    HEAD "<P ID=locPageTitle>Error<P ID=locModeCertFetch>(certificate/crl fetch)"
         "<Table><TR><TD ID=locDispLabel>Disposition 9:</TD><TD>%d</TD></TR>\r\n"
         "<TR><TD ID=locDispMsgLabel>Disposition message:</TD><TD>\r\n\t\t\t%s\r\n</TD></TR>\r\n"
         "<TR><TD ID=locResultLabel>Result:</TD><TD>The operation completed.</TD></TR>\r\n"
         "<TR><TD ID=locLastStatLabel>LastStatus:</TD><TD>%s</TD></TR>\r\n"
         "<TR><TD ID=locSugCauseLabel>Suggested Cause:</TD><TD>0x00000000</TD></TR></Table>";

static struct why why;
static struct cert_answer answer;

static enum outcome submitted(const char *page)
{
    return certsrv_submitted(page, strlen(page), &answer, &why);
}

static void is(const char *page, enum disposition disposition, unsigned request)
{
    if (submitted(page))
        fail_msg("%s", why.text);
    assert_int_equal(answer.disposition, disposition);
    assert_int_equal(answer.request, request);
}

static void dispositions(void **state)
{
    (void)state;
    is(issued_links, DISPOSITION_ISSUED, 1234);
    is(issued_script, DISPOSITION_ISSUED, 77);
    is(pending, DISPOSITION_PENDING, 42);
    is(pending_german, DISPOSITION_PENDING, 4711);
    is(denied, DISPOSITION_DENIED, 9);
    assert_int_equal(answer.code, 0x80094800);
    assert_string_equal(answer.message,
                        "Denied by Policy Module 0x80094800, The request was for a certificate "
                        "template that is not supported by the Active Directory Certificate "
                        "Services policy: No&Such.");
    is(denied_german, DISPOSITION_DENIED, 10);
    assert_int_equal(answer.code, 0x8009310b);
    assert_non_null(strstr(answer.message, "Ung\xc3\xbcltiges"));
    assert_true(text_is_clean(answer.message, strlen(answer.message)));
}

static void words(void **state)
{
    static const char *const pages[] = {
        "",
        "Certificate Issued. Your Request Id is 5.",
        "<P ID=locPageTitle>Certificate Pending</P> Your Request Id is 5.",
        "<P>Certificate Request Denied: certnew.cer?ReqID=5&amp;Enc=b64",
        "<!-- <P ID=locDenied> certnew.cer?ReqID=5& -->",
        "<!-- <A Href=\"certnew.cer?ReqID=5&\">",
        "<html><head><title>Sign in to the proxy</title><body id=locDeniedToo>",
        "<P ID=locInfoReqID>Your Request Id is unknown.",
        "<P ID=locInfoReqID>Your Request Id is 12345678901.",
        "<P ID=locInfoReqID>Your Request Id is 0x12.",
        "<a href='certnew.cer?ReqID=CACert&Enc=b64'>",
        "<a href='certnew.cer?ReqID=5'>",
        "<a href='certnew.cer?ReqID=0&Enc=b64'>",
        "<a href='certnew.cer?ReqID=9999999999&Enc=b64'>",
        "<a href='certnew.cer?ReqID=-1&Enc=b64'>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++)
        if (submitted(pages[i]) != OUTCOME_STRANGE || why.reason != REASON_BAD_ANSWER)
            fail_msg("%s: %d", pages[i], (int)answer.disposition);
}

/* A denial whose message, which somebody else may have written, looks like another answer. */
static void two_things(void **state)
{
    static const char *const pages[] = {
        "<a href='certnew.cer?ReqID=5&Enc=b64'><a href='certnew.cer?ReqID=6&Enc=b64'>",
        "<P ID=locDenied><a href='certnew.cer?ReqID=5&Enc=b64'>",
        "<P ID=locDenied><P ID=locInfoReqID>Your Request Id is 5",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++)
        test_reason(submitted(pages[i]), &why, REASON_BAD_ANSWER, "two things");
    is("<P ID=locInfoReqIDandReason>Id 7 \"a &lt;a href='certnew.cer?ReqID=5&amp;'&gt; "
       "certnew.cer?ReqID=6&amp; b\"",
       DISPOSITION_DENIED, 7);
    assert_string_equal(answer.message, "a <a href='certnew.cer?ReqID=5&'> certnew.cer?ReqID=6& b");
}

static void hostile(void **state)
{
    static char big[CERTSRV_PAGE_MOST + 2];
    static const char *const rows[] = { "<",
                                        "<!--",
                                        "<a id=",
                                        "<a id='",
                                        "&#x",
                                        "<script>",
                                        "&",
                                        "<P ID=locInfoReqIDandReason>",
                                        "certnew.cer?ReqID=1&" };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i]);
        for (size_t at = 0; at + length < sizeof big; at += length)
            memcpy(big + at, rows[i], length);
        (void)certsrv_submitted(big, CERTSRV_PAGE_MOST, &answer, &why);
        test_reason(certsrv_submitted(big, sizeof big, &answer, &why), &why, REASON_BAD_ANSWER,
                    "bytes");
    }
    (void)snprintf(big, sizeof big, "<P ID=locInfoReqIDandReason>Id 7 \"");
    memset(big + strlen(big), 'x', 100000);
    big[100000] = '\0';
    is(big, DISPOSITION_DENIED, 7);
    assert_int_equal(strlen(answer.message), sizeof answer.message - 1);
}

static enum outcome fetched(const void *bytes, size_t length, struct chain *chain)
{
    return certsrv_fetched(bytes, length, 12, &answer, chain, &why);
}

static void errors(void **state)
{
    static const struct {
        int number;
        const char *message, *status;
        enum disposition disposition;
        unsigned long code;
        const char *told;
    } cases[] = {
        { 5, "Taken Under Submission", "The operation completed successfully. 0x0 (WIN32: 0)",
          DISPOSITION_PENDING, 0, "Taken Under Submission" },
        { 2, "Denied by CORP\\boss", "0x80094014 (-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)",
          DISPOSITION_DENIED, 0x80094014, "Denied by CORP\\boss" },
        { 3, "Issued", "?", DISPOSITION_FAILED, 0, "Issued" },
        { 0, "", "The requested property value is empty. 0x80094004 (CERTSRV_E_PROPERTY_EMPTY)",
          DISPOSITION_FAILED, 0x80094004, "The requested property value is empty." },
    };
    char page[2048];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto chain = { .count = 0 };
        int length = snprintf(page, sizeof page, error_page, cases[i].number, cases[i].message,
                              cases[i].status);
        if (fetched(page, (size_t)length, &chain))
            fail_msg("%s", why.text);
        assert_int_equal(answer.disposition, cases[i].disposition);
        assert_int_equal(answer.request, 12);
        assert_int_equal(answer.code, cases[i].code);
        assert_memory_equal(answer.message, cases[i].told, strlen(cases[i].told));
        assert_int_equal(chain.count, 0);
    }
    chain_auto none = { .count = 0 };
    test_reason(fetched("<html>proxy", 11, &none), &why, REASON_BAD_ANSWER, "neither");
    test_reason(fetched("", 0, &none), &why, REASON_BAD_ANSWER, "neither");
    test_reason(fetched(pending, sizeof pending - 1, &none), &why, REASON_BAD_ANSWER, "neither");
}

/* PKCS#7 as PEM under this label. */
static gnutls_datum_t as_pem(const char *label, const gnutls_datum_t *der)
{
    gnutls_datum_t pem = { 0 };

    assert_int_equal(gnutls_pem_base64_encode2(label, der, &pem), 0);
    return pem;
}

static void bundles(void **state)
{
    static const char *const labels[] = { "CERTIFICATE", "PKCS7", "X509 CERTIFICATE" };
    struct ca root = ca_make("Root", NULL), issuing = ca_make("Issuing", &root);
    const gnutls_x509_crt_t both[] = { issuing.crt, root.crt };
    gnutls_datum_t bundle = ca_bundle(both, 2), one = { 0 };

    (void)state;
    assert_int_equal(gnutls_x509_crt_export2(root.crt, GNUTLS_X509_FMT_DER, &one), 0);
    for (size_t i = 0; i < COUNT(labels); i++) {
        chain_auto chain = { .count = 0 }, single = { .count = 0 };
        gnutls_datum_t pem = as_pem(labels[i], &bundle), pem1 = as_pem(labels[i], &one);
        assert_int_equal(fetched(pem.data, pem.size, &chain), OUTCOME_OK);
        assert_int_equal(answer.disposition, DISPOSITION_ISSUED);
        assert_int_equal(chain.count, 2);
        assert_int_equal(fetched(pem1.data, pem1.size, &single), OUTCOME_OK);
        assert_int_equal(single.count, 1);
        gnutls_free(pem.data);
        gnutls_free(pem1.data);
    }
    chain_auto chain = { .count = 0 }, single = { .count = 0 }, cut = { .count = 0 };
    assert_int_equal(fetched(bundle.data, bundle.size, &chain), OUTCOME_OK);
    assert_int_equal(chain.count, 2);
    assert_int_equal(fetched(one.data, one.size, &single), OUTCOME_OK);
    for (unsigned length = 0; length < bundle.size; length++)
        test_reason(chain_read(bundle.data, length, &cut, &why), &why, REASON_BAD_ANSWER, "");
    for (unsigned length = 0; length < one.size; length++)
        test_reason(chain_read(one.data, length, &cut, &why), &why, REASON_BAD_ANSWER, "");
    gnutls_free(bundle.data);
    gnutls_free(one.data);
    ca_free(&root);
    ca_free(&issuing);
}

static void too_many(void **state)
{
    struct ca cas[CHAIN_MOST + 1];
    gnutls_x509_crt_t all[CHAIN_MOST + 1];
    static unsigned char big[CHAIN_BYTES_MOST + 1] = { 0x30 };
    chain_auto chain = { .count = 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(cas); i++) {
        cas[i] = ca_make("Root", i ? &cas[0] : NULL);
        all[i] = cas[i].crt;
    }
    gnutls_datum_t most = ca_bundle(all, CHAIN_MOST), more = ca_bundle(all, CHAIN_MOST + 1);
    assert_int_equal(chain_read(most.data, most.size, &chain, &why), OUTCOME_OK);
    assert_int_equal(chain.count, CHAIN_MOST);
    test_reason(chain_add(&chain, all[0], &why), &why, REASON_BAD_ANSWER, "more than");
    chain_free(&chain);
    test_reason(chain_read(more.data, more.size, &chain, &why), &why, REASON_BAD_ANSWER, "17");
    test_reason(chain_read(big, sizeof big, &chain, &why), &why, REASON_BAD_ANSWER, "bytes");
    test_reason(chain_read(big, sizeof big - 1, &chain, &why), &why, REASON_BAD_ANSWER,
                "malformed");
    gnutls_free(most.data);
    gnutls_free(more.data);
    for (size_t i = 0; i < COUNT(cas); i++)
        ca_free(&cas[i]);
}

FACTS(FACT(dispositions,
           "certsrv_submitted: issued, pending, denied, in both kinds of pages and two "
           "languages"),
      FACT(words, "certsrv_submitted: no word of any language is believed, nor a comment"),
      FACT(two_things, "certsrv_submitted: a page that says two things; one that only quotes one"),
      FACT(hostile, "certsrv_submitted: endless tags, entities and texts are bounded"),
      FACT(errors, "certsrv_fetched: pending, denied, failed, each with the CA's own sentence"),
      FACT(bundles, "chain_read: DER and PEM, whatever the label; cut anywhere it is refused"),
      FACT(too_many, "chain_read: certificates and bytes are bounded"))
