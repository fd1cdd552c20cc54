/* SPDX-License-Identifier: MIT */
#include "keychain/item.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum outcome item_new_id(char id[ID_LENGTH + 1], struct why *why)
{
    unsigned char random[ID_LENGTH / 2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return fail(why, REASON_BROKEN, "random numbers: %s", strerror(errno));
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", random[i]);
    return OUTCOME_OK;
}

bool item_is_id(const char *id)
{
    return id && strlen(id) == ID_LENGTH && strspn(id, "0123456789abcdef") == ID_LENGTH;
}

enum outcome item_check(const struct item *item, struct why *why)
{
    if (!*item->kind || item->kind[strspn(item->kind, "abcdefghijklmnopqrstuvwxyz-")])
        return fail(why, REASON_PROTOCOL, "\"%s\" is no kind of item", item->kind);
    if (!*item->user || !*item->realm)
        return fail(why, REASON_PROTOCOL, "an item needs a user and a realm");
    if (item->id && !item_is_id(item->id))
        return fail(why, REASON_PROTOCOL, "\"%s\" is no id", item->id);
    return OUTCOME_OK;
}
