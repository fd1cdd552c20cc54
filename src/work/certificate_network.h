/* SPDX-License-Identifier: MIT
 *
 * Within work: connections of NetworkManager that show a certificate.
 */
#ifndef WORK_CERTIFICATE_NETWORK_H
#define WORK_CERTIFICATE_NETWORK_H

#include "network/profile.h"
#include "wire/uses.h"
#include "work/certificate_use.h"

/* Before the fence: reaches NetworkManager if this errand may need it. What it fails with is told
 * by whoever needs it then. */
void network_prepare(struct certificates *all, bool needs);

/* Makes the connection, or sets it anew, if it is not as it should be; one that somebody has
 * changed only if a person agrees. follows: what was there and is gone is not made again. */
enum outcome network_write(const struct use *use, bool follows, struct why *why);

/* Removes it, unless somebody has changed it, which is told; then it is none of ours any more. */
enum outcome network_remove(struct certificates *all, const struct use_row *row, struct why *why);

/* Is it one of the identity's? With a name: of that certificate? */
bool network_is_of(const struct certificates *all, const struct use_row *row, const char *name);

#endif
