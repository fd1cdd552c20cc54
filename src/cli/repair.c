/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

int cli_repair(const struct options *options)
{
    return tell_person(options, false);
}
