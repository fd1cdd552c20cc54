/* SPDX-License-Identifier: MIT
 *
 * What an access control list of the directory says of a person and one extended right (MS-DTYP
 * 2.4.4 to 2.4.6, MS-ADTS 5.1.3.2.1). To show what is worth asking for: the server decides.
 */
#ifndef DIRECTORY_ACL_H
#define DIRECTORY_ACL_H

#include <stddef.h>

#include "directory/person.h"

enum acl_answer {
    ACL_UNKNOWN, /* there is no such list, or it cannot be read */
    ACL_GRANTS,
    ACL_REFUSES,
};

/* The bytes are a security descriptor (self-relative); the right is a GUID in text. */
enum acl_answer acl_grants(const void *bytes, size_t length, const char *right,
                           const struct person *person);

#endif
