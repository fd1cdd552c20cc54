/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/identity.h"

bool facts_tell(const struct message *facts, const char *state)
{
    const char *text = facts ? message_text(facts, SLOT_STATE) : NULL;

    return text && !strcmp(text, state);
}

static bool is_other(const struct message *one, const struct message *other, enum slot slot)
{
    const char *text = message_text(one, slot), *others = message_text(other, slot);

    return strcmp(text ? text : "", others ? others : "") != 0;
}

bool facts_differ(const struct message *one, const struct message *other)
{
    return is_other(one, other, SLOT_PRINCIPAL) || is_other(one, other, SLOT_ISSUER) ||
           is_other(one, other, SLOT_SUBJECT);
}
