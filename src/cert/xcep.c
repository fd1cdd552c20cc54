/* SPDX-License-Identifier: MIT */
#include "cert/xcep.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define POLICY "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"

/* Servers hide templates from who does not name the versions. */
const char xcep_body[] =
    "<GetPolicies xmlns=\"" POLICY "\"><client><lastUpdate xsi:nil=\"true\"/>"
    "<preferredLanguage xsi:nil=\"true\"/></client><requestFilter><policyOIDs xsi:nil=\"true\"/>"
    "<clientVersion>0</clientVersion><serverVersion>0</serverVersion></requestFilter>"
    "</GetPolicies>";

const struct ces_address *ces_choose(const struct ces_address *all, unsigned count,
                                     unsigned authentication)
{
    const struct ces_address *best = NULL;

    for (unsigned i = 0; i < count; i++)
        if (all[i].authentication == authentication &&
            (!all[i].renewal_only || authentication == CES_BY_CERTIFICATE) &&
            (!best || all[i].priority < best->priority))
            best = &all[i];
    return best;
}

static const xml_node *below(const xml_node *node, const char *name)
{
    return xml_child(node, POLICY, name);
}

static const xml_node *find_policy(const xml_node *response, const char *name)
{
    char text[TEMPLATE_NAME];
    const xml_node *each = below(below(response, "policies"), "policy");

    for (; each; each = xml_next(each, POLICY, "policy"))
        if (xml_word(below(below(each, "attributes"), "commonName"), text, sizeof text) &&
            !strcasecmp(text, name))
            return each;
    return NULL;
}

/* OIDs stand in a list of their own. */
static bool find_oid(const xml_node *answer, int wanted, char oid[TEMPLATE_OID])
{
    const xml_node *each = below(below(answer, "oIDs"), "oID");
    int id = 0;

    for (; each; each = xml_next(each, POLICY, "oID"))
        if (xml_signed(below(each, "oIDReferenceID"), &id) && id == wanted)
            return xml_word(below(each, "value"), oid, TEMPLATE_OID);
    return false;
}

static enum outcome take_template(const xml_node *answer, const xml_node *from,
                                  struct cert_template *template, struct why *why)
{
    const xml_node *attributes = below(from, "attributes"),
                   *revision = below(attributes, "revision");
    unsigned version = 0;
    int reference = 0;

    (void)xml_word(below(attributes, "commonName"), template->name, sizeof template->name);
    (void)xml_number(below(below(attributes, "privateKeyAttributes"), "minimalKeyLength"),
                     &template->key_bits);
    if (!xml_number(below(attributes, "policySchema"), &version))
        return fail(why, REASON_BAD_ANSWER, "the template %s has no version", template->name);
    if (version < 2)
        return OUTCOME_OK;
    if (!xml_signed(below(from, "policyOIDReference"), &reference) ||
        !find_oid(answer, reference, template->oid) ||
        !xml_number(below(revision, "majorRevision"), &template->major) ||
        !xml_number(below(revision, "minorRevision"), &template->minor))
        return fail(why, REASON_BAD_ANSWER, "the template %s has no OID or revision",
                    template->name);
    return OUTCOME_OK;
}

static bool is_of_ours(const xml_node *authority, const struct chain *own)
{
    gnutls_datum_t der;
    chain_auto read = { .count = 0 };
    struct why why;
    bool is_ours = false;

    if (xml_base64(below(authority, "certificate"), &der, &why))
        return false;
    bool good = !chain_read(der.data, der.size, &read, &why);
    gnutls_free(der.data);
    for (unsigned i = 0; good && i < own->count; i++)
        is_ours = is_ours || gnutls_x509_crt_equals(read.all[0], own->all[i]);
    return is_ours;
}

static bool refers(const xml_node *policy, int id)
{
    const xml_node *each = below(below(policy, "cAs"), "cAReference");
    int other = 0;

    for (; each; each = xml_next(each, POLICY, "cAReference"))
        if (xml_signed(each, &other) && other == id)
            return true;
    return false;
}

/* What does not fit is left out, as if it were not there. */
static void take_addresses(const xml_node *authority, struct policy *policy)
{
    const xml_node *each = below(below(authority, "uris"), "cAURI");

    for (; each && policy->count < CES_ADDRESSES; each = xml_next(each, POLICY, "cAURI")) {
        struct ces_address *to = &policy->addresses[policy->count];
        *to = (struct ces_address){ .renewal_only = xml_is_true(below(each, "renewalOnly")) };
        (void)xml_number(below(each, "priority"), &to->priority);
        if (xml_number(below(each, "clientAuthentication"), &to->authentication) &&
            xml_word(below(each, "uri"), to->url, sizeof to->url))
            policy->count++;
    }
}

enum outcome xcep_read(const xml_node *body, const char *name, const struct chain *own,
                       struct policy *policy, struct why *why)
{
    const xml_node *answer = below(body, "GetPoliciesResponse"),
                   *response = below(answer, "response");
    const xml_node *found = find_policy(response, name);
    const xml_node *each = below(below(answer, "cAs"), "cA");
    bool any = false;
    int id = 0;

    *policy = (struct policy){ .count = 0 };
    if (!response)
        return fail(why, REASON_BAD_ANSWER, "there is no policy in the answer");
    if (!found)
        return fail(why, REASON_NO_AUTHORITY, "the policy has no template %s", name);
    if (!xml_is_true(below(below(below(found, "attributes"), "permission"), "enroll")))
        return fail(why, REASON_NO_AUTHORITY, "the policy does not give the template %s to you",
                    name);
    for (; each; each = xml_next(each, POLICY, "cA"))
        if (xml_signed(below(each, "cAReferenceID"), &id) && refers(found, id) &&
            xml_is_true(below(each, "enrollPermission")) && is_of_ours(each, own)) {
            any = true;
            take_addresses(each, policy);
        }
    return any ? take_template(answer, found, &policy->template, why)
               : fail(why, REASON_NO_AUTHORITY,
                      "the policy has no authority for the template %s that is the one to ask",
                      name);
}
