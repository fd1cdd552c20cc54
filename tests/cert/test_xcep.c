/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "cert/ca.h"
#include "cert/xcep.h"

#define POLICY "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"

static struct why why;
static struct ca ours, others;

/* A policy: what stands in the attributes, and in the authority. */
static const char *policy_text(const char *attributes, const char *authority, const char *oids)
{
    static char text[16 << 10];
    gnutls_datum_t der = { 0 };
    char base64[4096];

    assert_int_equal(gnutls_x509_crt_export2(ours.crt, GNUTLS_X509_FMT_DER, &der), 0);
    base64_encode(der.data, der.size, base64);
    gnutls_free(der.data);
    (void)snprintf(
        text, sizeof text,
        "<GetPoliciesResponse xmlns='" POLICY "'><response><policies><policy><policyOIDReference>6"
        "</policyOIDReference><cAs><cAReference>0</cAReference></cAs><attributes><commonName>Small"
        "</commonName>%s</attributes></policy></policies></response><cAs><cA><uris><cAURI>"
        "<clientAuthentication>2</clientAuthentication><uri>https://h/CES</uri><priority>1</"
        "priority>"
        "<renewalOnly>false</renewalOnly></cAURI><cAURI><uri>https://bare/</uri></cAURI><cAURI>"
        "<clientAuthentication>8</clientAuthentication><uri>https://h/R</uri><priority/>"
        "<renewalOnly>true</renewalOnly></cAURI></uris><certificate>%s</certificate>%s</cA></cAs>"
        "<oIDs>%s</oIDs></GetPoliciesResponse>",
        attributes, base64, authority, oids);
    return text;
}

#define MAY    "<permission><enroll>true</enroll></permission>"
#define SECOND "<policySchema>2</policySchema>"
#define REVISION                                                                                   \
    "<revision><majorRevision>100</majorRevision><minorRevision>4</minorRevision></revision>"
#define BITS   "<privateKeyAttributes><minimalKeyLength>256</minimalKeyLength></privateKeyAttributes>"
#define ISSUES "<enrollPermission>true</enrollPermission><cAReferenceID>0</cAReferenceID>"
#define NUMBER "<oID><value>1.3.6.1</value><oIDReferenceID>6</oIDReferenceID></oID>"

static enum outcome look(const char *text, const char *name, const struct ca *of,
                         struct policy *policy)
{
    chain_auto own = { .count = 0 };
    xml_auto *xml = NULL;
    char body[17 << 10];

    (void)snprintf(body, sizeof body, "<b xmlns='urn:b'>%s</b>", text);
    assert_int_equal(chain_add(&own, of->crt, &why), OUTCOME_OK);
    assert_int_equal(xml_read(body, strlen(body), &xml, &why), OUTCOME_OK);
    return xcep_read(xml_root(xml, "urn:b", "b"), name, &own, policy, &why);
}

static void policies(void **state)
{
    static struct policy policy;

    (void)state;
    if (look(policy_text(MAY SECOND REVISION BITS, ISSUES, NUMBER), "small", &ours, &policy))
        fail_msg("%s", why.text);
    assert_string_equal(policy.template.name, "Small");
    assert_string_equal(policy.template.oid, "1.3.6.1");
    assert_int_equal(policy.template.major, 100);
    assert_int_equal(policy.template.minor, 4);
    assert_int_equal(policy.template.key_bits, 256);
    assert_int_equal(policy.count, 2);
    assert_true(policy.addresses[1].renewal_only && !policy.addresses[0].renewal_only);
    assert_string_equal(policy.addresses[1].url, "https://h/R");
    assert_int_equal(look(policy_text(MAY "<policySchema>1</policySchema>", ISSUES, NUMBER),
                          "Small", &ours, &policy),
                     OUTCOME_OK);
    assert_string_equal(policy.template.oid, "");
}

static void no_policies(void **state)
{
    static const struct {
        const char *attributes, *authority, *oids, *name;
        enum reason reason;
    } cases[] = {
        { MAY SECOND REVISION, ISSUES, NUMBER, "Other", REASON_NO_AUTHORITY },
        { SECOND REVISION, ISSUES, NUMBER, "Small", REASON_NO_AUTHORITY },
        { MAY SECOND REVISION, "<cAReferenceID>0</cAReferenceID>", NUMBER, "Small",
          REASON_NO_AUTHORITY },
        { MAY SECOND REVISION, "<enrollPermission>true</enrollPermission>", NUMBER, "Small",
          REASON_NO_AUTHORITY },
        { MAY SECOND REVISION,
          "<enrollPermission>true</enrollPermission><cAReferenceID>7</cAReferenceID>", NUMBER,
          "Small", REASON_NO_AUTHORITY },
        { MAY SECOND REVISION, ISSUES, "", "Small", REASON_BAD_ANSWER },
        { MAY SECOND, ISSUES, NUMBER, "Small", REASON_BAD_ANSWER },
        { MAY REVISION, ISSUES, NUMBER, "Small", REASON_BAD_ANSWER },
    };
    static struct policy policy;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        test_reason(look(policy_text(cases[i].attributes, cases[i].authority, cases[i].oids),
                         cases[i].name, &ours, &policy),
                    &why, cases[i].reason, "");
    test_reason(look(policy_text(MAY SECOND REVISION, ISSUES, NUMBER), "Small", &others, &policy),
                &why, REASON_NO_AUTHORITY, "the one to ask");
    test_reason(look("<x xmlns='urn:x'/>", "Small", &ours, &policy), &why, REASON_BAD_ANSWER,
                "no policy");
}

int main(void)
{
    static const struct CMUnitTest facts[] = {
        FACT(policies, "xcep_read: the template and the addresses of the authority"),
        FACT(no_policies, "xcep_read: not there, not the person's, of another authority"),
    };

    ours = ca_make("Ours", NULL);
    others = ca_make("Others", NULL);
    return test_run(facts, COUNT(facts));
}
