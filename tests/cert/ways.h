/* SPDX-License-Identifier: MIT
 *
 * Every way that PKCS#11 knows to get a private key out of a token.
 */
#ifndef TESTS_CERT_WAYS_H
#define TESTS_CERT_WAYS_H

#include <stdbool.h>

#include "cert/object.h"

enum { WAYS = 4 };

extern const struct way {
    const char *name;
    bool (*gets_out)(const struct token *token, CK_OBJECT_HANDLE key);
} ways[WAYS];

#endif
