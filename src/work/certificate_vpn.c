/* SPDX-License-Identifier: MIT
 *
 * certificate use vpn: no plugin of NetworkManager takes the URI of a key, so that what a VPN's own
 * programs want is printed.
 */
#include "work/certificate_use.h"

enum outcome use_vpn(const struct use *use, struct why *why)
{
    if (!use->prints)
        return fail(why, REASON_BAD_REQUEST, "only with --print");
    use_line(use, "pkcs11-id '%s'", use->uri);
    return OUTCOME_OK;
}
