/* SPDX-License-Identifier: MIT
 *
 * callback: what the desktop starts with the URI by which a browser comes back.
 */
#include <string.h>

#include "cli/cli.h"
#include "wire/callback.h"

int cli_callback(const struct options *options)
{
    struct why why = { 0 };
    const char *uri = options->arguments[0];
    enum outcome out =
        uri ? callback_hand(uri, &why) : fail(&why, REASON_BAD_REQUEST, "callback needs the URI");

    return tell(options, out, &why, NULL);
}
