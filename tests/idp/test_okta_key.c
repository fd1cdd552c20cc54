/* SPDX-License-Identifier: MIT
 *
 * What an org says for a security key; tests/real/okta.test has keys that sign.
 */
#include "org.h"

#define KEY(type, profile)                                                                         \
    "{\"id\":\"f\",\"factorType\":\"" type "\",\"provider\":\"FIDO\",\"profile\":{" profile "},"   \
    "\"_links\":{\"verify\":" LINK("/v") "}}"
#define KEYS(type, profile, more)                                                                  \
    STATE("MFA_CHALLENGE",                                                                         \
          "\"_embedded\":{" more                                                                   \
          "\"factors\":[" KEY(type, profile) "]},"                                                 \
                                             "\"_links\":{\"next\":" NEXT("verify", "/v") "}")
#define ID               "\"credentialId\":\"QUJD\""
#define ASKED(challenge) "\"challenge\":{\"challenge\":" challenge "},"

/* What cannot be signed, and who sees it: no key is opened before. */
static void strange(void **state)
{
    static const struct {
        const char *answer, *words;
        enum reason reason;
    } rows[] = {
        { KEYS("webauthn", ID, ""), "no challenge", REASON_BAD_ANSWER },
        { KEYS("webauthn", ID, ASKED("\"\"")), "no challenge", REASON_BAD_ANSWER },
        { KEYS("webauthn", ID, ASKED("\"QUJ\\\"\"")), "no challenge", REASON_BAD_ANSWER },
        { KEYS("webauthn", ID, ASKED("\"QUJD=\"")), "no challenge", REASON_BAD_ANSWER },
        { KEYS("webauthn", ID, ASKED("7")), "challenge.challenge: ", REASON_BAD_ANSWER },
        { KEYS("webauthn", "", ASKED("\"QUJD\"")), "but not which", REASON_BAD_ANSWER },
        { KEYS("webauthn", "\"credentialId\":\"A B\"", ASKED("\"QUJD\"")),
          "credentialId that is none", REASON_BAD_ANSWER },
        { KEYS("u2f", ID, ASKED("\"QUJD\"")), "appId that is not the org's", REASON_BAD_ANSWER },
        { KEYS("u2f", ID ",\"appId\":\"https://org.example.evil.example\"", ASKED("\"QUJD\"")),
          "appId that is not the org's", REASON_BAD_ANSWER },
        { KEYS("u2f", ID ",\"appId\":\"http://org.example\"", ASKED("\"QUJD\"")),
          "appId that is not the org's", REASON_BAD_ANSWER },
        { KEYS("u2f", ID ",\"appId\":\"" ORG "/app\"", ASKED("\"QUJD\"")), "Permission denied",
          REASON_NO_SECURITY_KEY },
        { KEYS("webauthn", ID, ASKED("\"QUJD\"")), "Permission denied", REASON_NO_SECURITY_KEY },
    };

    (void)state;
    plugged = 1;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const script[] = { rows[i].answer, NULL };
        fails(script, NULL, rows[i].reason, rows[i].words);
    }
}

/* All keys of a type are one factor where Okta has a link for that. */
static void joined(void **state)
{
    static const char *const script[] = {
        STATE("MFA_REQUIRED",
              "\"_embedded\":{\"factors\":[" KEY("webauthn", ID) "," KEY("webauthn", ID) "," FACTOR(
                  "sms", "/s") "],\"factorTypes\":[{\"factorType\":\"webauthn\",\"_links\":{"
                               "\"next\":" LINK("/all") "}}]}"),
        KEYS("webauthn", ID, ""), NULL
    };
    static const char *const typed[] = { "1", NULL };

    (void)state;
    plugged = 1;
    fails(script, typed, REASON_BAD_ANSWER, "no challenge");
    assert_non_null(strstr(said, "\n/all {\"stateToken\":\"t\"}\n"));
}

/* Without a key what else there is is used; with nothing else it is waited for. */
static void none(void **state)
{
    static const char *const script[] = { STATE("MFA_REQUIRED",
                                                "\"_embedded\":{\"factors\":[" KEY(
                                                    "webauthn", ID) "," FACTOR("sms", "/s") "]}"),
                                          ERROR("401", "E0000011"), NULL };
    static const char *const alone[] = {
        STATE("MFA_REQUIRED", "\"_embedded\":{\"factors\":[" KEY("u2f", ID) "]}"), NULL
    };
    static const char *const typed[] = { "1", NULL };

    (void)state;
    plugged = 0;
    fails(script, typed, REASON_TOKEN_EXPIRED, "E0000011");
    assert_non_null(strstr(said, "\n/s {\"stateToken\":\"t\"}\n"));
    fails(alone, typed, REASON_NO_SECURITY_KEY, "wants one");
    assert_non_null(strstr(told, "Not here: a security key (U2F), of which none is plugged in\n"
                                 "Plug in your security key\n"));
    assert_non_null(strstr(said, CANCEL));
}

static const struct CMUnitTest facts[] = {
    FACT(strange, "okta_sign_in: what makes no sense for a security key is not signed"),
    FACT(joined, "okta_sign_in: security keys of a type are asked at once"),
    FACT(none,
         "okta_sign_in: without a security key the other factors are used, or it is waited for"),
};

int main(void)
{
    return test_run(facts, COUNT(facts));
}
