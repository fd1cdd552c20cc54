/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A settings file, the administrator's if the first byte is even: every value that is kept is of
 * its kind, and the message of a refusal is clean. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    conf_auto *conf = conf_new();
    struct why why = { 0 };
    const char *identity;

    if (!size || size > 256 << 10)
        return 0;
    enum setting_who who = data[0] & 1 ? WHO_PERSON : WHO_ADMINISTRATOR;
    if (conf_read(conf, "f", (const char *)data + 1, size - 1, who, &why) &&
        (why.reason != REASON_BAD_SETTING || !text_is_clean(why.text, strlen(why.text)) ||
         strncmp(why.text, "f:", 2) != 0))
        __builtin_trap();
    for (size_t i = 0; (identity = conf_identity(conf, i)); i++)
        for (int s = 0; s < SETTING_COUNT; s++) {
            enum setting setting = (enum setting)s;
            const char *value = conf_text(conf, identity, setting);
            if (!strcmp(conf_origin(conf, identity, setting), "default"))
                continue;
            if (!setting_accepts(setting, value) ||
                (who == WHO_PERSON && setting_row(setting)->who == WHO_ADMINISTRATOR))
                __builtin_trap();
        }
    return 0;
}
