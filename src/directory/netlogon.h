/* SPDX-License-Identifier: MIT
 *
 * The CLDAP ping that a DC answers without any sign-in (MS-ADTS 6.3.3): the bytes of the question,
 * and the meaning of the answer. No I/O. An answer is not authentic; it only says whom to ask.
 */
#ifndef DIRECTORY_NETLOGON_H
#define DIRECTORY_NETLOGON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

enum {
    NETLOGON_NAME = 256,    /* bytes with the closing NUL */
    NETLOGON_REQUEST = 512, /* bytes of a question at most */
    NETLOGON_ANSWER = 4096, /* bytes of an answer at most */
};

/* Flags of a DC, MS-ADTS 6.3.1.2. */
enum {
    NETLOGON_LDAP = 0x8,
    NETLOGON_KDC = 0x20,
    NETLOGON_CLOSEST = 0x80, /* the DC is in the site of the one who asks */
    NETLOGON_WRITABLE = 0x100,
};

/* MS-ADTS 6.3.1.9. An absent name is "". */
struct netlogon {
    uint32_t flags;
    unsigned char domain_guid[16];
    char forest[NETLOGON_NAME], domain[NETLOGON_NAME], host[NETLOGON_NAME];
    char netbios_domain[NETLOGON_NAME], netbios_host[NETLOGON_NAME], user[NETLOGON_NAME];
    char dc_site[NETLOGON_NAME], client_site[NETLOGON_NAME], next_site[NETLOGON_NAME];
};

/* The question for domain with this message id (1 or more). Gives its length; 0 if the domain is no
 * name or memory is short. */
size_t netlogon_ask(const char *domain, int id, unsigned char bytes[NETLOGON_REQUEST]);

/* Reads the answer to message id. NO_DOMAIN: the server answered, but not for this domain.
 * BAD_ANSWER: anything else than one well-formed NETLOGON_SAM_LOGON_RESPONSE_EX with clean names.
 * NO_SERVER: it is paused. */
enum outcome netlogon_parse(const unsigned char *bytes, size_t length, int id,
                            struct netlogon *answer, struct why *why);

#endif
