/* SPDX-License-Identifier: MIT */
#include "base/home.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

const char *home_folder(void)
{
    const char *home = getenv("HOME");
    const struct passwd *account;

    if (!home && (account = getpwuid(getuid())))
        home = account->pw_dir;
    return home && *home == '/' ? home : NULL;
}
