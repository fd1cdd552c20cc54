/* SPDX-License-Identifier: MIT
 *
 * certificate use vpn: NetworkManager's plugins take no key in a token (network-manager-openvpn has
 * files alone, network-manager-strongswan chooses a key itself), so that what the programs of a VPN
 * want is printed.
 */
#include <string.h>

#include "cert/helper.h"
#include "work/certificate_use.h"

static bool is_word(const char *name)
{
    return !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")];
}

static enum outcome print_openvpn(const struct use *use, struct why *why)
{
    char id[HELPER_ID];
    enum outcome out = helper_id(use->all->token, &use->kept->id, id, why);

    if (out)
        return out;
    use_line(use, "# OpenVPN, for %s.conf", use->where);
    use_line(use, "pkcs11-providers %s", helper_provider());
    use_line(use, "pkcs11-id '%s'", id);
    return OUTCOME_OK;
}

static void print_openconnect(const struct use *use)
{
    use_line(use, "# OpenConnect, for a file of --config");
    use_line(use, "certificate=%s", use->uri);
    use_line(use, "sslkey=%s", use->key_uri);
}

/* swanctl.conf(5) and strongswan.conf(5) */
static void print_strongswan(const struct use *use)
{
    char id[KEY_ID_TEXT];

    key_id_text(&use->kept->id, id);
    use_line(use, "# strongSwan, for swanctl.conf");
    use_line(use, "connections { %s { local { auth = pubkey", use->where);
    use_line(use, "  cert-token { handle = %s", id);
    use_line(use, "    module = p11-kit } } } }");
    use_line(use, "secrets { token-%s { handle = %s", use->where, id);
    use_line(use, "  module = p11-kit } }");
    use_line(use, "# and for strongswan.conf");
    use_line(use, "charon { plugins { pkcs11 { modules { p11-kit { path = %s } } } } }",
             helper_provider());
}

enum outcome use_vpn(const struct use *use, struct why *why)
{
    enum outcome out;

    if (!use->prints)
        return fail(why, REASON_BAD_REQUEST,
                    "no VPN of NetworkManager's takes a key in a token: see what --print tells, "
                    "and set it by hand");
    if (!is_word(use->where))
        return fail(why, REASON_BAD_REQUEST,
                    "the name of a VPN is of letters, digits and - _: not %s", use->where);
    if ((out = print_openvpn(use, why)))
        return out;
    print_openconnect(use);
    print_strongswan(use);
    return OUTCOME_OK;
}
