/* SPDX-License-Identifier: MIT
 *
 * certificate use wifi, wired and vpn.
 */
#include "work/certificate_use.h"

static void print_8021x(const struct use *use)
{
    use_line(use, "[802-1x]");
    use_line(use, "eap=tls;");
    use_line(use, "client-cert=%s", use->uri);
    use_line(use, "private-key=%s", use->key_uri);
    use_line(use, "private-key-password-flags=1");
}

enum outcome use_network(const struct use *use, struct why *why)
{
    if (!use->prints)
        return fail(why, REASON_BAD_REQUEST, "only with --print");
    print_8021x(use);
    return OUTCOME_OK;
}

enum outcome use_vpn(const struct use *use, struct why *why)
{
    if (!use->prints)
        return fail(why, REASON_BAD_REQUEST, "only with --print");
    use_line(use, "pkcs11-id '%s'", use->uri);
    return OUTCOME_OK;
}
