/* SPDX-License-Identifier: MIT
 *
 * Whom a certificate is for, as the directory says. All borrowed; NULL where there is nothing.
 */
#ifndef CERT_PERSON_H
#define CERT_PERSON_H

struct cert_person {
    const char *dn;   /* RFC 4514: "CN=Alice Example,OU=Staff,DC=corp,DC=example" */
    const char *upn;  /* "alice@corp.example" */
    const char *mail; /* "alice.example@corp.example" */
    const char *sid;  /* "S-1-5-21-..." */
};

enum { CERT_NAME_MOST = 1024 };

#define CERT_UPN_OID "1.3.6.1.4.1.311.20.2.3"

#endif
