/* SPDX-License-Identifier: MIT
 *
 * A certificate that is in a token already, with its key beside it: on a smart card, or wherever
 * else a URI names it (RFC 7512). Nothing of it is ever changed or removed.
 */
#ifndef CERT_CARD_H
#define CERT_CARD_H

#include <gnutls/x509.h>
#include <time.h>

#include "cert/token.h"

enum { CARD_ID = 64, CARD_LABEL = 33, CARD_NAME = 512, CARD_TOKEN = 48 };

struct card {
    char module[TOKEN_URI]; /* the token's library */
    unsigned long slot;
    unsigned char token[CARD_TOKEN]; /* which one was there: its label and serial number, padded */
    char label[CARD_LABEL];          /* of the token, as a person knows it */
    bool needs_pin;
    bool has_pinpad;                         /* the PIN is typed there, and seen by nobody else */
    char uri[TOKEN_URI], key_uri[TOKEN_URI]; /* of it and its key, and of no other ones */
    unsigned char id[CARD_ID];
    size_t id_size;
    gnutls_x509_crt_t certificate;
    time_t begin, end;
};

/* May it name a certificate? Its id or label must be in it, and no PIN; a module only if it is
 * root's, since it becomes part of us. Gives the URI of its token. bad-setting, which does not show
 * the URI. */
enum outcome card_uri_check(const char *uri, char token[TOKEN_URI], struct why *why);

/* Finds it, without a PIN; the token is closed then. certificate-absent, certificate-ambiguous,
 * token-missing ... */
enum outcome card_find(const char *uri, int folder, struct asker *asker, struct card *card,
                       struct why *why);
void card_free(struct card *card);
#define card_auto __attribute__((cleanup(card_free))) struct card

/* What the token says of its PIN now. token-missing: another one is in its place. */
enum card_tries { CARD_TRIES_GOOD, CARD_TRIES_LOW, CARD_TRIES_LAST, CARD_TRIES_NONE };
/* " (one more wrong one locks it)", for a question; "" where nothing is to be said. */
const char *card_warning(enum card_tries tries);
enum outcome card_tries(const struct card *card, enum card_tries *tries, struct why *why);

/* Is it right, and the key there, and the certificate's? One try; without a PIN it is typed at the
 * reader, or none is needed. wrong-pin, pin-locked, certificate-absent, certificate-other-key;
 * token-missing: another one is in its place, and does not see the PIN ... */
enum outcome card_try(const struct card *card, const struct secret *pin, struct why *why);

/* Its token, logged in to with a PIN that card_try has found right: no other one is tried. */
enum outcome card_open(const struct card *card, int folder, const struct secret *pin,
                       struct asker *asker, struct token **token, struct why *why);

/* The UPN that it names; "" if none. */
void card_upn(const struct card *card, char upn[CARD_NAME]);

/* certificate-ended: it has, or has not begun. */
enum outcome card_is_now(const struct card *card, struct why *why);

/* Are its authorities in that PEM file? libkrb5 sends no certificate whose ones it does not know.
 * bad-setting */
enum outcome card_chain(const struct card *card, const char *anchors, struct why *why);

/* As libkrb5's plugin is told of it. bad-setting: the library's path cannot be told. */
enum outcome card_identity(const struct card *card, char *identity, size_t size, struct why *why);

#endif
