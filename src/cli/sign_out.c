/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/cli.h"

int cli_sign_out(const struct options *options)
{
    struct why why = { 0 };
    message_auto *result = NULL;
    enum outcome out = errand_run(options, &result, &why);

    if (!out && !options->json)
        (void)printf("Signed out: %s\n", message_text(result, SLOT_PRINCIPAL));
    return tell(options, out, &why, result);
}
