/* SPDX-License-Identifier: MIT
 *
 * The computer's TPM 2.0 as the person's own store of tokens, through tpm2-pkcs11: whether this
 * person may use it, and how. What tpm2-pkcs11 keeps beside the TPM, wrapped by it, is where it
 * looks for that itself: in the home folder.
 */
#ifndef CERT_TPM_H
#define CERT_TPM_H

#include <stdbool.h>

#include "base/outcome.h"

#define TPM_VERSION "/sys/class/tpm/tpm0/tpm_version_major" /* what tpm_find reads, if it may */

enum { TPM_PATH = 512 };

struct tpm {
    char module[TPM_PATH]; /* its library, as it is registered with p11-kit */
    char way[TPM_PATH];    /* to the TPM, as tpm2-tss says it (tcti(7)) */
    char device[TPM_PATH]; /* of that way; "": through tpm2-abrmd, over D-Bus */
    char store[TPM_PATH];  /* the folder */
};

/* Looks, and changes nothing. The environment variables of tpm2-pkcs11 are respected, but for a way
 * without a resource manager: there, one program that is killed leaves the TPM unusable.
 *   no-tpm, tpm-access, tpm-manager, tpm-program: why this person cannot use one. */
enum outcome tpm_find(struct tpm *tpm, struct why *why);

/* The same, and the store is there, for the person alone. bad-setting; cannot-write; other-owner.
 */
enum outcome tpm_prepare(struct tpm *tpm, struct why *why);

/* Would programs of the person look for tokens there, too? bad-setting */
enum outcome tpm_check_store(const struct tpm *tpm, struct why *why);

/* tpm2-pkcs11 1.9 makes the file of its store in several steps, and whoever is killed between
 * leaves one that it never takes again. So it makes it elsewhere, in a folder of ours: a draft,
 * which tpm_take_draft puts into its place whole. */
bool tpm_has_store(const struct tpm *tpm);
enum outcome tpm_draft(const struct tpm *tpm, int folder, struct tpm *draft, struct why *why);
enum outcome tpm_take_draft(const struct tpm *tpm, int folder, struct why *why);

/* Is it the store where programs of the system look, too? */
bool tpm_is_of_system(const struct tpm *tpm);

/* Tells tpm2-pkcs11, by the environment of this process: it tries no other way and no other store,
 * and writes nothing to standard error. */
enum outcome tpm_tell_library(const struct tpm *tpm, struct why *why);

#endif
