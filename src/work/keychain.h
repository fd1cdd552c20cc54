/* SPDX-License-Identifier: MIT
 *
 * The keychain, which the front asks for us: it gives out each stored secret once (wire/marks.h),
 * and we tell it what became of it.
 */
#ifndef WORK_KEYCHAIN_H
#define WORK_KEYCHAIN_H

#include "work/errand.h"

/* Borrowed. An item is found by all of it, with a realm of Kerberos whatever its case and the
 * user's. */
struct item {
    const char *kind;  /* "password", "refresh", "pin" */
    const char *user;  /* at most 256 bytes */
    const char *realm; /* or the issuer */
};

/* Can the front ask the keychain that the settings name? Is what is stored there out of reach? */
bool keychain_is_there(const struct errand *errand);
bool keychain_is_out_of_reach(const struct errand *errand);

/* The secret is the caller's, and its id is in errand->stored_id, even of one that was refused.
 * NOT_STORED, KEYCHAIN_LOCKED and so on; STORED_REFUSED, STORED_OPEN as the front says. */
enum outcome keychain_find(struct errand *errand, const struct item *item, struct secret **secret,
                           struct why *why);

enum { KEYCHAIN_ID = 33 };

/* Stores it in the place of what is there; the new id, which may be NULL. */
enum outcome keychain_store(struct errand *errand, const struct item *item, const char *label,
                            const struct secret *secret, char id[KEYCHAIN_ID], struct why *why);

/* Deletes the item of that id, or any with "". */
enum outcome keychain_remove(struct errand *errand, const struct item *item, const char *id,
                             struct why *why);

/* Puts a question to the front, which it takes over; the keychain's own failure becomes ours. */
enum outcome keychain_put(struct errand *errand, struct message *question, struct message **kept,
                          struct why *why);

enum keep { KEEP_NOTHING, KEEP_STORE, KEEP_FORGET, KEEP_NEVER };

/* Is it to be kept? By the setting, by what this person (same: as last time) said before, else by
 * asking. */
enum keep keychain_decide(struct errand *errand, bool same, const struct item *item,
                          const char *prompt);

#endif
