/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "kerberos/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A server's answer to a change of password; the first byte is its code: whatever comes, one clean
 * line is told. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answer_rules rules;
    struct why why = { 0 };

    if (!size)
        return 0;
    enum outcome out = answer_read(data[0], data + 1, size - 1, "dc1", &why);
    if ((out == OUTCOME_OK) != !data[0] || !text_is_clean(why.text, strlen(why.text)))
        __builtin_trap();
    if (answer_rules(data + 1, size - 1, &rules) && (rules.max_age < 0 || rules.min_age < 0))
        __builtin_trap();
    return 0;
}
