/* SPDX-License-Identifier: MIT
 *
 * Whole walks through answers that are spoilt, tokens that end anywhere, and odd names: a named
 * outcome, and nothing kept.
 */
#include "org.h"
#include "spoil.h"

#include <dirent.h>

enum { MANY = 1 << 20, SPOILT = MANY + OKTA_ANSWER_MOST, RECORDINGS = 35, ERRORS = 13 };

static const char *const ones[] = { "1", "1", "1", "1", "1", "1", "1", "1", NULL };
static char spoilt_answer[SPOILT];
static int status_of;

static void is_named(enum outcome out)
{
    if (!out) {
        assert_true(begun == OKTA_UNLOCK ? !result.session : result.session && *result.person.id);
        return;
    }
    assert_true(why.reason != REASON_NONE && text_is_clean(why.text, strlen(why.text)));
    assert_null(result.session);
    assert_null(result.new_password);
    assert_null(strstr(why.text, "pa\"ss"));
}

/* As the answer to the password, and as that to the first thing said after it. */
static void walk_through(const char *text, size_t length)
{
    assert_true(length + 4 < sizeof spoilt_answer);
    (void)snprintf(spoilt_answer, sizeof spoilt_answer, "%d %s", status_of, text);
    const char *const first[] = { spoilt_answer, NULL };
    const char *const second[] = { CHOICE("sms"), spoilt_answer, NULL };

    begun = SIGN_IN;
    is_named(walk(first, ones));
    if (length > OKTA_ANSWER_MOST) /* refused before it is looked at */
        return;
    is_named(walk(second, ones));
    begun = OKTA_FORGOTTEN;
    is_named(walk(first, ones));
    begun = OKTA_UNLOCK;
    is_named(walk(first, ones));
}

static void spoilt(void **state)
{
    char path[1000], *name, *text;
    struct dirent *entry;
    long count = 0, files = 0, errors = 0;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/tests/idp/okta/recorded", getenv("SOURCE"));
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while ((entry = readdir(folder))) {
        char *end = strstr(entry->d_name, ".json");
        if (!end)
            continue;
        assert_non_null(name = strndup(entry->d_name, (size_t)(end - entry->d_name)));
        status_of = recorded(name, &text);
        files++;
        errors += status_of != 200;
        count += spoil_all(text, MANY, walk_through);
        free(name);
        free(text);
    }
    (void)closedir(folder);
    assert_int_equal(files, RECORDINGS);
    assert_int_equal(errors, ERRORS);
    assert_in_range(count, 4000, 200000);
}

#define SENT                                                                                       \
    STATE("MFA_CHALLENGE", "\"_embedded\":{\"factor\":" FACTOR(                                    \
                               "sms", "/v") "},\"_links\":{\"next\":" NEXT("verify", "/v") "}")
#define RESET STATE("PASSWORD_RESET", "\"_links\":{\"next\":" NEXT("resetPassword", "/n") "}")
#define ASKS  STATE("RECOVERY", "\"_links\":{\"next\":" NEXT("answer", "/a") "}")
#define PROOF                                                                                      \
    STATE("RECOVERY_CHALLENGE",                                                                    \
          "\"factorType\":\"SMS\",\"_links\":{\"next\":" NEXT("verify", "/f") "}")
#define WARNED                                                                                     \
    STATE("PASSWORD_WARN", "\"_links\":{\"next\":" LINK("/c") ",\"skip\":" LINK("/s") "}")
#define PUSHED                                                                                     \
    STATE("MFA_CHALLENGE",                                                                         \
          "\"_embedded\":{\"factor\":" FACTOR(                                                     \
              "push", "/v") "},\"factorResult\":"                                                  \
                            "\"WAITING\",\"_links\":{\"next\":" NEXT("poll", "/v") "}")

/* The token ends at each step of a walk: said so, and there is nothing left to cancel. */
static void tokens_end(void **state)
{
    static const struct {
        int begun;
        const char *script[7], *typed[8];
    } rows[] = {
        { SIGN_IN, { CHOICE("sms"), SENT, EXPIRED, SUCCESS }, { "123456", "New-1", "New-1" } },
        { SIGN_IN, { WARNED, SUCCESS }, { "1" } },
        { SIGN_IN, { CHOICE("push"), PUSHED, PUSHED, SUCCESS }, { "" } },
        { OKTA_FORGOTTEN,
          { PROOF, ASKS, RESET, CHOICE("token:software:totp"), SUCCESS },
          { "1", "123456", "blue", "New-1", "New-1", "123456" } },
        { OKTA_UNLOCK, { PROOF, ASKS, "200 {\"status\":\"SUCCESS\"}" }, { "1", "123456", "blue" } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *script[8] = { NULL };
        size_t length = 0;
        begun = rows[i].begun;
        if (walk(rows[i].script, rows[i].typed))
            fail_msg("%zu: %s", i, why.text);
        while (rows[i].script[length])
            length++;
        for (size_t at = 1; at < length; at++) {
            memcpy(script, rows[i].script, sizeof rows[i].script);
            script[at] = ERROR("401", "E0000011");
            fails(script, rows[i].typed, REASON_TOKEN_EXPIRED, "E0000011");
            assert_null(strstr(said, "cancel"));
        }
    }
    begun = SIGN_IN;
}

/* What cannot be JSON, or a name, is not sent; all else goes as it is. */
static void names(void **state)
{
    static const struct {
        const char *user, *sent; /* NULL: nothing */
    } rows[] = {
        { "\xc3\xa4'\"\\{}<&;$(x)", "{\"username\":\"\xc3\xa4'\\u0022\\u005c{}<&;$(x)\"," },
        { "", NULL },
        { "a\nb", NULL },
        { "a\x7f", NULL },
        { "a\xff", NULL },
        { "a\xe2\x80\xae", NULL },
    };
    static const char *const script[] = { SUCCESS, NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        user = rows[i].user;
        enum outcome out = walk(script, NULL);
        assert_int_equal(out, rows[i].sent ? OUTCOME_OK : OUTCOME_USAGE);
        assert_int_equal(!rows[i].sent, !*said);
        assert_true(!rows[i].sent || strstr(said, rows[i].sent));
    }
    user = "al\"ice";
}

/* The same of codes and answers. */
static void typed_words(void **state)
{
    static const char *const script[] = { CHOICE("token:software:totp"), SUCCESS, NULL };
    static const char *const typed[] = { with_nul, "\xff", "\xc3\xa4\"", NULL };

    (void)state;
    assert_int_equal(walk(script, typed), OUTCOME_OK);
    assert_string_equal(said,
                        PRIMARY "/v {\"stateToken\":\"t\",\"passCode\":\"\xc3\xa4\\u0022\"}\n");
    static const char *const bad[] = { with_nul, with_nul, with_nul, NULL };
    fails(script, bad, REASON_BAD_REQUEST, "is no text");
}

/* The QR code is ours, of the seed: where Okta says that a picture of one lies is not asked, and a
 * name cannot put a seed of its own into it. */
static void pictures(void **state)
{
    static const char person[] =
        "{\"id\":\"u1\",\"profile\":{\"login\":\"a&secret=x/?\xc3\xa4\\\"\"}}";
    static const char *const hrefs[] = { "javascript:alert(1)", "http://evil.example/qr",
                                         "https://evil.example/qr",
                                         "otpauth://totp/x?secret=EVIL" };
    static const char *const typed[] = { "123456", NULL };
    char answer[2000];

    (void)state;
    for (size_t i = 0; i < COUNT(hrefs); i++) {
        (void)snprintf(
            answer, sizeof answer,
            "200 {\"status\":\"MFA_ENROLL_ACTIVATE\",\"stateToken\":\"t\",\"_embedded\":{"
            "\"user\":%s,\"factor\":{\"factorType\":\"token:software:totp\",\"provider\":"
            "\"OKTA\",\"_embedded\":{\"activation\":{\"sharedSecret\":\"ABCD\",\"_links\":{"
            "\"qrcode\":{\"href\":\"%s\"}}}}}},\"_links\":{\"next\":" NEXT("activate", "/a") "}}",
            person, hrefs[i]);
        const char *const script[] = { answer, SUCCESS, NULL };
        assert_int_equal(walk(script, typed), OUTCOME_OK);
        assert_string_equal(said, PRIMARY "/a {\"stateToken\":\"t\",\"passCode\":\"123456\"}\n");
        assert_non_null(strstr(told,
                               "\notpauth://totp/Okta:a%26secret%3Dx%2F%3F%C3%A4%22?secret=ABCD&"
                               "issuer=Okta&digits=6&period=30\n"));
    }
}

#define SETS_UP(links)                                                                             \
    STATE("MFA_ENROLL_ACTIVATE",                                                                   \
          "\"factorResult\":\"WAITING\",\"_embedded\":{\"factor\":{\"factorType\":\"push\","       \
          "\"provider\":\"OKTA\",\"_embedded\":{\"activation\":{\"_links\":{" links                \
          "}}}}},\"_links\":{\"next\":" NEXT("poll", "/p") "}")

/* Where the picture of an app's code lies is told to the person: only what is the org's. */
static void app_links(void **state)
{
    static const char *const away[] = {
        SETS_UP("\"qrcode\":{\"href\":\"javascript:alert(1)\"}"),
        SETS_UP("\"qrcode\":{\"href\":\"http://org.example/qr\"}"),
        SETS_UP("\"qrcode\":{\"href\":\"https://evil.example/qr\"}"),
        SETS_UP("\"qrcode\":{\"href\":\"oktaverify://x\"}"),
        SETS_UP("\"send\":[{\"name\":\"x\",\"href\":\"https://evil.example/\"}]"),
        SETS_UP("\"send\":[7]"),
    };
    static const char *const none[] = {
        SETS_UP("\"send\":[{\"name\":\"pigeon\",\"href\":\"" ORG "/x\"}]"), NULL
    };
    static const char *const shown[] = { SETS_UP("\"qrcode\":" LINK("/qr")), "200 <html>", SUCCESS,
                                         NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(away); i++) {
        const char *const script[] = { away[i], NULL };
        fails(script, NULL, REASON_BAD_ANSWER, "_links");
        assert_string_equal(said, PRIMARY);
    }
    fails(none, NULL, REASON_BROWSER_NEEDED, "how the phone gets to know it");
    static const char *const typed[] = { "", NULL };
    assert_int_equal(walk(shown, typed), OUTCOME_OK);
    assert_string_equal(said, PRIMARY "/qr GET\n/p {\"stateToken\":\"t\"}\n");
    assert_non_null(strstr(told, "Scan the picture at this address"));
    assert_non_null(strstr(told, "\n" ORG "/qr\n"));
}

static const struct CMUnitTest facts[] = {
    FACT(spoilt,
         "okta_walk: each recorded answer, each member missing, of another type or 1 MB long"),
    FACT(tokens_end, "okta_walk: a token that ends at any step"),
    FACT(names, "okta_walk: odd user names go as they are, or not at all"),
    FACT(typed_words, "okta_walk: what is typed goes as it is, or is asked for again"),
    FACT(pictures, "okta_walk: a QR code is made of the seed, whatever the org calls one"),
    FACT(app_links, "okta_walk: a picture for an app is the org's own, and none is no end"),
};

int main(void)
{
    recorded_prepare();
    return test_run(facts, COUNT(facts));
}
