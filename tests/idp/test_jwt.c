/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "idp/jwt.h"
#include "vectors.h"

static struct why why;

static struct jwks *keys_of(const struct vector *vector)
{
    struct jwks *jwks = NULL;
    char text[4096];

    (void)snprintf(text, sizeof text, "{\"keys\":[%s]}", vector->key);
    if (jwks_parse(text, strlen(text), &jwks, &why))
        fail_msg("%s: %s", vector->source, why.text);
    return jwks;
}

static enum outcome open_with(const struct jwks *jwks, const char *token, size_t length,
                              unsigned algorithms, struct jwt *jwt)
{
    secret_auto *secret = secret_new(length);

    assert_non_null(secret);
    assert_true(secret_append(secret, token, length));
    return jwt_open(secret, jwks, algorithms, jwt, &why);
}

static void opens(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        jwks_auto *jwks = keys_of(&vectors[i]);
        jwt_auto jwt = { 0 };
        if (open_with(jwks, vectors[i].token, strlen(vectors[i].token), ~0U, &jwt))
            fail_msg("%s: %s", vectors[i].source, why.text);
        assert_string_equal(secret_peek(jwt.payload), vectors[i].payload);
        assert_string_equal(algorithm_facts(jwt.algorithm)->name,
                            strrchr(vectors[i].source, ' ') + 1);
    }
    assert_int_equal(COUNT(vectors), 7);
}

/* One character becomes its neighbour in the alphabet of base64url, anywhere. */
static void changed(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char token[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        jwks_auto *jwks = keys_of(&vectors[i]);
        size_t length = strlen(vectors[i].token);
        for (size_t at = 0; at < length; at++) {
            struct jwt jwt;
            memcpy(token, vectors[i].token, length);
            const char *c = strchr(alphabet, token[at]);
            token[at] = c ? alphabet[(size_t)(c - alphabet) ^ 1] : '-';
            if (!open_with(jwks, token, length, ~0U, &jwt))
                fail_msg("%s: byte %zu does not count", vectors[i].source, at);
            assert_null(jwt.payload);
        }
    }
}

static void cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        jwks_auto *jwks = keys_of(&vectors[i]);
        for (size_t length = 0; length < strlen(vectors[i].token); length++) {
            struct jwt jwt;
            if (!open_with(jwks, vectors[i].token, length, ~0U, &jwt))
                fail_msg("%s: opened, cut to %zu bytes", vectors[i].source, length);
        }
    }
}

static void allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        jwks_auto *jwks = keys_of(&vectors[i]);
        enum algorithm own;
        struct jwt jwt;
        assert_true(algorithm_parse(strrchr(vectors[i].source, ' ') + 1, &own));
        assert_int_equal(
            open_with(jwks, vectors[i].token, strlen(vectors[i].token), ALGORITHM_BIT(own), &jwt),
            OUTCOME_OK);
        jwt_close(&jwt);
        test_reason(
            open_with(jwks, vectors[i].token, strlen(vectors[i].token), ~ALGORITHM_BIT(own), &jwt),
            &why, REASON_BAD_TOKEN, "header.alg: not an algorithm that is allowed");
    }
}

static void by_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++)
        for (size_t other = 0; other < COUNT(vectors); other++) {
            jwks_auto *jwks = keys_of(&vectors[other]);
            struct jwt jwt;
            if (!strcmp(vectors[i].key, vectors[other].key))
                continue;
            assert_int_not_equal(
                open_with(jwks, vectors[i].token, strlen(vectors[i].token), ~0U, &jwt), OUTCOME_OK);
        }
}

FACTS(FACT(opens, "jwt_open: the examples of RFC 7515, RFC 7520 and RFC 8037"),
      FACT(changed, "jwt_open: each character counts"),
      FACT(cut, "jwt_open: cut anywhere it does not open"),
      FACT(allowed, "jwt_open: by an algorithm that is allowed, and no other"),
      FACT(by_others, "jwt_open: no key opens what another signed"))
