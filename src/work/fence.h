/* SPDX-License-Identifier: MIT
 *
 * Which files and sockets this errand needs, and those that may follow it; the worker is confined
 * to them.
 */
#ifndef WORK_FENCE_H
#define WORK_FENCE_H

#include "wire/verbs.h"
#include "work/errand.h"

enum outcome fence(struct errand *errand, const struct verb_row *row, struct why *why);

#endif
