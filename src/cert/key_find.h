/* SPDX-License-Identifier: MIT
 *
 * Within cert: the objects that a key consists of.
 */
#ifndef CERT_KEY_FIND_H
#define CERT_KEY_FIND_H

#include "cert/key.h"
#include "cert/object.h"

/* Those of a class, and of an id unless that is NULL. */
enum outcome key_find(const struct token *token, CK_OBJECT_CLASS class, const struct key_id *id,
                      struct objects *objects, struct why *why);

/* Has key, which is new, sign by the private one of that id, see key_private. */
enum outcome key_sign_by(const struct token *token, const struct key_id *id, gnutls_privkey_t key,
                         struct why *why);

/* The same by that object, which is the key of this certificate. */
enum outcome key_sign_by_object(const struct token *token, CK_OBJECT_HANDLE private,
                                gnutls_x509_crt_t certificate, gnutls_privkey_t key,
                                struct why *why);

/* What a public key's object says; that of a private one of RSA says it, too. */
enum outcome key_read_public(const struct token *token, CK_OBJECT_HANDLE object,
                             gnutls_pubkey_t key, struct why *why);

/* Removes authorities of ours that have issued nothing that is still there. LOCK_OF_KEYS is held.
 */
enum outcome keep_sweep(const struct token *token, struct why *why);

#endif
