/* SPDX-License-Identifier: MIT
 *
 * What the pages of AD CS Web Enrollment (/certsrv/) say. They are in the language of the server;
 * it is their elements' ids that are believed, and the address of the certificate.
 */
#ifndef CERT_CERTSRV_H
#define CERT_CERTSRV_H

#include "cert/answer.h"
#include "cert/chain.h"

enum { CERTSRV_PAGE_MOST = 256 << 10 };

/* The answer to a request (certfnsh.asp). bad-answer: it is no such page, or says two things. */
enum outcome certsrv_submitted(const char *page, size_t length, struct cert_answer *answer,
                               struct why *why);

/* The answer to certnew.cer or certnew.p7b for a request of that id: with ISSUED the certificates,
 * else none. The type that the server says it has is not to be believed. bad-answer. */
enum outcome certsrv_fetched(const char *bytes, size_t length, unsigned request,
                             struct cert_answer *answer, struct chain *chain, struct why *why);

#endif
