/* SPDX-License-Identifier: MIT
 *
 * What Active Directory adds to a Kerberos error: the NTSTATUS in the e-data of a KRB-ERROR
 * (MS-KILE 2.2.1 and 2.2.2, KERB-EXT-ERROR in KERB-ERROR-DATA; Samba wraps it in METHOD-DATA).
 */
#ifndef KERBEROS_NTSTATUS_H
#define KERBEROS_NTSTATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

/* False if the bytes, which come from the network, hold none. */
bool ntstatus_find(const unsigned char *bytes, size_t length, uint32_t *status);

/* The reason that a status tells; false for one that we have no row for. */
bool ntstatus_reason(uint32_t status, enum reason *reason);

#endif
