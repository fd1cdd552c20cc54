/* SPDX-License-Identifier: MIT */
#include "conf/name.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

enum { LABEL_MOST = 63 };

enum outcome name_check_user(const char *name, struct why *why)
{
    const char *forbidden = "\"/\\[]:;|=,+*?<>";
    size_t length = strnlen(name, NAME_USER_MOST + 1);
    const char *at = strchr(name, '@');

    if (!length)
        return fail(why, REASON_BAD_NAME, "the user name is empty");
    if (length > NAME_USER_MOST)
        return fail(why, REASON_BAD_NAME, "the user name has more than %d bytes", NAME_USER_MOST);
    if (!text_is_clean(name, length))
        return fail(why, REASON_BAD_NAME,
                    "the user name \"%s\" holds control characters or is not UTF-8", name);
    const char *bad = strpbrk(name, forbidden);
    if (bad)
        return fail(why, REASON_BAD_NAME, "the user name \"%s\" holds a %c", name, *bad);
    if (name[0] == ' ' || name[length - 1] == ' ')
        return fail(why, REASON_BAD_NAME, "the user name \"%s\" begins or ends with a space", name);
    if (at && (at == name || !at[1] || strchr(at + 1, '@')))
        return fail(why, REASON_BAD_NAME, "the user name \"%s\" is not of the form user@domain",
                    name);
    if (at && !name_is_domain(at + 1))
        return fail(why, REASON_BAD_NAME, "\"%s\" is not a domain's name", at + 1);
    return OUTCOME_OK;
}

bool name_is_domain(const char *name)
{
    size_t length = strnlen(name, NAME_DOMAIN_MOST + 1), label = 0, labels = 0;

    if (!length || length > NAME_DOMAIN_MOST)
        return false;
    for (size_t i = 0; i <= length; i++) {
        if (name[i] == '.' || !name[i]) {
            if (!label || label > 63 || name[i - 1] == '-')
                return false;
            label = 0;
            labels++;
        } else {
            if (!isalnum((unsigned char)name[i]) && (name[i] != '-' || !label))
                return false;
            label++;
        }
    }
    return labels >= 2;
}

bool name_is_label(const char *value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)value[i]) && (!strchr("-_", value[i]) || !i))
            return false;
    return length > 0 && length <= LABEL_MOST;
}

bool name_is_host(const char *name)
{
    const char *label = name;

    if (strnlen(name, NAME_DOMAIN_MOST + 1) > NAME_DOMAIN_MOST)
        return false;
    for (size_t size; name_is_label(label, (size = strcspn(label, "."))); label += size + 1)
        if (!label[size])
            return label[strspn(label, "0123456789")];
    return false;
}

bool name_is_identity(const char *name)
{
    size_t length = strnlen(name, NAME_IDENTITY_MOST + 1);

    if (!length || length > NAME_IDENTITY_MOST || *name == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)name[i]) && !strchr("-_.", name[i]))
            return false;
    return true;
}
