/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: the pre-authentication data (RFC 4120 5.2.7) of what a KDC replies.
 */
#ifndef KERBEROS_PADATA_H
#define KERBEROS_PADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/der.h"

enum { PADATA_PK_AS_REQ = 16, PADATA_ETYPE_INFO2 = 19 };

/* The list in the e-data of a KRB-ERROR (5.9.1) or in an AS-REP (5.4.2); false if there is none. */
bool padata_list(const unsigned char *reply, size_t length, struct der *list);

/* Takes the next element of that type; the value is what is in its OCTET STRING. */
bool padata_take(struct der *list, unsigned long type, struct der *value);

/* Is it an AS-REP? */
bool padata_is_ticket(const unsigned char *reply, size_t length);

/* Is it the error that more pre-authentication is needed, with a list that lacks this type? */
bool padata_lacks(const unsigned char *reply, size_t length, unsigned long type);

#endif
