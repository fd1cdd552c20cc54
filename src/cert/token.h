/* SPDX-License-Identifier: MIT
 *
 * One token of PKCS#11: the person's own in SoftHSM or in the computer's TPM, or one that a URI
 * names (RFC 7512). Exactly one is opened, logged in to once, and no other one is touched.
 *
 * A PIN is tried once. Who may try it again, or whether it may be tried at all, the caller knows
 * (wire/marks.h).
 */
#ifndef CERT_TOKEN_H
#define CERT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "base/secret.h"

struct token;

enum { TOKEN_URI = 512 /* with its NUL */ };

/* Where a token of the person's own is; whose any other one is, its URI tells. */
enum token_kind { TOKEN_SOFTHSM, TOKEN_TPM };

/* All is borrowed for the call. */
struct token_place {
    const char *uri; /* "": the person's own; else of a token, with no PIN in it */
    int folder;      /* one of ours, for the lock */
    enum token_kind kind;
};

/* A new PIN: 192 random bits as 32 characters. The caller keeps it before token_make. */
enum outcome token_pin(struct secret **pin, struct why *why);

/* Makes the person's own token with this PIN, for its security officer too, or ends the making of
 * one that was killed within. If there is one in SoftHSM already: same-errand, unless besides, for
 * a PIN that is lost: what is there then stays as it is. In a TPM there may be one for each PIN.
 * The URI names the new one and no other. */
enum outcome token_make(int folder, enum token_kind kind, const struct secret *pin, bool besides,
                        struct asker *asker, char uri[TOKEN_URI], struct why *why);

/* Opens it; with a PIN it is logged in to, without only certificates and public keys are there.
 *   token-missing; token-ambiguous: several are meant; bad-setting: the URI.
 *   wrong-pin: not to be tried again. pin-locked, tpm-locked: nothing was tried, as it could not
 * succeed, or one more failure would lock it. A TPM counts wrong PINs for all its users: there, one
 * that is not its own token's is told to be wrong without being tried. token-failed. SoftHSM alone,
 * which fails where another program logs in at the same time, is asked several times. */
enum outcome token_open(const struct token_place *place, const struct secret *pin,
                        struct asker *asker, struct token **token, struct why *why);

/* Logs in to one that is open: what token_open answers of a PIN. Where it is token-failed,
 * token_open may do better. */
enum outcome token_login(struct token *token, const struct secret *pin, struct asker *asker,
                         struct why *why);
/* Was the last PIN that it was shown, by whichever program, wrong? */
bool token_doubts_pin(const struct token *token);
bool token_is_unlocked(const struct token *token);

/* Not while it makes a key that was cancelled: then it is to be closed. */
bool token_is_of_use(const struct token *token);

/* Logs out. */
void token_close(struct token **token);
#define token_auto __attribute__((cleanup(token_close))) struct token

/* The module that the URI names, if it names one. */
bool token_module(const char *uri, char path[TOKEN_URI]);

/* Names this token and no other. */
enum outcome token_uri(const struct token *token, char uri[TOKEN_URI], struct why *why);

#endif
