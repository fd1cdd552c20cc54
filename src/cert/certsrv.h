/* SPDX-License-Identifier: MIT
 *
 * What the pages of AD CS Web Enrollment (/certsrv/) say. They are in the language of the server;
 * it is their elements' ids that are believed, and the address of the certificate.
 */
#ifndef CERT_CERTSRV_H
#define CERT_CERTSRV_H

#include "cert/chain.h"

enum certsrv {
    CERTSRV_ISSUED,  /* and can be fetched, or was */
    CERTSRV_PENDING, /* somebody must decide */
    CERTSRV_DENIED,
    CERTSRV_FAILED, /* that did not work; whether a certificate exists is not known */
};

struct certsrv_answer {
    enum certsrv disposition;
    unsigned request; /* its id, from 1; 0: not told */
    unsigned long
        code; /* of Windows, 0x80094800 for a template that the CA does not have; 0: none */
    char message[512]; /* the CA's own sentence, one clean line in its language; "" if none */
};

enum { CERTSRV_PAGE_MOST = 256 << 10 };

/* The answer to a request (certfnsh.asp). bad-answer: it is no such page, or says two things. */
enum outcome certsrv_submitted(const char *page, size_t length, struct certsrv_answer *answer,
                               struct why *why);

/* The answer to certnew.cer or certnew.p7b for a request of that id: with ISSUED the certificates,
 * else none. The type that the server says it has is not to be believed. bad-answer. */
enum outcome certsrv_fetched(const char *bytes, size_t length, unsigned request,
                             struct certsrv_answer *answer, struct chain *chain, struct why *why);

#endif
