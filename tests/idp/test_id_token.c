/* SPDX-License-Identifier: MIT */
#include "faults.h"
#include "cases.h"

static struct why why;

static void take(const struct side *side, const char *name, struct id_token *id)
{
    struct held held;

    hold(side, &held);
    if (id_token_check(held.token, &held.rules, id, &why))
        fail_msg("%s: refused: %s: %s", name, reason_word(why.reason), why.text);
    let_go(&held);
}

static void accepted(void **state)
{
    static const char *const algorithms[] = {
#define ALGORITHM(name, kind, sign, digest) "good " #name,
#include "idp/algorithm.def"
    };
    int count = 0;

    (void)state;
    for (const struct token_case *c = all_cases(); c; c = c->next)
        if (!strcmp(c->reason, "ok")) {
            id_token_auto id = { 0 };
            take(&c->good, c->name, &id);
            count++;
        }
    assert_int_equal(COUNT(algorithms), 10);
    for (size_t i = 0; i < COUNT(algorithms); i++)
        assert_string_equal(find_case(algorithms[i])->reason, "ok");
    assert_true(count >= 30);
}

/* No piece of the token that is longer than any word of ours, and none of what is in it. */
static void check_silence(const struct token_case *c)
{
    enum { PIECE = 12 };
    const struct side *side = &c->bad;

    for (size_t i = 0; i + PIECE < side->token_length; i++)
        if (memmem(why.text, strlen(why.text), side->token + i, PIECE))
            fail_msg("%s: the token is told: %s", c->name, why.text);
    if (strstr(why.text, "CANARY") || strstr(why.text, "24828976") || strstr(why.text, "n-0S6"))
        fail_msg("%s: a claim is told: %s", c->name, why.text);
}

static void check_hostile(const struct token_case *c)
{
    static const struct id_token nothing;
    id_token_auto twin = { 0 };
    struct id_token id;
    enum reason reason;
    struct held held;

    assert_true(reason_parse(c->reason, &reason));
    take(&c->good, c->name, &twin);
    hold(&c->bad, &held);
    enum outcome out = id_token_check(held.token, &held.rules, &id, &why);
    if (!out)
        fail_msg("%s: ACCEPTED", c->name);
    if (why.reason != reason || reason_outcome(reason) != out || !strstr(why.text, c->words) ||
        strncmp(why.text, "ID token: ", 10) != 0)
        fail_msg("%s: expected %s with \"%s\", got %s: %s", c->name, c->reason, c->words,
                 reason_word(why.reason), why.text);
    assert_memory_equal(&id, &nothing, sizeof id);
    check_silence(c);
    let_go(&held);
}

static void hostile(void **state)
{
    int count = 0;

    (void)state;
    for (const struct token_case *c = all_cases(); c; c = c->next)
        if (strcmp(c->reason, "ok") != 0) {
            check_hostile(c);
            count++;
        }
    print_message("# %d hostile tokens\n", count);
    assert_true(count >= 250);
}

static void claims(void **state)
{
    id_token_auto id = { 0 };
    const char *text;

    (void)state;
    take(&find_case("good RS256")->good, "RS256", &id);
    assert_string_equal(id.issuer, "https://login.example.test/realms/staff");
    assert_string_equal(id.subject, "248289761001");
    assert_string_equal(id.name, "Alice CANARY Example");
    assert_string_equal(id.preferred_username, "alice");
    assert_string_equal(id.email, "alice@example.test");
    assert_string_equal(id.acr, "urn:mfa");
    assert_true(!id.tenant && !id.object && !id.groups_elsewhere);
    assert_int_equal(id.groups.count, 2);
    assert_string_equal(json_text_of(&id.groups, 1), "wheel");
    assert_true(json_lists(&id.amr, "mfa") && !json_lists(&id.amr, "otp"));
    assert_true(id.expires == 1800003600 && id.issued == 1799999995 && id.signed_in == 1799999970);
    assert_int_equal(json_get_text(&id.claims, "nonce", JSON_MUST, 99, &text, &why), OUTCOME_OK);
}

static void elsewhere(void **state)
{
    id_token_auto id = { 0 };

    (void)state;
    take(&find_case("good: Entra's groups elsewhere")->good, "Entra", &id);
    assert_true(id.groups_elsewhere);
    assert_int_equal(id.groups.count, 0);
    assert_string_equal(id.tenant, "t1");
    assert_string_equal(id.object, "o1");
    id_token_free(&id);
    take(&find_case("good: hasgroups")->good, "hasgroups", &id);
    assert_true(id.groups_elsewhere);
}

/* exp is now + 3600 as it is written, iat now - 5, nbf now - 100. */
static void clocks(void **state)
{
    struct held held;

    (void)state;
    hold(&find_case("good: nbf")->good, &held);
    int64_t now = held.rules.now;
    for (int64_t skew = 0; skew <= ID_TOKEN_SKEW_MOST_S; skew += 60)
        for (int64_t off = -301; off <= 301; off++) {
            struct id_token id;
            held.rules.skew_s = skew;
            held.rules.now = now + 3600 + off;
            bool taken = !id_token_check(held.token, &held.rules, &id, &why);
            assert_int_equal(taken, off < skew);
            id_token_free(&id);
            held.rules.now = now - 5 + off;
            taken = !id_token_check(held.token, &held.rules, &id, &why);
            assert_int_equal(taken, off >= -skew);
            id_token_free(&id);
        }
    let_go(&held);
}

static void not_whole(void **state)
{
    struct held held;
    struct id_token id;
    size_t count = 0;

    (void)state;
    hold(&find_case("good RS256")->good, &held);
    struct id_token_rules whole = held.rules;

#define WITHOUT(field, value)                                                                      \
    held.rules = whole;                                                                            \
    held.rules.field = value;                                                                      \
    count++;                                                                                       \
    test_reason(id_token_check(held.token, &held.rules, &id, &why), &why, REASON_BROKEN,           \
                "the rules for ID tokens are not whole")
    WITHOUT(keys, NULL);
    WITHOUT(algorithms, 0);
    WITHOUT(issuer, NULL);
    WITHOUT(issuer, "");
    WITHOUT(client, NULL);
    WITHOUT(client, "");
    WITHOUT(nonce, NULL);
    WITHOUT(nonce, "");
    WITHOUT(no_nonce, true);
    WITHOUT(now, 0);
    WITHOUT(now, -1);
    WITHOUT(now, INT64_MAX);
    WITHOUT(skew_s, -1);
    WITHOUT(skew_s, ID_TOKEN_SKEW_MOST_S + 1);
    WITHOUT(max_age_s, -1);
    WITHOUT(max_age_s, INT64_MAX);
    assert_int_equal(count, 16);
    let_go(&held);
}

static bool check_one(void *data)
{
    const struct side *side = data;
    secret_auto *token = secret_new(side->token_length);
    jwks_auto *jwks = NULL;
    id_token_auto id = { 0 };
    enum outcome out;

    if (!token || !secret_append(token, side->token, side->token_length))
        return false;
    if (!(out = jwks_parse(side->jwks, strlen(side->jwks), &jwks, &why))) {
        struct id_token_rules rules = { .keys = jwks,
                                        .algorithms = ~0U,
                                        .issuer = side->issuer,
                                        .client = side->client,
                                        .nonce = side->nonce,
                                        .now = atol(side->now) };
        out = id_token_check(token, &rules, &id, &why);
    }
    assert_true(!out || why.reason == REASON_NO_MEMORY);
    return !out && !strcmp(id.subject, "248289761001");
}

static void fails_everywhere(void **state)
{
    struct side side = find_case("good ES256")->good;

    (void)state;
    assert_true(faults_everywhere(FAULTS_MEMORY, check_one, &side) > 100);
}

FACTS(FACT(accepted, "id_token_check: what another implementation signed, by ten algorithms"),
      FACT(hostile,
           "id_token_check: each hostile token fails for its own reason, and not its twin"),
      FACT(claims, "id_token_check: who signed in, and when"),
      FACT(elsewhere, "id_token_check: groups that are elsewhere are told of"),
      FACT(clocks, "id_token_check: clocks may differ by as much as the rules say"),
      FACT(not_whole, "id_token_check: rules that are not whole admit nobody"),
      FACT(fails_everywhere, "id_token_check: without memory at any point it is no-memory"))
