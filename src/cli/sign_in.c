/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "conf/name.h"

int cli_sign_in(const struct options *options)
{
    struct why why = { 0 };
    const char *name = options->arguments[0];
    enum outcome out = name ? name_check_user(name, &why) : OUTCOME_OK;

    return out ? tell(options, out, &why, NULL) : tell_person(options, false);
}
