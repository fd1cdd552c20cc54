/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted names its host as it is written, right behind the scheme; what is shown is clean
 * and has no fragment. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[URL_MOST + 100], shown[URL_SHOWN];
    struct url url;
    struct why why;

    if (size >= sizeof text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    url_show(text, shown);
    if (!text_is_clean(shown, strlen(shown)) || strchr(shown, '#'))
        __builtin_trap();
    if (web_url_check(text, &url, &why))
        return 0;
    size_t bracket = text[8] == '[';
    if (strlen(text) > URL_MOST || strncasecmp(text, "https://", 8) != 0 || !*url.host ||
        strncasecmp(text + 8 + bracket, url.host, strlen(url.host)) != 0 ||
        strpbrk(url.host, "@/%\\?# ") || !url.port || url.port > 65535 ||
        !url_same_origin(text, url.origin) || strncmp(url.origin, "https://", 8) != 0)
        __builtin_trap();
    return 0;
}
