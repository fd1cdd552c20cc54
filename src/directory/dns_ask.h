/* SPDX-License-Identifier: MIT
 *
 * Several questions to the DNS at once, to the name servers of resolv.conf. For dns.c alone.
 */
#ifndef DIRECTORY_DNS_ASK_H
#define DIRECTORY_DNS_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/dns_parse.h"

enum { DNS_QUESTIONS = 20 }; /* at once, at most */

struct dns_question {
    const char *name;      /* borrowed; "" is not asked */
    int type;              /* ns_t_srv, ns_t_a, ns_t_aaaa */
    bool optional;         /* not waited for much longer than for the others */
    unsigned char *answer; /* the caller's to free; NULL: no server answered in time */
    size_t length;
    char strange[DNS_ADDRESS_TEXT]; /* a server whose answer cannot be read; "": none */
};

/* Sends all by UDP, to the next name server too after a while, and by TCP what was cut. Answers
 * are whole messages, "no such name" included. Takes 3 s at most, and a second for each that goes
 * by TCP. OK even if nobody answers; NO_DNS: resolv.conf names no server; CANCELLED. */
enum outcome dns_ask(struct dns_question *questions, size_t count, int budget_ms,
                     struct asker *asker, struct why *why);

#endif
