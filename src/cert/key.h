/* SPDX-License-Identifier: MIT
 *
 * Keys in a token. A private key is made there, sensitive, not extractable and for signing alone,
 * and known by a random id that is the same for its public key and its certificate (CKA_ID).
 *
 * All but key_new_id needs a token that is logged in to.
 */
#ifndef CERT_KEY_H
#define CERT_KEY_H

#include <gnutls/abstract.h>
#include <stdbool.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "cert/token.h"

enum { KEY_ID = 16, KEY_ID_TEXT = 2 * KEY_ID + 1, KEY_NAME_MOST = 64 };

struct key_id {
    unsigned char bytes[KEY_ID];
};

/* A new one; to be remembered before key_make, so that a key is never lost. */
enum outcome key_new_id(struct key_id *id, struct why *why);

/* As hexadecimal digits, and back; false if it is no such text. */
void key_id_text(const struct key_id *id, char text[KEY_ID_TEXT]);
bool key_id_parse(const char *text, struct key_id *id);

enum cert_key {
    CERT_KEY_RSA_2048,
    CERT_KEY_RSA_3072,
    CERT_KEY_RSA_4096,
    CERT_KEY_P256,
    CERT_KEY_P384
};

/* "rsa-2048", "p-256" ...; false if there is none of that name. */
bool cert_key_parse(const char *name, enum cert_key *kind);
const char *cert_key_name(enum cert_key kind);

struct key_request {
    enum cert_key kind;
    bool exportable;
    const char *name; /* of the certificate, at most KEY_NAME_MOST bytes: what a person sees */
    struct key_id id;
};

/* Makes the pair, in a thread, while the person can cancel. Whatever fails leaves nothing of it;
 * where the token needs more than two seconds to come to an end, what it still makes is removed by
 * the next key_sweep or key_make. Then, and only then, the token must not be used any more.
 * token-cannot: this kind, or exportable, is beyond the token. */
enum outcome key_make(struct token *token, const struct key_request *request, struct asker *asker,
                      struct why *why);

enum key_state { KEY_ABSENT, KEY_HALF, KEY_WHOLE };

enum outcome key_look(const struct token *token, const struct key_id *id, enum key_state *state,
                      struct why *why);

/* Removes the halves of pairs of ours that nobody is making any more. */
enum outcome key_sweep(const struct token *token, struct asker *asker, struct why *why);

/* Removes the pair and its certificates. One that is not there is fine. */
enum outcome key_remove(const struct token *token, const struct key_id *id, struct why *why);

/* The caller deinits it. no-key. */
enum outcome key_public(const struct token *token, const struct key_id *id, gnutls_pubkey_t *key,
                        struct why *why);

/* For signatures, which the token makes; good as long as the token is open. no-key. */
enum outcome key_private(const struct token *token, const struct key_id *id, gnutls_privkey_t *key,
                         struct why *why);

/* Was it made to leave the token? OK; not-exportable, no-key. */
enum outcome key_may_leave(const struct token *token, const struct key_id *id, struct why *why);

/* Such a private key as PKCS#8 in PEM, encrypted by the passphrase (PBES2 with AES-256). */
enum outcome key_export(const struct token *token, const struct key_id *id,
                        const struct secret *passphrase, struct secret **pem, struct why *why);

#endif
