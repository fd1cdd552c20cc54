/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/uri.h"
#include "idp/authorize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STATE "1234567890123456789012345678901234567890123"

static const char issuer[] = "https://x.test";

static void trust(bool it)
{
    if (!it)
        __builtin_trap();
}

/* How many parameters have that name, with a value or without; the fragment has none. */
static int written(const char *uri, const char *name)
{
    size_t length = strlen(name);
    int count = 0;

    for (const char *at = strchr(uri, '?'); at && *at && *at != '#';
         at += 1 + strcspn(at + 1, "&#"))
        count +=
            !strncmp(at + 1, name, length) && (!at[1 + length] || strchr("=&#", at[1 + length]));
    return count;
}

static void read_one(const char *uri, const char *name, size_t size)
{
    char value[64];

    memset(value, 'x', sizeof value);
    if (uri_parameter(uri, name, value, size))
        trust(written(uri, name) == 1 && strlen(value) < size &&
              text_is_clean(value, strlen(value)));
    else
        trust(!*value);
    trust(value[size] == 'x');
}

/* A code is one only of our own attempt, of no other issuer, and where there is no error. */
static void take(const char *uri, bool names_itself)
{
    const struct authorize authorize = { .state = STATE };
    struct discovery discovery = { .names_itself = names_itself };
    secret_auto *code = NULL;
    struct why why = { 0 };
    char state[AUTHORIZE_TEXT], word[64];
    bool ours = redirect_state(uri, state);

    trust(!ours || (*state && strlen(state) < sizeof state &&
                    !strncmp(uri, REDIRECT_URI "?", sizeof REDIRECT_URI)));
    (void)strcpy(discovery.issuer, issuer);
    if (authorize_take(&authorize, &discovery, uri, &code, &why)) {
        trust(!code && why.reason != REASON_NONE && text_is_clean(why.text, strlen(why.text)));
        return;
    }
    trust(ours && !strcmp(state, STATE) && code && secret_length(code));
    trust(written(uri, "state") == 1 && written(uri, "code") == 1 && !written(uri, "error"));
    trust((!written(uri, "iss") && !names_itself) ||
          (uri_parameter(uri, "iss", word, sizeof word) && !strcmp(word, issuer)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *uri = malloc(size + 1);

    if (!uri)
        return 0;
    memcpy(uri, data, size);
    uri[size] = '\0';
    read_one(uri, "state", 2);
    read_one(uri, "code", 63);
    read_one(uri, "a", 1);
    take(uri, false);
    take(uri, true);
    free(uri);
    return 0;
}
