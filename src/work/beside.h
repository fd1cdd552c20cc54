/* SPDX-License-Identifier: MIT
 *
 * The identity in the directory beside one at a provider (setting directory): a password that the
 * provider has found right gets the Kerberos ticket there, too, within the same errand. What came
 * of it goes out before the result (BESIDE), and is remembered as that identity's own.
 */
#ifndef WORK_BESIDE_H
#define WORK_BESIDE_H

#include "wire/verbs.h"
#include "work/errand.h"

/* Makes the errand beside, where there is to be one, before files are fenced off. */
enum outcome beside_open(struct errand *errand, enum verb verb, struct why *why);
void beside_close(struct errand *errand);

/* The password is right at the provider, where the person is called so, or the provider is away:
 * signs in with it, or changes it from the old one (NULL: it is not known) where the directory has
 * that still. What does not go well is told, and no failure of the errand. */
void beside_follow(struct errand *errand, const char *user, const struct secret *old,
                   const struct secret *now);

/* The provider's password is about to change, or has changed where it is not ours to do: that the
 * directory may lack it is on the disk afterwards, if it is known whose account it is there. */
enum outcome beside_changing(struct errand *errand, const char *user, struct why *why);

/* It was not changed. */
void beside_unchanged(struct errand *errand);

/* The directory may have another password than the provider: NOT_FOLLOWED. */
enum outcome beside_left(const struct errand *errand, struct why *why);

/* No password was typed that is right at the provider: the directory alone, with what is kept for
 * it or is typed for it. What is kept for the provider is not for the directory: refused there, it
 * would be tried there again each time. */
void beside_alone(struct errand *errand, const char *user);

/* There is no ticket afterwards, either. */
void beside_sign_out(struct errand *errand);

/* Changes the password in the directory first; the new one is the caller's, NULL if there is no
 * errand beside. */
enum outcome beside_change(struct errand *errand, const char *user, struct secret **now,
                           struct why *why);

/* Whose account it is there: what its principal is, by what is remembered of this person; NULL:
 * that is not known. */
const char *beside_account(struct errand *errand, const char *user);

/* The same for a sign-in: by the setting; by who it was for this person of the provider; by a
 * claim; by asking. */
enum outcome beside_choose(struct errand *errand, const char *user, struct why *why);

#endif
