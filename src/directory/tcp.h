/* SPDX-License-Identifier: MIT
 *
 * A TCP connection that is begun early and awaited when it is needed.
 */
#ifndef DIRECTORY_TCP_H
#define DIRECTORY_TCP_H

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/dns.h"

/* Begins; *fd is non-blocking and the caller's. NO_SERVER. */
enum outcome tcp_begin(const union dns_address *address, int *fd, struct why *why);

/* Waits until it stands, at most until end_ms (clock_ms). NO_SERVER, CANCELLED. */
enum outcome tcp_finish(int fd, const union dns_address *address, long end_ms, struct asker *asker,
                        struct why *why);

#endif
