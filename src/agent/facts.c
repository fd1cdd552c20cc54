/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/identity.h"

bool facts_tell(const struct message *facts, const char *state)
{
    const char *text = facts ? message_text(facts, SLOT_STATE) : NULL;

    return text && !strcmp(text, state);
}

bool facts_are_same(const struct message *one, const struct message *other)
{
    uint64_t digests[SLOT_END], others[SLOT_END];

    message_digests(one, digests);
    message_digests(other, others);
    return !memcmp(&digests[FACT_FIRST], &others[FACT_FIRST],
                   (FACT_LAST - FACT_FIRST + 1) * sizeof *digests);
}
