/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "idp/grant.h"

#define LEAST "{\"access_token\":\"a\",\"token_type\":\"Bearer\""

static struct why why;
static struct tokens tokens;
static bool pending, slower;

static enum outcome parse_bytes(int status, const char *bytes, size_t length)
{
    tokens_free(&tokens);
    pending = slower = true;
    return tokens_parse(status, bytes, length, &pending, &slower, &tokens, &why);
}

static enum outcome parse(int status, const char *text)
{
    return parse_bytes(status, text, strlen(text));
}

static void fails(int status, const char *text, enum reason reason, const char *words)
{
    test_reason(parse(status, text), &why, reason, words);
    assert_false(pending || slower);
    assert_true(!tokens.access && !tokens.id && !tokens.refresh);
}

static void gives(const char *text)
{
    if (parse(200, text))
        fail_msg("%s: %s", text, why.text);
    assert_false(pending || slower);
    assert_non_null(tokens.access);
}

static void good(void **state)
{
    (void)state;
    gives("{\"token_type\":\"Bearer\",\"scope\":\"openid\",\"expires_in\":3599,"
          "\"access_token\":\"a.b-c_d~e\",\"id_token\":\"e.y.J\",\"refresh_token\":\"1//0g\"}");
    assert_string_equal(secret_peek(tokens.access), "a.b-c_d~e");
    assert_string_equal(secret_peek(tokens.id), "e.y.J");
    assert_string_equal(secret_peek(tokens.refresh), "1//0g");
    assert_int_equal(tokens.expires_s, 3599);
    gives(LEAST ",\"id_token\":null,\"refresh_token\":\"\"}");
    assert_null(tokens.id);
    assert_null(tokens.refresh);
    assert_int_equal(tokens.expires_s, 0);
    gives("{\"access_token\":\"a\",\"token_type\":\"bEARER\"}");
    tokens_free(&tokens);
}

static void lives(void **state)
{
    static const struct {
        const char *written;
        int64_t seconds; /* -1: refused */
        const char *words;
    } rows[] = {
        { "0", 0, "" },
        { "31622400", 31622400, "" },
        { "null", 0, "" },
        { "\"3599\"", 3599, "" },
        { "\"0\"", 0, "" },
        { "-1", -1, "out of range" },
        { "31622401", -1, "out of range" },
        { "9223372036854775807", -1, "out of range" },
        { "-9223372036854775808", -1, "out of range" },
        { "\"31622401\"", -1, "out of range" },
        { "\"99999999999999999999999999\"", -1, "out of range" },
        { "9223372036854775808", -1, "a number that is too big" },
        { "3599.0", -1, "expected a whole number" },
        { "true", -1, "expected a whole number" },
        { "[3599]", -1, "expected a whole number" },
        { "\"\"", -1, "expected a whole number" },
        { "\"-1\"", -1, "expected a whole number" },
        { "\" 1\"", -1, "expected a whole number" },
        { "\"1 \"", -1, "expected a whole number" },
        { "\"0x10\"", -1, "expected a whole number" },
        { "\"an hour\"", -1, "expected a whole number" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        text_auto *text = text_new(200);
        text_add(text, LEAST ",\"expires_in\":%s}", rows[i].written);
        if (rows[i].seconds < 0) {
            fails(200, text_peek(text), REASON_BAD_ANSWER, rows[i].words);
            continue;
        }
        gives(text_peek(text));
        assert_int_equal(tokens.expires_s, rows[i].seconds);
    }
    tokens_free(&tokens);
}

static void nonsense(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "", "status 200: token: empty" },
        { "<html><body>Sign in to the network</body></html>", "status 200: token: not JSON" },
        { "\xef\xbb\xbf" LEAST "}", "token: not JSON" },
        { "\xff\xfe{", "token: not UTF-8" },
        { "access_token=a&token_type=bearer", "token: not JSON" },
        { "null", "token: not JSON" },
        { "[" LEAST "}]", "token: expected an object" },
        { LEAST, "token: cut off" },
        { LEAST "}" LEAST "}", "token: more than one JSON text" },
        { LEAST ",\"access_token\":\"a\"}", "token: a member that is there twice" },
        { LEAST ",\"\\u0061ccess_token\":\"b\"}", "token: a member that is there twice" },
        { LEAST ",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "token: too deep" },
        { "{}", "token.access_token: missing" },
        { "{\"access_token\":\"a\"}", "token.token_type: missing" },
        { "{\"access_token\":null,\"token_type\":\"Bearer\"}", "token.access_token: missing" },
        { "{\"access_token\":\"\",\"token_type\":\"Bearer\"}", "token.access_token: empty" },
        { "{\"access_token\":1,\"token_type\":\"Bearer\"}", "access_token: expected a text" },
        { "{\"access_token\":[\"a\"],\"token_type\":\"Bearer\"}", "expected a text" },
        { "{\"access_token\":\"\\u00e4\",\"token_type\":\"Bearer\"}", "printable ASCII" },
        { "{\"access_token\":\"a\\r\\nX: y\",\"token_type\":\"Bearer\"}", "not clean text" },
        { "{\"access_token\":\"a\",\"token_type\":\"mac\"}", "token.token_type: expected Bearer" },
        { "{\"access_token\":\"a\",\"token_type\":\"Bearer2\"}", "expected Bearer" },
        { "{\"access_token\":\"a\",\"token_type\":1}", "token.token_type: expected a text" },
        { LEAST ",\"id_token\":{}}", "token.id_token: expected a text" },
        { LEAST ",\"refresh_token\":false}", "token.refresh_token: expected a text" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        fails(200, rows[i].text, REASON_BAD_ANSWER, rows[i].words);
}

static void utf_16(void **state)
{
    char wide[256] = "\xff\xfe";
    size_t length = 2;

    (void)state;
    for (const char *c = LEAST "}"; *c; c++, length += 2)
        wide[length] = *c;
    test_reason(parse_bytes(200, wide, length), &why, REASON_BAD_ANSWER, "token: not UTF-8");
    test_reason(parse_bytes(200, wide + 2, length - 2), &why, REASON_BAD_ANSWER, "token: ");
    test_reason(parse_bytes(200, wide + 1, length - 2), &why, REASON_BAD_ANSWER, "token: ");
    assert_null(tokens.access);
}

/* Of so many characters. */
static enum outcome with_length(const char *name, size_t length)
{
    text_auto *text = text_new(length + 200);

    text_add(text, "{\"token_type\":\"Bearer\",\"more\":\"\",\"%s\":\"", name);
    for (size_t i = 0; i < length; i++)
        text_add(text, "x");
    text_add(text, "\"%s}", strcmp(name, "access_token") ? ",\"access_token\":\"a\"" : "");
    return parse(200, text_peek(text));
}

static void bounds(void **state)
{
    static const char *const names[] = { "access_token", "id_token", "refresh_token" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(with_length(names[i], TOKEN_MOST), OUTCOME_OK);
        test_reason(with_length(names[i], TOKEN_MOST + 1), &why, REASON_BAD_ANSWER, "too long");
        assert_null(tokens.access);
    }
    test_reason(with_length("junk", TOKEN_ANSWER_MOST), &why, REASON_BAD_ANSWER,
                "token: longer than 262144 bytes");
}

static void waits(void **state)
{
    static const int statuses[] = { 200, 400, 403, 428 };

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++) {
        assert_int_equal(parse(statuses[i], "{\"error\":\"authorization_pending\"}"), OUTCOME_OK);
        assert_true(pending && !slower && !tokens.access);
        assert_int_equal(parse(statuses[i], "{\"error\":\"slow_down\"}"), OUTCOME_OK);
        assert_true(pending && slower && !tokens.access);
    }
    /* Entra's number says the same, and is not asked. */
    assert_int_equal(parse(400, "{\"error\":\"authorization_pending\",\"error_description\":"
                                "\"AADSTS70016: Pending.\\r\\nTrace ID: 1\"}"),
                     OUTCOME_OK);
    assert_true(pending && !slower);
    /* Beside an error there are no tokens. */
    assert_int_equal(parse(200, LEAST ",\"error\":\"authorization_pending\"}"), OUTCOME_OK);
    assert_true(pending && !tokens.access);
}

static void refusals(void **state)
{
    static const struct {
        int status;
        const char *text;
        enum reason reason;
        const char *words;
    } rows[] = {
        { 400, "{\"error\":\"invalid_grant\"}", REASON_WRONG_PASSWORD, "invalid_grant" },
        { 200, "{\"error\":\"invalid_grant\"}", REASON_WRONG_PASSWORD, "invalid_grant" },
        { 400, LEAST ",\"error\":\"access_denied\"}", REASON_PROVIDER_DENIED, "access_denied" },
        { 400, "{\"error\":\"authorization_declined\",\"error_description\":\"AADSTS70020: no\"}",
          REASON_PROVIDER_DENIED, "AADSTS70020: no" },
        { 400,
          "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS50076: More.\\r\\nTrace ID: "
          "x\",\"error_codes\":[50076]}",
          REASON_BROWSER_NEEDED, "invalid_grant: AADSTS50076: More." },
        { 401, "{\"error\":\"invalid_client\",\"error_description\":\"a\\u202eb\"}",
          REASON_CLIENT_REFUSED, "invalid_client: a???b" },
        { 400, "{\"error\":\"temporarily_unavailable\"}", REASON_SERVER_BUSY, "temporarily" },
        { 403, "{\"error\":\"rate_limit_exceeded\"}", REASON_BAD_ANSWER, "rate_limit_exceeded" },
        /* An error that is none. */
        { 400, "{\"error\":null}", REASON_BAD_ANSWER, "token.error: missing" },
        { 400, "{\"error\":\"\"}", REASON_BAD_ANSWER, "token.error: empty" },
        { 400, "{\"error\":{\"code\":400}}", REASON_BAD_ANSWER, "token.error: expected a text" },
        { 200, LEAST ",\"error\":null}", REASON_BAD_ANSWER, "token.error: missing" },
        { 400, "{\"error\":\"a\",\"error\":\"b\"}", REASON_BAD_ANSWER, "status 400: token: " },
        { 400, "{\"error\":\"x234567890123456789012345678901234567890123456789012345678901234x\"}",
          REASON_BAD_ANSWER, "token.error: too long" },
        /* What the status alone says. */
        { 400, LEAST "}", REASON_BAD_ANSWER, "status 400 without an error" },
        { 201, LEAST "}", REASON_BAD_ANSWER, "status 201 without an error" },
        { 204, "", REASON_BAD_ANSWER, "status 204: token: empty" },
        { 403, "", REASON_BAD_ANSWER, "status 403: token: empty" },
        { 403, "<html>", REASON_BAD_ANSWER, "status 403: token: not JSON" },
        { 429, "", REASON_SERVER_BUSY, "status 429" },
        { 429, LEAST "}", REASON_SERVER_BUSY, "status 429" },
        { 503, "<html>", REASON_SERVER_BUSY, "status 503" },
        { 500, "{\"error\":\"invalid_grant\"}", REASON_SERVER_BUSY, "status 500" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        fails(rows[i].status, rows[i].text, rows[i].reason, rows[i].words);
}

/* Entra's numbers, wherever they are; what makes no sense among them is none. */
static void codes(void **state)
{
    static const struct {
        const char *told, *listed;
        int64_t number;
        enum reason reason;
    } rows[] = {
        { "Refused.", "[50126]", 50126, REASON_WRONG_PASSWORD },
        { "Refused.", "[50076]", 50076, REASON_BROWSER_NEEDED },
        { "Refused.", "[4711, 50053]", 50053, REASON_ACCOUNT_LOCKED },
        { "Refused.", "[4711, 4712]", 4711, REASON_NOT_TAKEN },
        { "AADSTS50126: Wrong.", "[50053]", 50053, REASON_ACCOUNT_LOCKED },
        { "AADSTS50126: Wrong.", "[4711]", 50126, REASON_WRONG_PASSWORD },
        { "AADSTS4711: Refused.", "[4712]", 4712, REASON_NOT_TAKEN },
        { "AADSTS4711: Refused.", "[]", 4711, REASON_NOT_TAKEN },
        { "AADSTS50126: Wrong.", "null", 50126, REASON_WRONG_PASSWORD },
        { "AADSTS50126: Wrong.", "50053", 50126, REASON_WRONG_PASSWORD },
        { "Refused.", "[\"50053\", 50053.0, true, null, [50053]]", 0, REASON_WRONG_PASSWORD },
        { "Refused.", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,50053]", 0, REASON_WRONG_PASSWORD },
        { "Refused.", "[-50053, 9223372036854775807]", -50053, REASON_NOT_TAKEN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        text_auto *text = text_new(400);
        text_add(text,
                 "{\"error\":\"invalid_grant\",\"error_description\":\"%s\",\"error_codes\":%s}",
                 rows[i].told, rows[i].listed);
        fails(400, text_peek(text), rows[i].reason, rows[i].told);
        assert_int_equal(tokens.refusal, rows[i].number);
    }
}

FACTS(FACT(codes, "tokens_parse: Entra's numbers count, listed or told; none that is not known "
                  "says that the password is wrong"),
      FACT(good, "tokens_parse: tokens, and which of them are there"),
      FACT(lives, "tokens_parse: a life in whole seconds, up to a year, perhaps as text"),
      FACT(nonsense, "tokens_parse: whatever makes no sense is refused, and named"),
      FACT(utf_16, "tokens_parse: UTF-16 is not taken, with a mark or without"),
      FACT(bounds, "tokens_parse: tokens and the whole are bounded, to the byte"),
      FACT(waits, "tokens_parse: pending and slow_down are waits, of any status"),
      FACT(refusals,
           "tokens_parse: an error counts before tokens, and a busy server's status before "
           "both"))
