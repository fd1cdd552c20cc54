/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cert/certsrv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The number of a request is one that the page names, and the message is fit to be shown. */
static void look(const struct cert_answer *answer, const uint8_t *data, size_t size)
{
    char digits[16];

    if (!text_is_clean(answer->message, strlen(answer->message)))
        __builtin_trap();
    if (!answer->request || memmem(data, size, "&#", 2)) /* a digit by its number */
        return;
    (void)snprintf(digits, sizeof digits, "%u", answer->request);
    if (!memmem(data, size, digits, 1))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cert_answer answer;
    chain_auto chain = { .count = 0 };
    struct why why;

    if (!certsrv_submitted((const char *)data, size, &answer, &why)) {
        if ((answer.disposition == DISPOSITION_ISSUED ||
             answer.disposition == DISPOSITION_PENDING) &&
            !answer.request)
            __builtin_trap();
        look(&answer, data, size);
    }
    if (!certsrv_fetched((const char *)data, size, 7, &answer, &chain, &why) &&
        (answer.disposition == DISPOSITION_ISSUED) != (chain.count > 0))
        __builtin_trap();
    return 0;
}
