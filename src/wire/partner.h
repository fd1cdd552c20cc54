/* SPDX-License-Identifier: MIT
 *
 * Another program of ours that works for this one, and the conversation with it. Each does one
 * errand and exits.
 */
#ifndef WIRE_PARTNER_H
#define WIRE_PARTNER_H

#include <sys/types.h>

#include "wire/verbs.h"
#include "wire/wire.h"

/* PROGRAM_SHARES is the worker, too, and finds the session bus. */
enum program {
    PROGRAM_WORKER,
    PROGRAM_SHARES,
    PROGRAM_WORKER_WEB,
    PROGRAM_WORKER_CERT,
    PROGRAM_KEYRING
};

struct partner {
    pid_t pid; /* 0: none */
    struct wire wire;
};

/* Where a program of ours lies, which are all in one folder. */
enum outcome partner_path(const char *program, char *path, size_t size, struct why *why);

/* The program that does this verb, with the libraries and the environment that it needs; is_web:
 * for an identity of an OpenID provider; by_certificate: for one that signs in with a certificate.
 */
enum program partner_program(enum verb verb, bool is_web, bool by_certificate);

/* Starts it, with an environment of its own making. What it is told, it hears from us as side. */
enum outcome partner_start(struct partner *partner, enum program program, enum wire_side side,
                           struct why *why);

/* Hands it over. NULL: one that was never started. */
struct partner partner_take(struct partner *partner);

/* Ends it, if it has not, and the conversation. Takes one that was never started (all zero). */
void partner_end(struct partner *partner);
#define partner_auto __attribute__((cleanup(partner_end))) struct partner

/* After worker-died: its wait status says more than the silence, and its last step, which server it
 * spoke to. changing: it was changing a password, and nobody knows how far it came. */
enum outcome partner_explain(struct partner *partner, const char *step, bool changing,
                             struct why *why);

/* What the worker's result says of the outcome becomes ours. */
enum outcome partner_result(const struct message *result, struct why *why);

/* Which keychains can be asked from here: the words "kernel", "desktop" where there is a session
 * bus, and "prompt" where the person would see a window that asks to unlock it. */
const char *partner_keychains(void);

#endif
