/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "conf/name.h"
#include "conf/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A typed name: one that is taken is clean, bounded and has none of the characters that mean
 * something to LDAP, Kerberos or a shell of names; text_clean cleans whatever it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = strndup((const char *)data, size);
    size_t length = strlen(name);
    struct why why;

    if (!name_check_user(name, &why)) {
        if (!length || length > NAME_USER_MOST || !text_is_clean(name, length) ||
            strpbrk(name, "\"/\\[]:;|=,+*?<>\n") || strchr(name, '@') != strrchr(name, '@'))
            __builtin_trap();
    } else if (why.reason != REASON_BAD_NAME || !text_is_clean(why.text, strlen(why.text))) {
        __builtin_trap();
    }
    if (name_is_domain(name) && (length > NAME_DOMAIN_MOST || strpbrk(name, " /:@\\_")))
        __builtin_trap();
    if (name_is_identity(name) &&
        (length > NAME_IDENTITY_MOST || strpbrk(name, "/ ") || *name == '.'))
        __builtin_trap();
    for (int i = 0; i < SETTING_COUNT; i++)
        if (setting_accepts((enum setting)i, name) && !text_is_clean(name, length))
            __builtin_trap();
    text_auto *json = text_new(8 * length + 16);
    json_text(json, NULL, name);
    text_clean(name);
    if (!text_ok(json) || strlen(name) != length || !text_is_clean(name, length))
        __builtin_trap();
    free(name);
    return 0;
}
