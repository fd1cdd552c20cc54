/* SPDX-License-Identifier: MIT
 *
 * Within cert and work: a certificate template, as far as a request must name it.
 */
#ifndef CERT_TEMPLATE_H
#define CERT_TEMPLATE_H

#include <stddef.h>

#include "cert/key.h"

enum { TEMPLATE_NAME = 256, TEMPLATE_OID = 128, TEMPLATE_DER = 1024 };

struct cert_template {
    char name[TEMPLATE_NAME]; /* cn */
    char oid[TEMPLATE_OID];   /* "": not known, or of version 1, which is known by its name */
    unsigned major, minor;    /* of the template with that OID */
    unsigned key_bits;        /* at least; 0: not said */
};

/* The extension of a request for it ([MS-WCCE] 2.2.2.7.7.1, 2.2.2.7.7.2): its OID, and the DER of
 * its value. bad-setting: the name cannot be written so; bad-answer: that is no OID. */
enum outcome template_extension(const struct cert_template *template, const char **oid,
                                unsigned char der[TEMPLATE_DER], size_t *length, struct why *why);

/* bad-setting: it wants longer keys. */
enum outcome template_check(const struct cert_template *template, enum cert_key kind,
                            struct why *why);

#endif
