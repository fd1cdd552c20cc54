/* SPDX-License-Identifier: MIT
 *
 * A server of the test's own on the loopback: a process that accepts, shakes hands, and lets a
 * function of the test talk, with a process for each visit. What it sees, the test sees too.
 */
#ifndef TESTS_NET_SERVER_H
#define TESTS_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "net/pair.h"

enum { SERVER_SEEN = 16384 };

struct seen {
    int visits, handshakes, requests;
    size_t bytes;           /* received inside of TLS */
    char last[SERVER_SEEN]; /* the last request */
    char protocol[16];      /* of the last handshake */
    char client[64];        /* the name in the certificate that the client showed; "" */
};

struct server {
    pid_t pid;
    int port;
    struct sockaddr_storage address;
    struct seen *seen;
    int ended; /* of a pipe: a byte for each visit that is over */
};

struct visit {
    gnutls_session_t session; /* NULL: no TLS */
    int fd;
    struct seen *seen;
    const void *data;
};

typedef void server_talk(struct visit *visit);

struct server_request {
    const struct pair *pair; /* NULL: no TLS */
    const char *priorities;  /* of GnuTLS, NULL: its own */
    bool asks;               /* for a certificate of the client's */
    server_talk *talk;       /* NULL: reads to the end */
    const void *data;
};

void server_start(const struct server_request *request, struct server *server);

/* Waits until so many visits are over. */
void server_wait(const struct server *server, int visits);
void server_end(struct server *server);

/* For the talk. visit_read gives a whole request, in seen->last; false at the end. */
bool visit_read(struct visit *visit);
void visit_write(struct visit *visit, const void *bytes, size_t length);
void visit_say(struct visit *visit, const char *text);

/* A talk whose data are texts, NULL at the end: one is the answer to each request of all visits,
 * the last one again and again. */
void server_answers(struct visit *visit);

#endif
