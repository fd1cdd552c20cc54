/* SPDX-License-Identifier: MIT
 *
 * The agent's socket, $XDG_RUNTIME_DIR/chatelaine/agent, for the person alone: its folder is the
 * person's and nobody else's to write, and both sides look who the other one is.
 */
#ifndef WIRE_SOCKET_H
#define WIRE_SOCKET_H

#include "base/outcome.h"
#include "base/text.h"

/* The folder of sockets, made if it is not there; the descriptor is the caller's. */
enum outcome socket_folder(int *folder, struct why *why);

/* Listens at a socket of that name in it, which must not be there. */
enum outcome socket_make(int folder, const char *name, int backlog, int *fd, struct why *why);

/* A connection to the socket of that name; errors as of socket_connect. */
enum outcome socket_join(const char *name, int *fd, struct why *why);

/* A connection to the agent. OFFLINE, no-agent: none is there. NOT_OURS: it is somebody else's. */
enum outcome socket_connect(int *fd, struct why *why);

/* Listens; a socket that nobody listens to any more is replaced. lock is held as long as this agent
 * lives: same-errand if another one holds it. */
enum outcome socket_listen(int *fd, int *lock, struct why *why);

/* The same lock alone, where the socket was made for us. */
enum outcome socket_lock(int *lock, struct why *why);

/* Is the other side the same user, by the kernel's word? */
bool socket_is_ours(int fd);

/* What decides where the programs of a process look for settings, state and each other. An agent
 * works for those to whom all of it is the same. */
enum { PLACES_MOST = 4096 };
void socket_places(struct text *places);

#endif
