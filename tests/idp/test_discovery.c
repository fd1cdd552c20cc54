/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "idp/algorithm.h"
#include "idp/discovery.h"

#define ISSUER "https://login.example"
#define TENANT "01234567-89ab-cdef-0123-456789abcdef"
#define OTHER  "11234567-89ab-cdef-0123-456789abcdef"

/* What must be there, but for the issuer. */
#define REST                                                                                       \
    "\"token_endpoint\":\"https://login.example/token\",\"jwks_uri\":\"https://login.example/"     \
    "keys\""
#define WHOLE "{\"issuer\":\"" ISSUER "\"," REST

static struct why why;
static struct discovery found;

static enum outcome parse(const char *provider, const char *issuer, const char *text)
{
    return discovery_parse(provider_find(provider), issuer, text, strlen(text), &found, &why);
}

static void takes(const char *text)
{
    if (parse("oidc", ISSUER, text))
        fail_msg("%s: %s", text, why.text);
}

static void whole(void **state)
{
    (void)state;
    takes("{\"issuer\":\"" ISSUER "\",\"authorization_endpoint\":\"https://a.example/x?y=z\","
          "\"token_endpoint\":\"https://login.example:8443/token\","
          "\"device_authorization_endpoint\":\"https://login.example/device\","
          "\"jwks_uri\":\"https://www.example/keys\",\"userinfo_endpoint\":\"https://[::1]/me\","
          "\"revocation_endpoint\":\"https://login.example/revoke\","
          "\"id_token_signing_alg_values_supported\":[\"none\",\"HS256\",\"ES256\",\"PS512\"],"
          "\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
          "\"authorization_response_iss_parameter_supported\":true,\"more\":[{}]}");
    assert_string_equal(found.issuer, ISSUER);
    assert_string_equal(found.authorization, "https://a.example/x?y=z");
    assert_string_equal(found.token, "https://login.example:8443/token");
    assert_string_equal(found.device, "https://login.example/device");
    assert_string_equal(found.keys, "https://www.example/keys");
    assert_string_equal(found.userinfo, "https://[::1]/me");
    assert_string_equal(found.revocation, "https://login.example/revoke");
    assert_int_equal(found.algorithms,
                     ALGORITHM_BIT(ALGORITHM_ES256) | ALGORITHM_BIT(ALGORITHM_PS512));
    assert_true(found.s256 && found.names_itself);
}

/* Nothing is left of the one before. */
static void least(void **state)
{
    (void)state;
    takes(WHOLE ",\"userinfo_endpoint\":null}");
    assert_string_equal(found.token, "https://login.example/token");
    assert_string_equal(found.authorization, "");
    assert_string_equal(found.device, "");
    assert_string_equal(found.userinfo, "");
    assert_string_equal(found.revocation, "");
    assert_int_equal(found.algorithms, ALGORITHM_BIT(ALGORITHM_RS256));
    assert_true(found.s256 && !found.names_itself);
    takes(WHOLE ",\"code_challenge_methods_supported\":[\"plain\",\"s256\"]}");
    assert_false(found.s256);
    takes(WHOLE ",\"code_challenge_methods_supported\":[]}");
    assert_false(found.s256);
}

static void methods(void **state)
{
    static const struct {
        const char *told;
        enum client_method token, revocation;
    } rows[] = {
        { "}", CLIENT_BASIC, CLIENT_BASIC },
        { ",\"token_endpoint_auth_methods_supported\":null}", CLIENT_BASIC, CLIENT_BASIC },
        { ",\"token_endpoint_auth_methods_supported\":[\"none\",\"client_secret_post\"]}",
          CLIENT_POST, CLIENT_POST },
        { ",\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\","
          "\"client_secret_basic\",\"client_secret_post\"]}",
          CLIENT_BASIC, CLIENT_BASIC },
        { ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\","
          "\"client_secret_basic\"],\"revocation_endpoint_auth_methods_supported\":"
          "[\"client_secret_basic\"]}",
          CLIENT_POST, CLIENT_BASIC },
        { ",\"token_endpoint_auth_methods_supported\":[\"none\",\"tls_client_auth\"]}",
          CLIENT_NEITHER, CLIENT_NEITHER },
        { ",\"token_endpoint_auth_methods_supported\":[]}", CLIENT_NEITHER, CLIENT_NEITHER },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        text_auto *text = text_new(1024);
        text_add(text, WHOLE "%s", rows[i].told);
        takes(text_peek(text));
        if (found.token_method != rows[i].token || found.revocation_method != rows[i].revocation)
            fail_msg("%s: %d %d", rows[i].told, found.token_method, found.revocation_method);
    }
}

#define ENTRA(tenant) ISSUER "/" tenant "/v2.0"

static void issuers(void **state)
{
    static const struct {
        const char *provider, *asked, *published;
        bool same;
    } rows[] = {
        { "oidc", ISSUER, ISSUER, true },
        { "oidc", ISSUER "/", ISSUER "/", true },
        { "oidc", ISSUER, ISSUER "/", false },
        { "oidc", ISSUER "/", ISSUER, false },
        { "oidc", ISSUER, "https://Login.example", false },
        { "oidc", ISSUER, "http://login.example", false },
        { "oidc", ISSUER, "https://login.example:443", false },
        { "oidc", ISSUER, "https://evil.example", false },
        { "oidc", ISSUER, "login.example", false },
        { "google", ISSUER, "login.example", false },
        { "oidc", ENTRA("common"), ENTRA("{tenantid}"), false },
        { "oidc", ENTRA("corp.example"), ENTRA(TENANT), false },
        { "entra", ENTRA("common"), ENTRA("{tenantid}"), true },
        { "entra", ENTRA("consumers"), ENTRA(TENANT), true },
        { "entra", ENTRA("corp.example"), ENTRA(TENANT), true },
        { "entra", ENTRA(TENANT), ENTRA(TENANT), true },
        { "entra", ENTRA("01234567-89AB-cdef-0123-456789abcdef"), ENTRA(TENANT), true },
        { "entra", ENTRA("01234567-89AB-cdef-0123-456789abcdef"), ENTRA(OTHER), false },
        { "entra", ENTRA(TENANT), ENTRA(OTHER), false },
        { "entra", ENTRA(TENANT), ENTRA("{tenantid}"), false },
        { "entra", ENTRA("corp.example"), ENTRA("{tenantid}"), false },
        { "entra", ENTRA("common"), ENTRA("evil.example"), false },
        { "entra", ENTRA("common"), ENTRA("{tenant}"), false },
        { "entra", ENTRA("common"), ENTRA(TENANT "0"), false },
        { "entra", ENTRA("common"), ENTRA("g1234567-89ab-cdef-0123-456789abcdef"), false },
        { "entra", ENTRA("common"), "https://evil.example/{tenantid}/v2.0", false },
        { "entra", ENTRA("common"), "https://loain.example/{tenantid}/v2.0", false },
        { "entra", ENTRA("common"), ISSUER ".evil.example/{tenantid}/v2.0", false },
        { "entra", ENTRA("common"), ENTRA("{tenantid}") "/x", false },
        { "entra", ENTRA("common"), ISSUER "/{tenantid}", false },
        { "entra", ENTRA("common"), ISSUER "/x/{tenantid}/v2.0", false },
        { "entra", ISSUER, ISSUER "/" TENANT, false },
        { "entra", ISSUER "/", ISSUER "/" TENANT, false },
        { "entra", ISSUER, ISSUER, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        text_auto *text = text_new(1024);
        text_add(text, "{\"issuer\":\"%s\"," REST "}", rows[i].published);
        enum outcome out = parse(rows[i].provider, rows[i].asked, text_peek(text));
        if ((out == OUTCOME_OK) != rows[i].same)
            fail_msg("%s, asked for %s: %s", rows[i].published, rows[i].asked,
                     out ? why.text : "taken");
        if (out)
            test_reason(out, &why, REASON_OTHER_ISSUER, rows[i].published);
        else
            assert_string_equal(found.issuer, rows[i].published);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "", "discovery: empty" },
        { "<!DOCTYPE html><html><body>Sign in to the network</body></html>",
          "discovery: not JSON" },
        { "\xef\xbb\xbf" WHOLE "}", "discovery: not JSON" },
        { "[" WHOLE "}]", "discovery: expected an object" },
        { WHOLE, "discovery: cut off" },
        { WHOLE "}{}", "discovery: more than one JSON text" },
        { WHOLE ",\"issuer\":\"" ISSUER "\"}", "a member that is there twice" },
        { WHOLE ",\"x\":{\"a\":1,\"a\":1}}", "a member that is there twice" },
        { WHOLE ",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "discovery: too deep" },
        { WHOLE ",\"x\":\"\xff\"}", "discovery: not UTF-8" },
        { "{" REST "}", "discovery.issuer: missing" },
        { "{\"issuer\":\"\"," REST "}", "discovery.issuer: empty" },
        { "{\"issuer\":[\"" ISSUER "\"]," REST "}", "discovery.issuer: expected a text" },
        { "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":\"https://x.example/\"}",
          "discovery.jwks_uri: missing" },
        { "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"https://x.example/\"}",
          "discovery.token_endpoint: missing" },
        { "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":null,\"token_endpoint\":\"https://x.example/\"}",
          "discovery.jwks_uri: missing" },
        { WHOLE ",\"device_authorization_endpoint\":\"http://login.example/d\"}",
          "discovery.device_authorization_endpoint: the address \"http://login.example/d\" is not "
          "used: it is not https" },
        { WHOLE ",\"revocation_endpoint\":\"https://a:b@login.example/\"}", "it names a user" },
        { WHOLE ",\"userinfo_endpoint\":\"https://login.example/#a\"}", "it holds a fragment" },
        { WHOLE ",\"userinfo_endpoint\":\"https://login.example:0/\"}", "no valid port" },
        { WHOLE ",\"userinfo_endpoint\":\"https://login.example/\\n\"}", "not clean text" },
        { WHOLE ",\"authorization_endpoint\":\"javascript:alert(1)\"}", "it is not https" },
        { WHOLE ",\"authorization_endpoint\":\"file:///etc/passwd\"}", "it is not https" },
        { WHOLE ",\"authorization_endpoint\":\"/authorize\"}", "it is not https" },
        { WHOLE ",\"authorization_endpoint\":\"\"}", "it is not https" },
        { WHOLE ",\"authorization_endpoint\":{}}", "expected a text" },
        { WHOLE ",\"id_token_signing_alg_values_supported\":[\"none\",\"HS256\",\"rs256\"]}",
          "discovery.id_token_signing_alg_values_supported: none of ours" },
        { WHOLE ",\"id_token_signing_alg_values_supported\":[]}", "none of ours" },
        { WHOLE ",\"id_token_signing_alg_values_supported\":\"RS256\"}", "expected a list" },
        { WHOLE ",\"id_token_signing_alg_values_supported\":[\"RS256\",1]}", "expected a text" },
        { WHOLE ",\"code_challenge_methods_supported\":\"S256\"}", "expected a list" },
        { WHOLE ",\"token_endpoint_auth_methods_supported\":\"none\"}", "expected a list" },
        { WHOLE ",\"authorization_response_iss_parameter_supported\":\"true\"}",
          "expected true or false" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        test_reason(parse("oidc", ISSUER, rows[i].text), &why, REASON_BAD_ANSWER, rows[i].words);
}

static void utf_16(void **state)
{
    char wide[512] = "\xff\xfe";
    size_t length = 2;

    (void)state;
    for (const char *c = WHOLE "}"; *c; c++, length += 2)
        wide[length] = *c;
    test_reason(discovery_parse(provider_find("oidc"), ISSUER, wide, length, &found, &why), &why,
                REASON_BAD_ANSWER, "discovery: not UTF-8");
    test_reason(discovery_parse(provider_find("oidc"), ISSUER, wide + 2, length - 2, &found, &why),
                &why, REASON_BAD_ANSWER, "discovery: ");
}

/* An address of so many characters in this member. */
static enum outcome with_length(const char *name, size_t length)
{
    text_auto *text = text_new(4096);

    text_add(text, "{\"issuer\":\"" ISSUER "\",\"jwks_uri\":\"https://x.example/\",\"%s\":\"%s",
             name, "https://x.example/");
    for (size_t i = strlen("https://x.example/"); i < length; i++)
        text_add(text, "x");
    text_add(text, "\"}");
    return parse("oidc", ISSUER, text_peek(text));
}

static void bounds(void **state)
{
    char *large = malloc(DISCOVERY_MOST + 2);

    (void)state;
    assert_int_equal(with_length("token_endpoint", ENDPOINT_MOST - 1), OUTCOME_OK);
    assert_int_equal(strlen(found.token), ENDPOINT_MOST - 1);
    test_reason(with_length("token_endpoint", ENDPOINT_MOST), &why, REASON_BAD_ANSWER,
                "discovery.token_endpoint: too long");
    assert_non_null(large);
    memset(large, ' ', DISCOVERY_MOST + 1);
    large[DISCOVERY_MOST + 1] = '\0';
    memcpy(large, WHOLE "}", strlen(WHOLE "}"));
    test_reason(parse("oidc", ISSUER, large), &why, REASON_BAD_ANSWER,
                "discovery: longer than 65536 bytes");
    large[DISCOVERY_MOST] = '\0';
    takes(large);
    free(large);
}

static void issuer_text(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        { ISSUER, true },
        { ISSUER "/", true },
        { ISSUER "/realms/corp", true },
        { "https://login.example:8443", true },
        { "", false },
        { "login.example", false },
        { "http://login.example", false },
        { ISSUER "?a=b", false },
        { ISSUER "/?", false },
        { ISSUER "/#a", false },
        { "https://user@login.example", false },
        { "https://", false },
        { "https://login.example/a b", false },
    };
    char longest[ISSUER_MOST + 1];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (discovery_is_issuer(rows[i].text) != rows[i].good)
            fail_msg("%s is %s", rows[i].text, rows[i].good ? "none" : "one");
    memset(longest, 'x', sizeof longest);
    memcpy(longest, ISSUER "/", strlen(ISSUER "/"));
    longest[ISSUER_MOST] = '\0';
    assert_false(discovery_is_issuer(longest));
    longest[ISSUER_MOST - 1] = '\0';
    assert_true(discovery_is_issuer(longest));
}

FACTS(FACT(methods, "discovery_parse: of the ways to show a secret, the first that we know"),
      FACT(whole, "discovery_parse: all that a provider publishes, and what both know"),
      FACT(least, "discovery_parse: what a provider leaves out is empty, or the standard's"),
      FACT(issuers,
           "discovery_parse: the issuer to the letter; of tenants, the one that was named"),
      FACT(refused, "discovery_parse: whatever makes no sense is refused, and named"),
      FACT(utf_16, "discovery_parse: UTF-16 is not taken, with a mark or without"),
      FACT(bounds, "discovery_parse: addresses and the whole are bounded, to the byte"),
      FACT(issuer_text, "discovery_is_issuer: https and a host, perhaps a path, and no more"))
