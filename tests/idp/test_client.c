/* SPDX-License-Identifier: MIT */
#include "meeting.h"

#include <sys/stat.h>
#include <unistd.h>

static enum outcome read_one(const char *bytes, size_t length, struct secret **secret)
{
    test_write("secret", bytes, length);
    return client_read_secret("secret", secret, &why);
}

static void read_whole(void **state)
{
    static const char *const texts[] = { "x", "GOCSPX-0123_abc", "a b~!\"%&+/:=" };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        secret_auto *secret = NULL;
        assert_int_equal(read_one(texts[i], strlen(texts[i]), &secret), OUTCOME_OK);
        assert_string_equal(secret_peek(secret), texts[i]);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = { { "", 0 },           { "\n", 1 },       { "sEcReT\nsEcReT", 13 },
                 { "sEcReT\r\n", 8 }, { "sEcReT\0", 7 }, { "sEcReT\xc3\xa9", 8 } };
    static char large[CLIENT_SECRET_MOST + 1];
    secret_auto *secret = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_reason(read_one(rows[i].bytes, rows[i].length, &secret), &why, REASON_BAD_SETTING,
                    "client_secret_file: secret: expected one line of printable ASCII");
        assert_null(secret);
        assert_null(strstr(why.text, "sEcReT"));
    }
    memset(large, 'x', sizeof large);
    test_reason(read_one(large, sizeof large, &secret), &why, REASON_BAD_SETTING, "more than");
    test_reason(client_read_secret("absent", &secret, &why), &why, REASON_BAD_SETTING,
                "client_secret_file: absent is not there");
    assert_int_equal(symlink("secret", "link"), 0);
    test_reason(client_read_secret("link", &secret, &why), &why, REASON_OTHER_OWNER, "is a link");
    assert_int_equal(chmod("secret", 0620), 0);
    test_reason(client_read_secret("secret", &secret, &why), &why, REASON_OTHER_OWNER, "mode 620");
    assert_null(secret);
}

/* The first is the example of RFC 6749 section 4.1.3. */
static void proofs(void **state)
{
    static const struct {
        const char *client, *secret, *proof;
    } rows[] = { { "s6BhdRkqt3", "gX1fBat3bV", "czZCaGRSa3F0MzpnWDFmQmF0M2JW" },
                 { "a:b", "c d%+", "YSUzQWI6YyUyMGQlMjUlMkI=" } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        secret_auto *secret = secret_new(64);
        assert_true(secret && secret_append(secret, rows[i].secret, strlen(rows[i].secret)));
        secret_auto *proof = client_proof(rows[i].client, secret);
        assert_string_equal(secret_peek(proof), rows[i].proof);
        assert_int_equal(secret_length(proof), strlen(rows[i].proof));
    }
}

static void refuses_all(struct visit *visit)
{
    while (visit_read(visit))
        visit_say(visit, "HTTP/1.1 401 No\r\nContent-Length: 26\r\n\r\n"
                         "{\"error\":\"invalid_client\"}");
}

/* In a header, in the form, or not at all; and never in both. */
static void exchanged(void **state)
{
    static const char header[] = "\nauthorization: basic Y2xpZW50OnMlMjZjcmV0\r\n";
    static const char form[] = "client_id=client&client_secret=s%26cret";
    struct meeting m;

    (void)state;
    meet(&m, &(struct server_request){ .pair = &good, .talk = refuses_all }, PATIENCE_MS);
    m.grant.client_secret = m.word;
    for (enum client_method method = CLIENT_BASIC; method <= CLIENT_NEITHER; method++)
        for (size_t i = CODE; i < COUNT(exchanges); i++) {
            int before = m.server.seen->requests;
            m.discovery.token_method = i == REVOKE ? CLIENT_NEITHER : method;
            m.discovery.revocation_method = i == REVOKE ? method : CLIENT_NEITHER;
            assert_int_not_equal(exchanges[i].run(&m), OUTCOME_OK);
            const char *last = m.server.seen->last;
            assert_int_equal(m.server.seen->requests - before, method != CLIENT_NEITHER);
            if (method == CLIENT_NEITHER) {
                assert_non_null(strstr(why.text, "neither in a form nor in a header"));
                continue;
            }
            assert_int_equal(strcasestr(last, header) != NULL, method == CLIENT_BASIC);
            assert_int_equal(strcasestr(last, "\nauthorization:") != NULL, method == CLIENT_BASIC);
            assert_int_equal(strstr(last, form) != NULL, method == CLIENT_POST);
            assert_int_equal(strstr(last, "client_") != NULL, method == CLIENT_POST);
        }
    part(&m);
}

FACTS(FACT(exchanged, "exchanges: a secret goes where the provider wants it, and only there"),
      FACT(read_whole, "client_read_secret: one line of printable ASCII"),
      FACT(refused, "client_read_secret: whatever else, a link and what others may write; untold"),
      FACT(proofs, "client_proof: both are encoded as in a form, then together"))
