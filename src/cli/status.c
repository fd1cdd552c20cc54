/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

int cli_status(const struct options *options)
{
    return tell_person(options, true);
}
