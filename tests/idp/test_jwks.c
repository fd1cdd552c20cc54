/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "idp/jwks.h"
#include "vectors.h"

static struct why why;

static enum outcome parse(const char *text, struct jwks **jwks)
{
    return jwks_parse(text, strlen(text), jwks, &why);
}

static void no_set(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "", "jwks: empty" },
        { "<html></html>", "jwks: not JSON" },
        { "[]", "jwks: expected an object" },
        { "{}", "jwks.keys: missing" },
        { "{\"keys\":null}", "jwks.keys: missing" },
        { "{\"keys\":{}}", "jwks.keys: expected a list" },
        { "{\"keys\":[],\"keys\":[]}", "jwks: a member that is there twice" },
        { "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", "jwks: a member that is there twice" },
        { "\xef\xbb\xbf{\"keys\":[]}", "jwks: not JSON" },
        { "\xff\xfe{", "jwks: not UTF-8" },
        { "{\"keys\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", "jwks: too deep" },
        { "{\"keys\":[]}{}", "jwks: more than one JSON text" },
        { "{\"keys\":[", "jwks: cut off" },
    };
    struct jwks *jwks;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_reason(parse(rows[i].text, &jwks), &why, REASON_BAD_ANSWER, rows[i].words);
        assert_null(jwks);
    }
}

/* So many keys of the first example, each with a name of its own. */
static struct text *many(size_t count)
{
    struct text *text = text_new(1 << 20);

    text_add(text, "{\"keys\":[");
    for (size_t i = 0; i < count; i++)
        text_add(text, "%s{\"kid\":\"%zu\",%s", i ? "," : "", i, vectors[0].key + 1);
    text_add(text, "]}");
    assert_true(text_ok(text));
    return text;
}

static void bounds(void **state)
{
    text_auto *most = many(JWKS_KEYS_MOST), *more = many(JWKS_KEYS_MOST + 1);
    jwks_auto *jwks = NULL;
    struct jwks *none;
    const struct jwk *key;
    char *large = calloc(1, JWKS_MOST + 2);

    (void)state;
    assert_int_equal(parse(text_peek(most), &jwks), OUTCOME_OK);
    assert_int_equal(jwks_find(jwks, "0", ALGORITHM_RS256, &key, &why), OUTCOME_OK);
    assert_int_equal(jwks_find(jwks, "127", ALGORITHM_PS512, &key, &why), OUTCOME_OK);
    assert_string_equal(key->kid, "127");
    test_reason(jwks_find(jwks, "128", ALGORITHM_RS256, &key, &why), &why, REASON_UNKNOWN_KEY,
                "no key of the provider has the name");
    assert_null(key);
    test_reason(parse(text_peek(more), &none), &why, REASON_BAD_ANSWER, "jwks.keys: too many");
    assert_non_null(large);
    memset(large, ' ', JWKS_MOST + 1);
    test_reason(parse(large, &none), &why, REASON_BAD_ANSWER, "jwks: longer than 262144 bytes");
    large[JWKS_MOST] = '\0';
    memcpy(large, "{\"keys\":[]}", 11);
    assert_int_equal(parse(large, &none), OUTCOME_OK);
    jwks_free(&none);
    free(large);
}

static void finds(void **state)
{
    jwks_auto *jwks = NULL;
    const struct jwk *key;
    text_auto *text = text_new(1 << 16);

    (void)state;
    text_add(text, "{\"more\":1,\"keys\":[");
    for (size_t i = 0; i < COUNT(vectors); i++)
        if (i != 5) /* the key of 4 once more */
            text_add(text, "%s%s", i ? "," : "", vectors[i].key);
    text_add(text, "]}");
    assert_int_equal(parse(text_peek(text), &jwks), OUTCOME_OK);

    /* By name and type: two have the name of Bilbo Baggins. */
    assert_int_equal(jwks_find(jwks, "bilbo.baggins@hobbiton.example", ALGORITHM_PS384, &key, &why),
                     OUTCOME_OK);
    assert_int_equal(key->kind, KEY_RSA);
    assert_int_equal(jwks_find(jwks, "bilbo.baggins@hobbiton.example", ALGORITHM_ES512, &key, &why),
                     OUTCOME_OK);
    assert_int_equal(key->kind, KEY_P521);
    test_reason(jwks_find(jwks, "bilbo.baggins@hobbiton.example", ALGORITHM_ES256, &key, &why),
                &why, REASON_BAD_TOKEN, "the provider's key is not one for ES256");
    /* Without a name: only where one alone will do. */
    assert_int_equal(jwks_find(jwks, NULL, ALGORITHM_ES256, &key, &why), OUTCOME_OK);
    assert_int_equal(key->kind, KEY_P256);
    assert_int_equal(jwks_find(jwks, NULL, ALGORITHM_EdDSA, &key, &why), OUTCOME_OK);
    test_reason(jwks_find(jwks, NULL, ALGORITHM_RS256, &key, &why), &why, REASON_BAD_TOKEN,
                "the token names no key, and several would do");
    assert_null(key);
    test_reason(jwks_find(jwks, NULL, ALGORITHM_ES384, &key, &why), &why, REASON_UNKNOWN_KEY,
                "no key of the provider is one for ES384");
    assert_null(key);
}

FACTS(FACT(no_set, "jwks_parse: what is no set is refused, and why"),
      FACT(bounds, "jwks_parse: bytes and keys are bounded, and the last key is found"),
      FACT(finds, "jwks_find: the one that the name and the algorithm mean, and no other"))
