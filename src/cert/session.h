/* SPDX-License-Identifier: MIT
 *
 * Within cert: an open token, and the codes of PKCS#11.
 */
#ifndef CERT_SESSION_H
#define CERT_SESSION_H

#include <p11-kit/pkcs11.h>

#include "cert/softhsm.h"
#include "cert/token.h"

enum { MODULES_MOST = 31 };

struct token {
    CK_FUNCTION_LIST *module; /* the one that has the slot; borrowed from modules */
    CK_FUNCTION_LIST *modules[MODULES_MOST + 1]; /* loaded and initialised; NULL ends them */
    CK_FUNCTION_LIST **registered;               /* the same where all of p11-kit's are loaded */
    CK_SLOT_ID slot;
    CK_TOKEN_INFO info;
    CK_SESSION_HANDLE session; /* 0: none */
    struct softhsm softhsm;    /* where it is one of SoftHSM's */
    bool is_softhsm, is_tpm;   /* TPM: of our own there, not one that a URI names */
    bool logged_in;
    bool is_abandoned; /* a thread is still in there: it stays until this process ends */
    int lock;          /* then held, too */
    int folder;
};

/* Why a call of the token failed. */
enum outcome session_fail(const struct token *token, CK_RV code, const char *step, struct why *why);

/* Loads what may have the token: SoftHSM alone, or the TPM's library, or for a URI what that names,
 * else all that is registered with p11-kit. */
enum outcome session_load(struct token *token, const struct token_place *place, struct why *why);

/* That library alone. */
enum outcome session_load_at(struct token *token, const char *path, struct why *why);
void session_unload(struct token *token);

/* A session that may write. */
enum outcome session_begin(struct token *token, struct why *why);

/* Whether it has the label of our own token. */
bool session_is_own(const struct token *token, const CK_TOKEN_INFO *info);

/* A label of a token. In a TPM all have the same serial number, so that each of ours is labelled by
 * its PIN, so random that 32 bits of a hash tell nobody more. */
enum { LABEL = sizeof((CK_TOKEN_INFO *)0)->label };
enum outcome session_label(const struct token *token, const struct secret *pin,
                           CK_UTF8CHAR label[LABEL], struct why *why);

/* What a URI says of the token. */
CK_TOKEN_INFO session_info(const struct token *token);

/* Whether SoftHSM may succeed at a second try. Waits a moment then. */
bool session_again(const struct token *token, CK_RV code, int *tries);

#endif
