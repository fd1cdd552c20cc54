/* SPDX-License-Identifier: MIT */
#include "cert/show.h"

#include <stdio.h>

enum { SERIAL_MOST = (SHOWN_SERIAL - 1) / 2 };

void certificate_show(gnutls_x509_crt_t certificate, struct shown *shown)
{
    unsigned char serial[SERIAL_MOST];
    size_t subject = sizeof shown->subject, issuer = sizeof shown->issuer, size = sizeof serial;

    if (gnutls_x509_crt_get_dn(certificate, shown->subject, &subject))
        *shown->subject = '\0';
    if (gnutls_x509_crt_get_issuer_dn(certificate, shown->issuer, &issuer))
        *shown->issuer = '\0';
    *shown->serial = '\0';
    if (!gnutls_x509_crt_get_serial(certificate, serial, &size))
        for (size_t i = 0; i < size; i++)
            (void)snprintf(shown->serial + 2 * i, 3, "%02x", serial[i]);
}
