/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "idp/grant.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void trust(bool it)
{
    if (!it)
        __builtin_trap();
}

static void trust_secret(const struct secret *secret, size_t most)
{
    size_t length = secret_length(secret);

    trust(length <= most);
    for (const char *c = secret_peek(secret); length; c++, length--)
        trust(*c >= ' ' && *c <= '~');
}

static void trust_why(const struct why *why)
{
    trust(why->reason != REASON_NONE && *why->text && text_is_clean(why->text, strlen(why->text)));
}

/* Tokens, or a wait, or a reason. */
static void take_tokens(int status, const char *bytes, size_t size)
{
    tokens_auto tokens = { 0 };
    struct why why = { 0 };
    bool pending = true, slower = true;

    if (tokens_parse(status, bytes, size, &pending, &slower, &tokens, &why)) {
        trust_why(&why);
        trust(!pending && !slower && !tokens.access && !tokens.id && !tokens.refresh);
    } else if (pending) {
        trust(!tokens.access && !tokens.id && !tokens.refresh && status < 429);
    } else {
        trust(!slower && status == 200 && tokens.access && secret_length(tokens.access));
        trust(tokens.expires_s >= 0 && tokens.expires_s <= 366 * 86400);
        trust_secret(tokens.access, TOKEN_MOST);
        if (tokens.id)
            trust_secret(tokens.id, TOKEN_MOST);
        if (tokens.refresh)
            trust_secret(tokens.refresh, TOKEN_MOST);
    }
}

static void take_device(int status, const char *bytes, size_t size)
{
    device_auto device = { 0 };
    struct why why = { 0 };
    struct url parts;

    if (device_parse(status, bytes, size, &device, &why)) {
        trust_why(&why);
        trust(!device.code);
        return;
    }
    trust(status == 200 && device.code && secret_length(device.code) && *device.user_code);
    trust_secret(device.code, DEVICE_CODE_MOST);
    trust(text_is_clean(device.user_code, strlen(device.user_code)));
    trust(!web_url_check(device.url, &parts, &why));
    trust(!*device.whole_url || !web_url_check(device.whole_url, &parts, &why));
    trust(device.expires_s >= 1 && device.expires_s <= 3600);
    trust(device.interval_s >= 1 && device.interval_s <= 60);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 400, 428, 429, 500 };

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        take_tokens(statuses[i], (const char *)data, size);
    take_device(200, (const char *)data, size);
    take_device(400, (const char *)data, size);
    return 0;
}
