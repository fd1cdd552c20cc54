/* SPDX-License-Identifier: MIT */
#include "directory/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "directory/filetime.h"
#include "directory/person.h"

enum { NUMBER_MOST = 20 };

struct berval **entry_values(const struct entry *entry, const char *name)
{
    return entry->message ? ldap_get_values_len(entry->handle, entry->message, name) : NULL;
}

/* A copy of the first bytes with NUL at the end, '?' for each NUL within. */
static char *copy(const struct berval *value, size_t most)
{
    size_t length = value->bv_len < most ? value->bv_len : most;
    char *text = malloc(length + 1);

    if (!text)
        return NULL;
    for (size_t i = 0; i < length; i++)
        text[i] = value->bv_val[i] ? value->bv_val[i] : '?';
    text[length] = '\0';
    return text;
}

char *entry_text(struct entry *entry, const char *name)
{
    struct berval **values = entry_values(entry, name);
    char *text = NULL;

    if (values && values[0]) {
        text = copy(values[0], PERSON_VALUE);
        entry->no_memory |= !text;
    }
    ldap_value_free_len(values);
    if (text)
        text_clean(text);
    return text;
}

bool entry_number(const struct entry *entry, const char *name, int64_t *number)
{
    struct berval **values = entry_values(entry, name);
    bool found = false;

    if (values && values[0] && values[0]->bv_len <= NUMBER_MOST) {
        char text[NUMBER_MOST + 1];
        memcpy(text, values[0]->bv_val, values[0]->bv_len);
        text[values[0]->bv_len] = '\0';
        found = strlen(text) == values[0]->bv_len && filetime_number(text, number);
    }
    ldap_value_free_len(values);
    return found;
}

static char *binary(struct entry *entry, const char *name,
                    bool (*read)(const void *bytes, size_t length, char *text))
{
    struct berval **values = entry_values(entry, name);
    char text[SID_TEXT], *kept = NULL;

    if (values && values[0] && read(values[0]->bv_val, values[0]->bv_len, text)) {
        kept = strdup(text);
        entry->no_memory |= !kept;
    }
    ldap_value_free_len(values);
    return kept;
}

char *entry_sid(struct entry *entry, const char *name)
{
    return binary(entry, name, sid_text);
}

char *entry_guid(struct entry *entry, const char *name)
{
    return binary(entry, name, guid_text);
}

static char *hexadecimal(const struct berval *value)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = value->bv_len < PERSON_VALUE / 2 - 2 ? value->bv_len : PERSON_VALUE / 2 - 2;
    char *text = malloc(2 * length + 3), *end = text;

    if (!text)
        return NULL;
    *end++ = '0';
    *end++ = 'x';
    for (size_t i = 0; i < length; i++) {
        *end++ = digits[(unsigned char)value->bv_val[i] >> 4];
        *end++ = digits[(unsigned char)value->bv_val[i] & 0xf];
    }
    *end = '\0';
    return text;
}

char *entry_value(const struct berval *value)
{
    char *text = copy(value, PERSON_VALUE);

    if (!text || memchr(value->bv_val, '\0', value->bv_len)) {
        free(text);
        return hexadecimal(value);
    }
    for (char *c = text; *c; c++)
        if (*c == '\r' || *c == '\n' || *c == '\t')
            *c = ' ';
    if (text_is_clean(text, strlen(text)))
        return text;
    /* A character that was cut, or is only not to be shown, is no sign of binary. */
    bool was_cut = value->bv_len > PERSON_VALUE;
    if (was_cut) {
        text_clean(text);
        return text;
    }
    free(text);
    return hexadecimal(value);
}
