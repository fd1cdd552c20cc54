/* SPDX-License-Identifier: MIT
 *
 * Whether programs of the system find a token, such as wpa_supplicant: it runs as root with an
 * environment and a home folder of its own, and asks all that p11-kit knows.
 */
#ifndef CERT_REACH_H
#define CERT_REACH_H

#include "cert/token.h"

/* token-unreachable: it is kept where only the person's own programs look. A token of which nobody
 * knows that, such as a smart card, is believed to be there for all. */
enum outcome token_reach(const struct token *token, struct why *why);

#endif
