/* SPDX-License-Identifier: MIT
 *
 * Certificates in the token: each beside its key, with the same id, and those of its authorities.
 * Reading needs no PIN.
 */
#ifndef CERT_KEEP_H
#define CERT_KEEP_H

#include "cert/chain.h"
#include "cert/key.h"
#include "cert/person.h"

/* Keeps what receipt_check gave: the certificate beside the whole key of that id, its authorities
 * once. Called again after whatever end, it finishes; where it fails, nothing of it stays.
 * no-key; token-full ... */
enum outcome keep_chain(const struct token *token, const struct key_id *id, const char *name,
                        const struct chain *chain, struct asker *asker, struct why *why);

struct kept {
    struct key_id id;
    char name[KEY_NAME_MOST + 1];
    gnutls_x509_crt_t certificate;
    time_t begin, end;
    bool is_others; /* it names somebody else: keep_mark */
};

struct kept_list {
    struct kept *all; /* those of one name together, the person's first, the newest first */
    size_t count;
};

/* All of ours that have a certificate; what is not ours is passed over. */
enum outcome keep_list(const struct token *token, struct kept_list *list, struct why *why);
void kept_list_free(struct kept_list *list);

/* By what is known of the person who is signed in now; those of others come last. */
void keep_mark(struct kept_list *list, const struct cert_person *person);
#define kept_list_auto __attribute__((cleanup(kept_list_free))) struct kept_list

/* The certificate of that key and, one above the other, those of its authorities that are there. */
enum outcome keep_read_chain(const struct token *token, const struct key_id *id,
                             struct chain *chain, struct why *why);

/* Removes the certificates of that name, with their keys, but for the newest so many (1 at least),
 * among them in any case the one of that id (NULL: none), and authorities that nothing needs any
 * more. The token must be logged in to. */
enum outcome keep_prune(const struct token *token, const char *name, size_t newest,
                        const struct key_id *but, struct asker *asker, struct why *why);

/* How other programs name them (RFC 7512). */
enum keep_what { KEEP_CERTIFICATE, KEEP_KEY };
enum outcome keep_uri(const struct token *token, const struct key_id *id, enum keep_what what,
                      char uri[TOKEN_URI], struct why *why);

#endif
