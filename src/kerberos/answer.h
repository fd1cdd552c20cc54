/* SPDX-License-Identifier: MIT
 *
 * What a server says to a change of password (RFC 3244 section 2): a result code and bytes that are
 * a text, or Active Directory's block of 30 bytes with its rules.
 */
#ifndef KERBEROS_ANSWER_H
#define KERBEROS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

/* The rules of AD's block; ages in seconds. */
struct answer_rules {
    uint32_t min_length, history;
    bool complexity;
    int64_t max_age, min_age;
};

/* True if the bytes are such a block. */
bool answer_rules(const unsigned char *bytes, size_t length, struct answer_rules *rules);

/* OK for code 0; else fails with the reason of the code and one clear sentence: the rules of the
 * block, or the server's text without its line breaks and closing NULs, cut to 400 bytes. */
enum outcome answer_read(int code, const unsigned char *bytes, size_t length, const char *server,
                         struct why *why);

#endif
