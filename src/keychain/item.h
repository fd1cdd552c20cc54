/* SPDX-License-Identifier: MIT
 *
 * What is kept: one secret for a kind, a person and a realm, under a random id that is new with
 * each secret. Where it is kept is a place: the desktop's keychain or the kernel's.
 */
#ifndef KEYCHAIN_ITEM_H
#define KEYCHAIN_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/outcome.h"
#include "base/secret.h"

enum { ID_LENGTH = 32, ITEM_MOST = 16384 /* bytes of a secret */ };

/* All borrowed. */
struct item {
    const char *kind, *user, *realm;
    const char *id;    /* only the one with this id; NULL: whichever */
    const char *label; /* what a person sees of it */
    int64_t seconds;   /* how long the kernel keeps it */
    bool may_prompt;   /* the provider may ask the person for its own password */
};

/* A place. Each call: no-keychain if it is not there, keychain-locked, time-out, cannot-write or
 * bad-answer. */
struct place {
    const char *name;
    /* The secret is the caller's. not-stored if there is none. */
    enum outcome (*find)(const struct item *item, char id[ID_LENGTH + 1], struct secret **secret,
                         struct why *why);
    /* Whatever was kept for the same kind, user and realm is gone afterwards. */
    enum outcome (*store)(const struct item *item, const char *id, const struct secret *secret,
                          struct why *why);
    /* None there is OK. */
    enum outcome (*remove)(const struct item *item, struct why *why);
};

extern const struct place place_desktop, place_kernel;

/* 128 random bits in hexadecimal. */
enum outcome item_new_id(char id[ID_LENGTH + 1], struct why *why);
bool item_is_id(const char *id);

/* PROTOCOL if a name is empty or the kind is no lower-case word. */
enum outcome item_check(const struct item *item, struct why *why);

#endif
