/* SPDX-License-Identifier: MIT
 *
 * System calls that no worker needs are refused with EPERM, by seccomp.
 */
#ifndef WORK_SYSCALLS_H
#define WORK_SYSCALLS_H

/* A build for tests, whose leak checker needs what is refused otherwise. */
#if defined(__SANITIZE_ADDRESS__)
#define CHECKED_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHECKED_BUILD 1
#endif
#endif

#include "base/outcome.h"

/* For good. Starting programs and processes, listening, looking into other processes or changing
 * them, mounting, changing identity or what belongs to files, loading into the kernel, typing into
 * the terminal; sockets but netlink and, by enum verb_confinement, inet and local ones. */
enum outcome syscalls_refuse(unsigned may, struct why *why);

#endif
