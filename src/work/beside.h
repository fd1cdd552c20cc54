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

#endif
