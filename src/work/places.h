/* SPDX-License-Identifier: MIT
 *
 * The places that have the person's password beside the directory, and the journal of those that
 * may lack it.
 */
#ifndef WORK_PLACES_H
#define WORK_PLACES_H

#include "work/errand.h"

/* Opens the journal and, where a password may be changed, gets hold of the account on this
 * computer: before files and programs are fenced off. */
enum outcome places_open(struct errand *errand, struct why *why);
void places_close(struct errand *errand);

/* By the settings, should this place have the company's password? */
bool places_follow(const struct errand *errand, enum place place);

/* For this process alone: same-errand if another one changes the password of this identity. */
enum outcome places_lock(struct errand *errand, struct why *why);

/* The directory's password is about to change: all that should follow is open, on the disk. */
enum outcome places_changing(struct errand *errand, const char *principal, struct why *why);

/* A provider's password has changed, or is about to: that the directory's may be another one is
 * open, on the disk. */
enum outcome places_behind(struct errand *errand, const char *principal, struct why *why);

/* It was not changed: what was open before is open. */
void places_unchanged(struct errand *errand);

/* The first place that is still open, as the failure. */
enum outcome places_left(const struct errand *errand, struct why *why);

/* Somebody else changed it: all that should follow is open. */
void places_elsewhere(struct errand *errand, const char *principal);

/* What was just read of the directory may tell so. */
void places_compare(struct errand *errand, const struct ticket *ticket);

/* This place has a password of its own, says the person: it need not follow. */
void places_leave(struct errand *errand, enum place place);

/* Writes the journal; what goes wrong is logged, and more is open there than in truth. */
void places_write(struct errand *errand);

#endif
