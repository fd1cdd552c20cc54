/* SPDX-License-Identifier: MIT
 *
 * How long an ID token takes, for the bench:
 *   token ROUNDS ISSUER CLIENT NONCE NOW, with the keys in a line and the token in a line as input
 * Prints medians in microseconds: keys parsed, token checked, its signature alone by GnuTLS.
 */
#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "idp/id_token.h"

enum { ROUNDS_MOST = 100000, LINE_MOST = 1 << 20 };

struct bench {
    const char *keys, *token;
    struct id_token_rules rules;
    struct secret *secret;
    const struct jwk *key;
    gnutls_datum_t data, signature;
    gnutls_sign_algorithm_t sign;
};

static double now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool parse(struct bench *bench)
{
    jwks_auto *jwks = NULL;
    struct why why;

    return !jwks_parse(bench->keys, strlen(bench->keys), &jwks, &why);
}

static bool check(struct bench *bench)
{
    id_token_auto id = { 0 };
    struct why why;

    return !id_token_check(bench->secret, &bench->rules, &id, &why);
}

static bool verify(struct bench *bench)
{
    return gnutls_pubkey_verify_data2(bench->key->key, bench->sign, 0, &bench->data,
                                      &bench->signature) >= 0;
}

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static double median(bool (*run)(struct bench *), struct bench *bench, int rounds)
{
    static double times[ROUNDS_MOST];

    for (int i = 0; i < rounds; i++) {
        double begin = now_us();
        if (!run(bench))
            exit(1);
        times[i] = now_us() - begin;
    }
    qsort(times, (size_t)rounds, sizeof *times, compare);
    return times[rounds / 2];
}

/* The signature as GnuTLS takes it. */
static bool prepare(struct bench *bench)
{
    static unsigned char bytes[4096];
    const char *end = strrchr(bench->token, '.');
    jwt_auto jwt = { 0 };
    size_t size;
    struct why why;

    if (!end || jwt_open(bench->secret, bench->rules.keys, ~0U, &jwt, &why) ||
        !base64url_decode(end + 1, strlen(end + 1), bytes, &size))
        return false;
    bench->key = jwt.key;
    bench->sign = algorithm_facts(jwt.algorithm)->sign;
    bench->data = (gnutls_datum_t){ (unsigned char *)bench->token, (unsigned)(end - bench->token) };
    bench->signature = (gnutls_datum_t){ bytes, (unsigned)size };
    if (jwt.key->kind == KEY_RSA || jwt.key->kind == KEY_ED25519)
        return true;
    gnutls_datum_t r = { bytes, (unsigned)size / 2 }, s = { bytes + size / 2, (unsigned)size / 2 };
    return !gnutls_encode_rs_value(&bench->signature, &r, &s);
}

int main(int count, char **words)
{
    static char keys[LINE_MOST], token[LINE_MOST];
    struct bench bench = { .keys = keys, .token = token };
    struct jwks *jwks;
    struct why why;

    if (count != 6 || !fgets(keys, sizeof keys, stdin) || !fgets(token, sizeof token, stdin))
        return 2;
    keys[strcspn(keys, "\n")] = token[strcspn(token, "\n")] = '\0';
    bench.secret = secret_new(strlen(token));
    if (!bench.secret || !secret_append(bench.secret, token, strlen(token)) ||
        jwks_parse(keys, strlen(keys), &jwks, &why))
        return 1;
    bench.rules = (struct id_token_rules){ .keys = jwks,
                                           .algorithms = ~0U,
                                           .issuer = words[2],
                                           .client = words[3],
                                           .nonce = words[4],
                                           .now = atol(words[5]),
                                           .skew_s = ID_TOKEN_SKEW_S };
    int rounds = atoi(words[1]);
    if (rounds < 1 || rounds > ROUNDS_MOST || !prepare(&bench))
        return 1;
    return printf("%.1f %.1f %.1f\n", median(parse, &bench, rounds), median(check, &bench, rounds),
                  median(verify, &bench, rounds)) < 0;
}
