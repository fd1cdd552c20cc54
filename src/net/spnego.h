/* SPDX-License-Identifier: MIT
 *
 * Within net: what is inside a message of SPNEGO (RFC 4178).
 */
#ifndef NET_SPNEGO_H
#define NET_SPNEGO_H

#include "base/der.h"

/* The mechanism's token within a NegTokenResp (4.2.2), or all of it if it is none. Borrowed. */
struct der spnego_token(struct der message);

#endif
