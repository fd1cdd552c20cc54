/* SPDX-License-Identifier: MIT
 *
 * System calls that no worker needs are refused with EPERM, by seccomp.
 */
#ifndef WORK_SYSCALLS_H
#define WORK_SYSCALLS_H

#include <stdbool.h>

#include "base/outcome.h"

/* For good. Starting programs and processes, listening, looking into other processes, mounting,
 * changing identity, loading into the kernel; sockets of other families than local, netlink and,
 * with network, inet. */
enum outcome syscalls_refuse(bool network, struct why *why);

#endif
