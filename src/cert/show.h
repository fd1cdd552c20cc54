/* SPDX-License-Identifier: MIT
 *
 * What a certificate says, for people.
 */
#ifndef CERT_SHOW_H
#define CERT_SHOW_H

#include <gnutls/x509.h>

enum { SHOWN_NAME = 512, SHOWN_SERIAL = 64 };

/* "" where there is nothing, or no room for it; not cleaned. */
struct shown {
    char subject[SHOWN_NAME], issuer[SHOWN_NAME]; /* RFC 4514 */
    char serial[SHOWN_SERIAL];                    /* hexadecimal digits */
};

void certificate_show(gnutls_x509_crt_t certificate, struct shown *shown);

#endif
