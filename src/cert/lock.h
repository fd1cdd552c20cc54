/* SPDX-License-Identifier: MIT
 *
 * Our own processes, one after the other: SoftHSM fails where several log in at once, and what is
 * half a key is only known while nobody makes one.
 */
#ifndef CERT_LOCK_H
#define CERT_LOCK_H

#include "base/asker.h"
#include "base/outcome.h"

enum lock_of { LOCK_OF_LOGIN, LOCK_OF_KEYS };

/* Waits for it, half a minute at most; it is held until the descriptor is closed, by whatever end
 * of this process. The folder is one of ours: "token.lock" is made there, and stays.
 * same-errand; cannot-write; CANCELLED. */
enum outcome lock_take(int folder, enum lock_of of, struct asker *asker, int *lock,
                       struct why *why);

/* Some of the hundredths of a second that a process waits for another. */
void lock_pause(void);

#endif
