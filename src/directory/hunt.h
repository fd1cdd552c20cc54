/* SPDX-License-Identifier: MIT
 *
 * The pings of locate_dc: a growing list of servers, asked a few at a time, each over connected UDP
 * sockets, so that only the asked address can answer. For locate.c alone.
 */
#ifndef DIRECTORY_HUNT_H
#define DIRECTORY_HUNT_H

#include "base/text.h"
#include "directory/locate.h"

enum {
    HUNT_SERVERS = 128, /* servers in the list at most */
    HUNT_PINGS = 256,
    HUNT_SHARE_MS = 1500,      /* for a server, where there is nothing else to try */
    HUNT_SHORT_SHARE_MS = 600, /* where there is */
};

/* One address of one server. */
struct ping {
    size_t server;
    union dns_address address;
    int fd, id; /* fd -1: done with */
    long first_ms, last_ms;
};

struct hunted {
    struct dns_server server;
    bool own_site; /* the DNS lists it for the wanted site */
    bool nameless; /* only addresses are known: who answers must be one of the others */
    bool asked;
};

struct hunt {
    const struct locate_request *request;
    struct asker *asker;
    long end_ms;   /* of clock_ms */
    long share_ms; /* a server that is silent so long is given up */
    size_t server_count, ping_count;
    struct hunted servers[HUNT_SERVERS];
    struct ping pings[HUNT_PINGS];
    const char *site; /* the wanted site, or NULL */
    bool own_only;    /* nothing but the wanted site's DCs is of interest */
    bool have_best;
    struct dc best;        /* alive, but of another site */
    size_t failed;         /* servers or addresses that did not do */
    size_t strangers;      /* those of them that say they do not serve the domain */
    struct text *failures; /* who was asked and how it failed, for the person */
};

/* NULL without memory. */
struct hunt *hunt_new(const struct locate_request *request, struct asker *asker);
void hunt_free(struct hunt **hunt);
#define hunt_auto __attribute__((cleanup(hunt_free))) struct hunt

/* True if the administrator named the servers. */
bool hunt_is_static(const struct hunt *hunt);

/* True if the DNS lists the host for the wanted site. */
bool hunt_is_own(const struct hunt *hunt, const char *host);

/* True if it is on the list by its name. */
bool hunt_is_known(const struct hunt *hunt, const char *host);

/* True if it was denied by name, or failed before in this run. */
bool hunt_is_unwanted(const struct hunt *hunt, const char *host);

/* True if it was denied by address. */
bool hunt_is_denied(const struct hunt *hunt, const union dns_address *address);

/* Adds a server; one that is already there is only marked. Denied and dead ones are left out. */
void hunt_add(struct hunt *hunt, const struct dns_server *server, bool own_site);

/* Adds addresses that belong to servers whose names alone are known; asked before all others. */
void hunt_add_nameless(struct hunt *hunt, const struct dns_server *server);

/* Pings until one answers that need not be improved on (then *dc), or, with OUTCOME_OK and
 * *found false, until there is nothing to wait for; hunt->best may then be alive. */
enum outcome hunt_run(struct hunt *hunt, bool *found, struct dc *dc, struct why *why);

int hunt_left_ms(const struct hunt *hunt);

#endif
