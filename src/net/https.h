/* SPDX-License-Identifier: MIT
 *
 * One HTTPS exchange: everything that the product says to web servers goes through here.
 *
 * TLS 1.2 or newer, and a server that has proved itself (net/authorities.h) before a byte of the
 * request is sent. HTTP/1.1; no redirect is followed, no cookie kept but one that was asked for, no
 * answer decompressed, no file of libcurl's read. What was sent and received lies in secret memory;
 * libcurl's own copies go after each exchange.
 */
#ifndef NET_HTTPS_H
#define NET_HTTPS_H

#include <stdbool.h>
#include <time.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "base/secret.h"
#include "net/fields.h"
#include "net/negotiate.h"

/* Keeps connections to use them again. One for a worker. */
struct https;

/* BROKEN unless this program's libcurl is one with GnuTLS. */
enum outcome https_library(struct why *why);

/* ca_file: its authorities are trusted besides the system's; proxy as in proxy_choose; "" for none.
 * The proxy is borrowed as long as it lives. BAD_SETTING. */
enum outcome https_open(const char *ca_file, const char *proxy, struct https **https,
                        struct why *why);
void https_free(struct https **https);
#define https_auto __attribute__((cleanup(https_free))) struct https

enum { HTTPS_HEADERS = 16 }; /* of a request, at most */

/* All is borrowed; NULL where there is nothing to say. With a form or a body it is a POST. */
struct https_request {
    const char *url;           /* as in web_url_check */
    const struct field *query; /* to be put behind the url */
    const struct field *headers;
    const struct field *form;   /* the body */
    const struct secret *body;  /* instead of a form */
    const char *body_type;      /* of the body: "application/json" */
    const char *accept;         /* the type of the answer */
    size_t most;                /* bytes of the answer's body, up to 16 MiB */
    bool may_redirect;          /* a redirect is an answer, too */
    bool deletes;               /* DELETE, instead of GET */
    const char *const *cookies; /* names, NULL at the end: the first that is set is in the answer */
    struct negotiate *ticket;   /* shown with the request; not const: it is in use meanwhile */
    const char *certificate;    /* shown where TLS asks for one: a URL of certificate and key, which
                                   GnuTLS knows (cert/present.h) */
};

struct https_answer {
    int status;              /* 200 to 599 */
    char type[64];           /* "application/json": small letters, no parameters; "" if not told */
    struct secret *body;     /* empty if there is none */
    struct secret *location; /* where a redirect points, unchecked; NULL: it is none */
    struct secret *cookie;   /* "name=value", for this server alone, see cookie_find; or NULL */
    time_t date;             /* by the server's clock; -1 if not told */
    int wait_s;              /* how long it wants us to wait, see wait_seconds */
    bool sent;               /* the request may have reached the server, also on failure */
};

void https_answer_free(struct https_answer *answer);
#define https_answer_auto __attribute__((cleanup(https_answer_free))) struct https_answer

/* Asks once, within the budget, for all of it. OK with any status, so that the caller can make
 * sense of it; what is in the answer then is the caller's.
 * With a ticket, an answer below 400 is from a server that has proved that it could read it.
 *   OFFLINE: no name, no connection, or it broke; BUSY: time-out; CANCELLED.
 *   STRANGE: no-tls, a certificate's reason, redirected, bad-answer (too long, compressed, no
 * HTTP). SETTINGS: bad-setting, proxy-refused. With a ticket also not-authentic, ticket-refused
 * (401), and what ticket_for says. */
enum outcome https_do(struct https *https, const struct https_request *request, int budget_ms,
                      struct asker *asker, struct https_answer *answer, struct why *why);

#endif
