/* SPDX-License-Identifier: MIT
 *
 * SoftHSM as the person's own store of tokens. Its settings are in the home folder, where SoftHSM
 * itself looks for them (softhsm2.conf(5)), and it is registered with p11-kit: so each program of
 * the person that uses p11-kit finds the tokens without being told.
 */
#ifndef CERT_SOFTHSM_H
#define CERT_SOFTHSM_H

#include <stdbool.h>

#include "base/outcome.h"

enum { SOFTHSM_PATH = 512 };

struct softhsm {
    char module[SOFTHSM_PATH];   /* its library, as it is registered with p11-kit */
    char settings[SOFTHSM_PATH]; /* its file, which it reads */
    char store[SOFTHSM_PATH];    /* the folder of its tokens, which it reads and writes */
};

/* Where SoftHSM and its tokens are; the settings and the folder are made where there are none.
 * Settings of the person's own stay as they are, and their tokens.
 * no-token-program; bad-setting; cannot-write; other-owner. */
enum outcome softhsm_prepare(struct softhsm *softhsm, struct why *why);

/* The settings and the store of the system's programs, if this person may read them: nothing is
 * made. */
enum outcome softhsm_of_system(struct softhsm *softhsm, struct why *why);

/* Are they those that SoftHSM takes here? token-unreachable */
enum outcome softhsm_reach(struct why *why);

/* Has the store at least one token, whole or not? */
bool softhsm_has_tokens(const struct softhsm *softhsm);

/* Could nothing more be written there? SoftHSM does not say why it failed. */
bool softhsm_is_full(const struct softhsm *softhsm);

#endif
