/* SPDX-License-Identifier: MIT
 *
 * The authorities that we trust, and their verdict on the certificates that a server shows: the one
 * judge of all TLS of ours.
 *
 * Of a bundle only those authorities are parsed that can have signed something in the chain: all of
 * a system's would cost more time than the handshake, and megabytes.
 */
#ifndef NET_AUTHORITIES_H
#define NET_AUTHORITIES_H

#include <gnutls/gnutls.h>

#include "base/outcome.h"
#include "net/look.h"

struct authorities;

enum authorities_of {
    AUTHORITIES_OF_FILE,   /* the file's alone, the system's if there is none */
    AUTHORITIES_OF_SYSTEM, /* the system's, and those of the file */
};

/* ca_file is PEM; NULL or "": none. BAD_SETTING if it cannot be used. */
enum outcome authorities_read(enum authorities_of of, const char *ca_file,
                              struct authorities **authorities, struct why *why);
void authorities_free(struct authorities **authorities);
#define authorities_auto __attribute__((cleanup(authorities_free))) struct authorities

/* Everything that is wrong with the certificate goes into the report, whose other facts stay. The
 * chain is DER, the server's own first; host is a name or an address. At least 112 bits of security
 * are asked for (RSA 2048), no SHA-1, and the use serverAuth (RFC 5280 4.2.1.12). BAD_ANSWER if it
 * is no certificate at all. */
enum outcome authorities_judge(const struct authorities *authorities, const gnutls_datum_t *chain,
                               unsigned count, const char *host, struct look *report,
                               struct why *why);

#endif
