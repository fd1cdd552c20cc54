/* SPDX-License-Identifier: MIT */
#include "directory/acl.h"

#include <string.h>

#include "directory/sid.h"

enum { DESCRIPTOR_HEAD = 20, ACL_HEAD = 8, ACE_HEAD = 8 }; /* of an ACE with its mask */
enum { HAS_ACL = 0x4, SELF_RELATIVE = 0x8000 };
enum { ALLOWED = 0, DENIED = 1, ALLOWED_OBJECT = 5, DENIED_OBJECT = 6 };
enum { INHERIT_ONLY = 0x8, HAS_TYPE = 1, HAS_INHERITED_TYPE = 2 };

static const uint32_t any_right = 0x100 | 0x10000000; /* extended rights; everything */

static uint32_t number(const unsigned char *at, int bytes)
{
    uint32_t value = 0;

    while (bytes--)
        value = value << 8 | at[bytes];
    return value;
}

static bool is_of(const struct person *person, const unsigned char *sid, size_t length)
{
    char text[SID_TEXT];

    if (!sid_text(sid, length, text))
        return false;
    if (person->sid && !strcmp(person->sid, text))
        return true;
    for (size_t i = 0; i < person->group_count; i++)
        if (!strcmp(person->groups[i].sid, text))
            return true;
    return false;
}

/* Does this entry, of that length, speak of the right, and to this person? */
static bool is_about(const unsigned char *ace, size_t length, const char *right,
                     const struct person *person)
{
    bool is_object = ace[0] == ALLOWED_OBJECT || ace[0] == DENIED_OBJECT;
    size_t at = ACE_HEAD + (is_object ? 4 : 0);

    if (ace[1] & INHERIT_ONLY || !(number(ace + 4, 4) & any_right) || at > length)
        return false;
    uint32_t has = is_object ? number(ace + ACE_HEAD, 4) : 0;
    if (has & HAS_TYPE) {
        char type[GUID_TEXT];
        if (at + GUID_BYTES > length || !guid_text(ace + at, GUID_BYTES, type) ||
            strcmp(type, right) != 0)
            return false;
        at += GUID_BYTES;
    }
    if (has & HAS_INHERITED_TYPE)
        at += GUID_BYTES;
    if (at + 2 > length)
        return false;
    size_t sid = 8 + 4 * (size_t)ace[at + 1];
    return at + sid <= length && is_of(person, ace + at, sid);
}

/* The first entry that speaks decides. */
static enum acl_answer walk(const unsigned char *acl, size_t length, const char *right,
                            const struct person *person)
{
    size_t at = ACL_HEAD;

    for (uint32_t left = number(acl + 4, 2); left; left--) {
        if (at + ACE_HEAD > length)
            return ACL_UNKNOWN;
        const unsigned char *ace = acl + at;
        size_t size = number(ace + 2, 2);
        if (size < ACE_HEAD || size > length - at)
            return ACL_UNKNOWN;
        bool allows = ace[0] == ALLOWED || ace[0] == ALLOWED_OBJECT;
        bool denies = ace[0] == DENIED || ace[0] == DENIED_OBJECT;
        if ((allows || denies) && is_about(ace, size, right, person))
            return allows ? ACL_GRANTS : ACL_REFUSES;
        at += size;
    }
    return ACL_REFUSES;
}

enum acl_answer acl_grants(const void *bytes, size_t length, const char *right,
                           const struct person *person)
{
    const unsigned char *descriptor = bytes;

    if (length < DESCRIPTOR_HEAD || descriptor[0] != 1)
        return ACL_UNKNOWN;
    uint32_t control = number(descriptor + 2, 2), at = number(descriptor + 16, 4);
    if (!(control & HAS_ACL) || !(control & SELF_RELATIVE) || at < DESCRIPTOR_HEAD || at > length ||
        length - at < ACL_HEAD)
        return ACL_UNKNOWN;
    size_t size = number(descriptor + at + 2, 2);
    if (size < ACL_HEAD || size > length - at)
        return ACL_UNKNOWN;
    return walk(descriptor + at, size, right, person);
}
