/* SPDX-License-Identifier: MIT
 *
 * The cases that tests/idp/make-cases wrote into the file CASES of the environment.
 */
#ifndef TESTS_IDP_CASES_H
#define TESTS_IDP_CASES_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "idp/id_token.h"

#define VALUES(X)                                                                                  \
    X(token)                                                                                       \
    X(jwks)                                                                                        \
    X(issuer)                                                                                      \
    X(bare)                                                                                        \
    X(client)                                                                                      \
    X(nonce)                                                                                       \
    X(access_token)                                                                                \
    X(code)                                                                                        \
    X(algorithms)                                                                                  \
    X(now)                                                                                         \
    X(skew)                                                                                        \
    X(tenants)                                                                                     \
    X(subject)                                                                                     \
    X(acr)                                                                                         \
    X(amr)                                                                                         \
    X(max_age)

/* A token, and what it is held against, as written; NULL: not set. */
struct side {
#define X(name) char *name;
    VALUES(X)
#undef X
    size_t token_length;
};

struct token_case {
    char *name, *reason, *words;
    struct side good, bad;
    struct token_case *next;
};

/* In place: %XX becomes that byte. */
static inline size_t unquote(char *text)
{
    char *to = text;
    unsigned byte;

    for (char *from = text; *from; from++) {
        if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

static inline void take_value(struct side *side, char *line)
{
    char *value = strchr(line, ' ');

    assert_non_null(value);
    *value++ = '\0';
    char *copy = strdup(value);
    assert_non_null(copy);
    size_t length = unquote(copy);
#define X(name)                                                                                    \
    if (!strcmp(line, #name)) {                                                                    \
        assert_null(side->name);                                                                   \
        side->name = copy;                                                                         \
        if (!strcmp(line, "token"))                                                                \
            side->token_length = length;                                                           \
        return;                                                                                    \
    }
    VALUES(X)
#undef X
    fail_msg("a value that is not known: %s", line);
}

static inline void take_line(struct token_case **head, char *line)
{
    struct token_case *c = *head;

    if (!strncmp(line, "case ", 5)) {
        c = calloc(1, sizeof *c);
        assert_non_null(c);
        c->name = strdup(line + 5);
        c->next = *head;
        *head = c;
    } else if (!strncmp(line, "reason ", 7)) {
        c->reason = strdup(line + 7);
    } else if (!strncmp(line, "words ", 6)) {
        c->words = strdup(line + 6);
    } else if (!strncmp(line, "good ", 5)) {
        take_value(&c->good, line + 5);
    } else if (!strncmp(line, "bad ", 4)) {
        take_value(&c->bad, line + 4);
    } else {
        assert_string_equal(line, "end");
    }
}

/* All of them, the last one first; read once. */
static inline const struct token_case *all_cases(void)
{
    static struct token_case *head;
    const char *path = getenv("CASES");
    FILE *stream = head || !path ? NULL : fopen(path, "re");
    char *line = NULL;
    size_t room = 0;

    while (stream && getline(&line, &room, stream) > 0) {
        line[strcspn(line, "\n")] = '\0';
        take_line(&head, line);
    }
    free(line);
    if (stream)
        (void)fclose(stream);
    assert_non_null(head);
    return head;
}

static inline const struct token_case *find_case(const char *name)
{
    const struct token_case *c = all_cases();

    while (c && strcmp(c->name, name) != 0)
        c = c->next;
    if (!c)
        fail_msg("there is no case %s", name);
    return c;
}

static inline struct secret *secret_of(const char *bytes, size_t length)
{
    struct secret *secret = secret_new(length);

    assert_non_null(secret);
    assert_true(secret_append(secret, bytes, length));
    return secret;
}

/* The words of a text as a list that ends with NULL, which lives until the next call. */
static inline const char *const *list_of(const char *text, char *room, const char **list)
{
    size_t count = 0;

    if (!text)
        return NULL;
    (void)strcpy(room, text);
    for (char *rest = room, *word; (word = strsep(&rest, " "));)
        if (*word)
            list[count++] = word;
    list[count] = NULL;
    return list;
}

static inline unsigned algorithms_of(const char *text)
{
    char room[200];
    const char *list[20];
    unsigned set = 0;
    enum algorithm algorithm;

    for (const char *const *name = list_of(text, room, list); *name; name++) {
        assert_true(algorithm_parse(*name, &algorithm));
        set |= ALGORITHM_BIT(algorithm);
    }
    return set;
}

/* A side as rules, with what they borrow. */
struct held {
    struct id_token_rules rules;
    struct jwks *jwks;
    struct secret *token, *access_token, *code;
    char room[3][200];
    const char *lists[3][20];
};

static inline void hold(const struct side *side, struct held *held)
{
    struct why why;

    *held = (struct held){ .token = secret_of(side->token, side->token_length) };
    if (jwks_parse(side->jwks, strlen(side->jwks), &held->jwks, &why))
        fail_msg("jwks_parse: %s", why.text);
    if (side->access_token)
        held->access_token = secret_of(side->access_token, strlen(side->access_token));
    if (side->code)
        held->code = secret_of(side->code, strlen(side->code));
    held->rules = (struct id_token_rules){
        .keys = held->jwks,
        .algorithms = algorithms_of(side->algorithms),
        .issuer = side->issuer,
        .bare_issuer = side->bare != NULL,
        .tenants = list_of(side->tenants, held->room[0], held->lists[0]),
        .client = side->client,
        .nonce = side->nonce,
        .no_nonce = !side->nonce,
        .access_token = held->access_token,
        .code = held->code,
        .subject = side->subject,
        .acr = list_of(side->acr, held->room[1], held->lists[1]),
        .amr = list_of(side->amr, held->room[2], held->lists[2]),
        .max_age_s = side->max_age ? atol(side->max_age) : 0,
        .now = atol(side->now),
        .skew_s = atol(side->skew),
    };
}

static inline void let_go(struct held *held)
{
    jwks_free(&held->jwks);
    secret_free(&held->token);
    secret_free(&held->access_token);
    secret_free(&held->code);
}

#endif
