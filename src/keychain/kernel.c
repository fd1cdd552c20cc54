/* SPDX-License-Identifier: MIT
 *
 * The person's keyring in the kernel (keyrings(7)): a key "user" holds the id, then the secret. Its
 * rights are the possessor's alone, and it is in no other keyring: who has another session keyring
 * possesses it by linking the person's keyring to its own process, as we do.
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keychain/item.h"

/* View, read, search and set attributes for the possessor (linux/key.h); not: write, link. */
enum { RIGHTS = 0x2b << 24, RIGHTS_TO_LINK = RIGHTS | 0x10 << 24 };

enum { NAME_MOST = 1024 };

static long keyctl(int operation, long a, long b, long c, long d)
{
    return syscall(SYS_keyctl, operation, a, b, c, d);
}

static enum outcome failed(struct why *why, enum reason reason, const char *step)
{
    return fail(why, reason, "the kernel's keyring: %s: %s", step, strerror(errno));
}

/* A kind has no colon and the length parts user and realm, so no two items share a name. */
static void name_of(const struct item *item, char name[NAME_MOST])
{
    (void)snprintf(name, NAME_MOST, "chatelaine:%s:%zu:%s:%s", item->kind, strlen(item->user),
                   item->user, item->realm);
}

static enum outcome open_keyring(struct why *why)
{
    if (keyctl(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING, 0, 0))
        return failed(why, REASON_NO_KEYCHAIN, "opening it");
    return OUTCOME_OK;
}

/* not-stored if there is none or its time has ended. */
static enum outcome find_key(const struct item *item, long *key, struct why *why)
{
    char name[NAME_MOST];

    name_of(item, name);
    *key = keyctl(KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, (long)"user", (long)name, 0);
    if (*key >= 0)
        return OUTCOME_OK;
    bool none = errno == ENOKEY || errno == EKEYEXPIRED || errno == EKEYREVOKED;
    return failed(why, none ? REASON_NOT_STORED : REASON_BAD_ANSWER, "searching");
}

/* Splits what a key holds into id and secret. */
static enum outcome read_key(long key, char id[ID_LENGTH + 1], struct secret **secret,
                             struct why *why)
{
    secret_auto *both = secret_new(ID_LENGTH + ITEM_MOST);
    secret_auto *rest = secret_new(ITEM_MOST);

    if (!both || !rest)
        return fail_memory(why);
    long n = keyctl(KEYCTL_READ, key, (long)secret_space(both), ID_LENGTH + ITEM_MOST, 0);
    if (n < 0)
        return failed(why, errno == EKEYEXPIRED ? REASON_NOT_STORED : REASON_BAD_ANSWER, "reading");
    if (n <= ID_LENGTH || n > ID_LENGTH + ITEM_MOST)
        return fail(why, REASON_BAD_ANSWER, "the kernel's keyring: a key of %ld bytes", n);
    secret_grow(both, (size_t)n);
    memcpy(id, secret_peek(both), ID_LENGTH);
    id[ID_LENGTH] = '\0';
    if (!item_is_id(id))
        return fail(why, REASON_BAD_ANSWER, "the kernel's keyring: a key without an id");
    (void)secret_append(rest, secret_peek(both) + ID_LENGTH, (size_t)n - ID_LENGTH);
    *secret = rest;
    rest = NULL;
    return OUTCOME_OK;
}

static enum outcome kernel_find(const struct item *item, char id[ID_LENGTH + 1],
                                struct secret **secret, struct why *why)
{
    enum outcome out;
    long key;

    if ((out = open_keyring(why)) || (out = find_key(item, &key, why)) ||
        (out = read_key(key, id, secret, why)))
        return out;
    if (!item->id || !strcmp(item->id, id))
        return OUTCOME_OK;
    secret_free(secret);
    return fail(why, REASON_NOT_STORED, "the kernel's keyring holds another secret");
}

/* The key is finished in our own keyring first: linking it puts it in the place of the old one. */
static enum outcome add_key(const struct item *item, const struct secret *both, struct why *why)
{
    char name[NAME_MOST];

    name_of(item, name);
    long key = syscall(SYS_add_key, "user", name, secret_peek(both), secret_length(both),
                       KEY_SPEC_PROCESS_KEYRING);
    if (key < 0 || keyctl(KEYCTL_SET_TIMEOUT, key, item->seconds, 0, 0) ||
        keyctl(KEYCTL_SETPERM, key, RIGHTS_TO_LINK, 0, 0) ||
        keyctl(KEYCTL_LINK, key, KEY_SPEC_USER_KEYRING, 0, 0) ||
        keyctl(KEYCTL_SETPERM, key, RIGHTS, 0, 0))
        return failed(why, REASON_CANNOT_WRITE, "storing");
    return OUTCOME_OK;
}

static enum outcome kernel_store(const struct item *item, const char *id,
                                 const struct secret *secret, struct why *why)
{
    secret_auto *both = secret_new(ID_LENGTH + secret_length(secret));
    enum outcome out;

    if (item->seconds < 1 || item->seconds > INT32_MAX)
        return fail(why, REASON_PROTOCOL, "the kernel keeps nothing for ever");
    if (!both || !secret_append(both, id, ID_LENGTH) ||
        !secret_append(both, secret_peek(secret), secret_length(secret)))
        return fail_memory(why);
    if ((out = open_keyring(why)))
        return out;
    return add_key(item, both, why);
}

/* With an id: the key is what was read, so a newer one that takes its place meanwhile stays. */
static enum outcome kernel_remove(const struct item *item, struct why *why)
{
    secret_auto *secret = NULL;
    char id[ID_LENGTH + 1] = "";
    enum outcome out;
    long key;

    if ((out = open_keyring(why)))
        return out;
    if (!(out = find_key(item, &key, why)) && item->id)
        out = read_key(key, id, &secret, why);
    if (out)
        return why->reason == REASON_NOT_STORED ? OUTCOME_OK : out;
    if (item->id && strcmp(item->id, id) != 0)
        return OUTCOME_OK;
    if (keyctl(KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING, 0, 0) && errno != ENOENT)
        return failed(why, REASON_CANNOT_WRITE, "removing");
    return OUTCOME_OK;
}

const struct place place_kernel = { "kernel", kernel_find, kernel_store, kernel_remove };
