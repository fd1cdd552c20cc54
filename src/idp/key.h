/* SPDX-License-Identifier: MIT
 *
 * A security key (FIDO: CTAP 1 and 2) that is plugged in signs what it is asked to, once its owner
 * has touched it.
 */
#ifndef IDP_KEY_H
#define IDP_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/asker.h"
#include "base/outcome.h"

enum { KEYS_MOST = 8, KEY_PATH = 128, KEY_NAME = 64 };
/* CTAP 2.1 section 6.1: what a key may give as the id of a credential; the rest is what there may
 * be of a signature by RSA. */
enum { KEY_CREDENTIALS = 32, KEY_ID_MOST = 1023, KEY_DATA_MOST = 1024, KEY_SIGNATURE_MOST = 1024 };

struct key_place {
    char path[KEY_PATH], name[KEY_NAME];
};

/* Where keys are, and a descriptor of one that speaks in reports of 64 bytes, each written behind
 * the number 0, as hidraw does. */
struct key_bus {
    size_t (*list)(struct key_place places[KEYS_MOST]);
    int (*open)(const char *path); /* -1: errno says why */
};

extern const struct key_bus key_usb;

struct credential_id {
    unsigned char bytes[KEY_ID_MOST];
    size_t length;
};

/* All is borrowed. */
struct assertion_request {
    const struct key_bus *bus;
    const char *names[3]; /* relying party: the first one of which a key has a credential */
    const struct credential_id *ids; /* of the credentials */
    size_t count;                    /* 1 to KEY_CREDENTIALS */
    const char *client_data;         /* a text, of which the key signs the hash */
    bool is_u2f;                     /* CTAP 1 alone */
    bool must_verify;                /* its owner, by PIN or finger, and not only a touch */
    int touch_ms;
    struct asker *asker;
};

struct key_answer {
    unsigned char data[KEY_DATA_MOST]; /* authenticator data (WebAuthn section 6.1) */
    unsigned char signature[KEY_SIGNATURE_MOST];
    size_t data_length, signature_length;
};

/* Asks for a PIN only if the key wants one. NO_SECURITY_KEY: none of those plugged in has a
 * credential, or it was pulled out; WRONG_CODE: three wrong PINs; KEY_BLOCKED: too many of them;
 * FACTOR_UNANSWERED: not touched in time; FACTOR_REFUSED: the key says no. */
enum outcome key_sign(const struct assertion_request *request, struct key_answer *answer,
                      struct why *why);

#endif
