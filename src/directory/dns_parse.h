/* SPDX-License-Identifier: MIT
 *
 * Host names, addresses and SRV records (RFC 2782) as data; nothing here does I/O. Names in answers
 * are host names of letters, digits, '-' and '_', or the answer is refused.
 */
#ifndef DIRECTORY_DNS_PARSE_H
#define DIRECTORY_DNS_PARSE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

enum {
    DNS_NAME = 256,     /* bytes of a name with its closing NUL, no dot at the end */
    DNS_SERVERS = 64,   /* records used of one answer */
    DNS_ADDRESSES = 4,  /* addresses used of one server */
    DNS_CANDIDATES = 8, /* search domains used */
    DNS_AT_ONCE = 8,    /* servers whose addresses are asked for in one flight */
};

union dns_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct dns_server {
    char host[DNS_NAME];
    uint16_t port, priority, weight; /* port in host order */
    size_t addresses;                /* 0 until known; each has the port */
    union dns_address address[DNS_ADDRESSES];
};

struct dns_servers {
    size_t count;
    struct dns_server server[DNS_SERVERS];
};

/* Reads such an answer, a whole message (RFC 1035 4.1); in the order of the message. No I/O. */
enum outcome dns_srv_parse(const unsigned char *bytes, size_t length, const char *name,
                           struct dns_servers *servers, struct why *why);

/* Adds the addresses that a message gives for the server, of its port. No I/O. */
void dns_address_parse(const unsigned char *bytes, size_t length, struct dns_server *server);

/* Orders by priority, and at random by weight within one (RFC 2782). */
void dns_srv_order(struct dns_servers *servers);

/* A host or domain name: labels of 1 to 63 letters, digits, '-' and '_', 255 bytes in all. */
bool dns_is_name(const char *name);

/* The address as text with its port, "192.0.2.1:389". */
enum { DNS_ADDRESS_TEXT = 64 };
void dns_address_text(const union dns_address *address, char text[DNS_ADDRESS_TEXT]);

/* Without the port: "192.0.2.1", "2001:db8::1". */
void dns_host_text(const union dns_address *address, char text[DNS_ADDRESS_TEXT]);

socklen_t dns_address_size(const union dns_address *address);

#endif
