/* SPDX-License-Identifier: MIT
 *
 * How programs that use pkcs11-helper, such as OpenVPN, name a certificate in a token.
 */
#ifndef CERT_HELPER_H
#define CERT_HELPER_H

#include "cert/key.h"

enum { HELPER_ID = 512 };

/* MAKER/MODEL/SERIAL/LABEL/ID, as openvpn --show-pkcs11-ids tells it. */
enum outcome helper_id(const struct token *token, const struct key_id *id, char text[HELPER_ID],
                       struct why *why);

/* The library that knows all tokens of p11-kit. */
const char *helper_provider(void);

#endif
