/* SPDX-License-Identifier: MIT
 *
 * A look at the certificate that a server shows in TLS: for what a library says about a failed
 * handshake is not enough for a person. Nothing but the handshake is sent.
 */
#ifndef NET_LOOK_H
#define NET_LOOK_H

#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "base/text.h"

/* Plain data; texts are clean UTF-8, times seconds since 1970 UTC. Of what may be wrong with the
 * certificate, everything. */
struct look {
    char subject[256], issuer[256]; /* RFC 4514 */
    char protocol[16];              /* "TLS1.3" */
    time_t begin, end;
    bool expired, not_yet_valid, wrong_host;
    bool self_signed;       /* by itself, and not trusted */
    bool unknown_authority; /* signed by one that is not trusted */
    bool wrong_use;         /* it is for other things than to be a TLS server */
    bool weak;              /* its key, its signature, or those of an authority */
    bool chain_is_bad;      /* revoked, or an authority is out of date or not for this name */
};

/* Connects to address (with its port) and shakes hands as with host, with TLS 1.2 or newer; ca_file
 * is PEM, NULL: the system's authorities. OK once a certificate was seen: see the report for
 * whether it will do. NO_SERVER: no connection; NOT_PROTECTED: no TLS there; TIME_OUT, BAD_SETTING
 * (ca_file), BAD_ANSWER, CANCELLED. */
enum outcome look_at(const struct sockaddr_storage *address, const char *host, const char *ca_file,
                     int budget_ms, struct asker *asker, struct look *report, struct why *why);

/* True if the certificate will do; else all that is wrong with it is added to the sentence. */
bool look_is_good(const struct look *report, const char *host, struct text *sentence);

/* Of one that will not do: the reason to be told. */
enum reason look_reason(const struct look *report);

#endif
