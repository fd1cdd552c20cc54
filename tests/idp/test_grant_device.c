/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/text.h"
#include "idp/grant.h"

#define CODES "{\"device_code\":\"GmRh.S\",\"user_code\":\"WDJB-MJHT\""
#define PLACE ",\"verification_uri\":\"https://login.example/device\""
#define LEAST CODES PLACE ",\"expires_in\":900"

static struct why why;
static struct device device;

static enum outcome parse(int status, const char *text)
{
    device_free(&device);
    return device_parse(status, text, strlen(text), &device, &why);
}

static void fails(int status, const char *text, enum reason reason, const char *words)
{
    test_reason(parse(status, text), &why, reason, words);
    assert_null(device.code);
}

static void gives(const char *text)
{
    if (parse(200, text))
        fail_msg("%s: %s", text, why.text);
}

static void good(void **state)
{
    (void)state;
    gives(LEAST ",\"interval\":7,\"verification_uri_complete\":\"https://login.example/device?"
                "user_code=WDJB-MJHT\",\"message\":\"To sign in\\r\\n, use\"}");
    assert_string_equal(secret_peek(device.code), "GmRh.S");
    assert_string_equal(device.user_code, "WDJB-MJHT");
    assert_string_equal(device.url, "https://login.example/device");
    assert_string_equal(device.whole_url, "https://login.example/device?user_code=WDJB-MJHT");
    assert_int_equal(device.expires_s, 900);
    assert_int_equal(device.interval_s, 7);
    gives(LEAST "}");
    assert_string_equal(device.whole_url, "");
    assert_int_equal(device.interval_s, 5); /* RFC 8628 section 3.2 */
    device_free(&device);
}

static void googles(void **state)
{
    (void)state;
    gives(
        "{\"device_code\":\"4/4-GMMhmHCXhWEzkobqIHGG\",\"user_code\":\"GQVQ-JKEC\",\"interval\":5,"
        "\"verification_url\":\"https://www.google.example/device\",\"expires_in\":1800}");
    assert_string_equal(device.url, "https://www.google.example/device");
    assert_int_equal(device.expires_s, 1800);
    /* The standard's name counts where both are there. */
    gives(LEAST ",\"verification_url\":\"https://other.example/\"}");
    assert_string_equal(device.url, "https://login.example/device");
    device_free(&device);
}

static void times(void **state)
{
    static const struct {
        const char *members;
        int64_t expires_s, interval_s; /* 0: refused */
        const char *words;
    } rows[] = {
        { "\"expires_in\":1,\"interval\":1", 1, 1, "" },
        { "\"expires_in\":3600,\"interval\":60", 3600, 60, "" },
        { "\"expires_in\":\"900\",\"interval\":\"5\"", 900, 5, "" },
        { "\"expires_in\":900,\"interval\":0", 900, 1, "" },
        { "\"expires_in\":900,\"interval\":null", 900, 5, "" },
        /* Not so often that we could not go on until the end. */
        { "\"expires_in\":901,\"interval\":1", 901, 2, "" },
        { "\"expires_in\":3600,\"interval\":1", 3600, 4, "" },
        { "\"interval\":5", 0, 0, "device.expires_in: missing" },
        { "\"expires_in\":0", 0, 0, "device.expires_in: out of range" },
        { "\"expires_in\":\"0\"", 0, 0, "device.expires_in: out of range" },
        { "\"expires_in\":-900", 0, 0, "device.expires_in: out of range" },
        { "\"expires_in\":3601", 0, 0, "device.expires_in: out of range" },
        { "\"expires_in\":\"soon\"", 0, 0, "device.expires_in: expected a whole number" },
        { "\"expires_in\":900,\"interval\":-1", 0, 0, "device.interval: out of range" },
        { "\"expires_in\":900,\"interval\":61", 0, 0, "device.interval: out of range" },
        { "\"expires_in\":900,\"interval\":0.1", 0, 0, "device.interval: expected a whole number" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        text_auto *text = text_new(400);
        text_add(text, CODES PLACE ",%s}", rows[i].members);
        if (!rows[i].expires_s) {
            fails(200, text_peek(text), REASON_BAD_ANSWER, rows[i].words);
            continue;
        }
        gives(text_peek(text));
        assert_int_equal(device.expires_s, rows[i].expires_s);
        assert_int_equal(device.interval_s, rows[i].interval_s);
    }
    device_free(&device);
}

static void refused(void **state)
{
    static const struct {
        int status;
        const char *text;
        enum reason reason;
        const char *words;
    } rows[] = {
        { 200, "", REASON_BAD_ANSWER, "status 200: device: empty" },
        { 200, "<html>", REASON_BAD_ANSWER, "status 200: device: not JSON" },
        { 200, "\xef\xbb\xbf" LEAST "}", REASON_BAD_ANSWER, "device: not JSON" },
        { 200, LEAST ",\"user_code\":\"B\"}", REASON_BAD_ANSWER, "a member that is there twice" },
        { 200, "{\"user_code\":\"A\"" PLACE ",\"expires_in\":900}", REASON_BAD_ANSWER,
          "device.device_code: missing" },
        { 200, "{\"device_code\":\"A\"" PLACE ",\"expires_in\":900}", REASON_BAD_ANSWER,
          "device.user_code: missing" },
        { 200, "{\"device_code\":\"A\",\"user_code\":\"\"" PLACE ",\"expires_in\":900}",
          REASON_BAD_ANSWER, "device.user_code: empty" },
        { 200, "{\"device_code\":\"A\",\"user_code\":\"\\u001b[2J\"" PLACE ",\"expires_in\":900}",
          REASON_BAD_ANSWER, "device.user_code: not clean text" },
        { 200, "{\"device_code\":\"A\",\"user_code\":7" PLACE ",\"expires_in\":900}",
          REASON_BAD_ANSWER, "device.user_code: expected a text" },
        { 200, CODES ",\"expires_in\":900}", REASON_BAD_ANSWER,
          "device.verification_uri: missing" },
        { 200, CODES ",\"verification_uri\":null,\"verification_url\":\"https://x.example/\"}",
          REASON_BAD_ANSWER, "device.verification_uri: missing" },
        { 200, CODES ",\"verification_uri\":\"http://login.example/\",\"expires_in\":900}",
          REASON_BAD_ANSWER, "it is not https" },
        { 200, CODES ",\"verification_url\":\"javascript:x\",\"expires_in\":900}",
          REASON_BAD_ANSWER, "it is not https" },
        { 200, LEAST ",\"verification_uri_complete\":\"http://login.example/?a=b\"}",
          REASON_BAD_ANSWER, "it is not https" },
        { 200, LEAST ",\"verification_uri_complete\":\"https://login.example@evil.example/\"}",
          REASON_BAD_ANSWER, "it names a user" },
        /* Errors; those of the token endpoint are none here, and no success. */
        { 400, "{\"error\":\"invalid_client\"}", REASON_CLIENT_REFUSED, "invalid_client" },
        { 200, LEAST ",\"error\":\"unauthorized_client\"}", REASON_CLIENT_REFUSED, "unauthorized" },
        { 400, "{\"error\":\"authorization_pending\"}", REASON_BAD_ANSWER, "nothing can be" },
        { 400, "{\"error\":\"slow_down\"}", REASON_BAD_ANSWER, "nothing can be pending" },
        /* What the status alone says. */
        { 400, LEAST "}", REASON_BAD_ANSWER, "status 400 without an error" },
        { 403, "", REASON_BAD_ANSWER, "status 403: device: empty" },
        { 403, "{\"error_code\":\"rate_limit_exceeded\"}", REASON_BAD_ANSWER, "status 403" },
        { 429, LEAST "}", REASON_SERVER_BUSY, "status 429" },
        { 503, "<html>", REASON_SERVER_BUSY, "status 503" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        fails(rows[i].status, rows[i].text, rows[i].reason, rows[i].words);
}

/* One of the texts, of so many characters. */
static enum outcome with_length(const char *name, size_t length)
{
    static const char *const others[][2] = { { "device_code", "a" },
                                             { "user_code", "A" },
                                             { "verification_uri", "https://x.example/" } };
    text_auto *text = text_new(4096);

    text_add(text, "{\"expires_in\":900");
    for (size_t i = 0; i < COUNT(others); i++) {
        size_t filled = strlen(others[i][1]);
        text_add(text, ",\"%s\":\"%s", others[i][0], others[i][1]);
        for (; !strcmp(others[i][0], name) && filled < length; filled++)
            text_add(text, "x");
        text_add(text, "\"");
    }
    text_add(text, "}");
    return parse(200, text_peek(text));
}

static void bounds(void **state)
{
    static const struct {
        const char *name;
        size_t most;
    } rows[] = { { "device_code", DEVICE_CODE_MOST },
                 { "user_code", USER_CODE_MOST },
                 { "verification_uri", DEVICE_URL_MOST } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(with_length(rows[i].name, rows[i].most), OUTCOME_OK);
        test_reason(with_length(rows[i].name, rows[i].most + 1), &why, REASON_BAD_ANSWER,
                    "too long");
        test_reason(with_length(rows[i].name, rows[i].most + 1), &why, REASON_BAD_ANSWER,
                    rows[i].name);
    }
}

FACTS(FACT(good, "device_parse: what the person types where, and how often to ask"),
      FACT(googles, "device_parse: Google's verification_url is one, too"),
      FACT(times, "device_parse: an hour at most, asked once in one to sixty seconds"),
      FACT(refused, "device_parse: whatever makes no sense is refused, and named"),
      FACT(bounds, "device_parse: what is shown is bounded, to the byte"))
