/* SPDX-License-Identifier: MIT
 *
 * libkrb5 asks one domain controller, for this process only: the one that answered. The system's
 * krb5.conf is obeyed and never written.
 */
#ifndef KERBEROS_PIN_H
#define KERBEROS_PIN_H

#include "base/outcome.h"

/* Call before the first context. From then on every context of the process, libgssapi's too, asks
 * for this realm only the server at address ("10.1.2.3" or "2001:db8::1"), by TCP; no DNS for it.
 * Behind the system's settings stand defaults that suit AD: no canonicalisation by DNS, no reverse
 * look-up. With realm NULL: only these defaults. */
enum outcome pin_realm(const char *realm, const char *address, struct why *why);

/* The same, and libkrb5 signs in with certificates (RFC 4556): the server must prove by its own one
 * that it is this host, and a KDC. */
enum outcome pin_realm_for_certificates(const char *realm, const char *address, const char *host,
                                        struct why *why);

#endif
