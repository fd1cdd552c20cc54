/* SPDX-License-Identifier: MIT */
#include "conf/settings.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/name.h"
#include "conf/url.h"

enum { GROUP_MOST = 256 };

static const struct setting_row rows[SETTING_COUNT] = {
#define SETTING(name, sect, key_, kind_, fallback_, who_, elsewhere_, choices_, sentence_)         \
    [SETTING_##name] = { .key = key_,                                                              \
                         .fallback = fallback_,                                                    \
                         .elsewhere = elsewhere_,                                                  \
                         .choices = choices_,                                                      \
                         .sentence = sentence_,                                                    \
                         .section = SECTION_##sect,                                                \
                         .kind = KIND_##kind_,                                                     \
                         .who = WHO_##who_ },
#include "conf/settings.def"
};

const struct setting_row *setting_row(enum setting setting)
{
    return &rows[setting];
}

const char *section_title(enum setting_section section)
{
    static const char *const titles[SECTION_KINDS] = { "chatelaine", "identity", "share NAME",
                                                       "certificate NAME" };

    return titles[section];
}

bool setting_find(enum setting_section section, const char *key, enum setting *setting)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (rows[i].section == section && !strcmp(rows[i].key, key)) {
            *setting = (enum setting)i;
            return true;
        }
    return false;
}

static bool is_flag(const char *value)
{
    static const char *const words[] = { "yes", "no", "true", "false" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(value, words[i]))
            return true;
    return false;
}

/* The range is "1s to 10m", "" without one. */
static bool is_duration(const char *range, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    int64_t least = *range ? setting_seconds(range) : 0;
    int64_t most = *range ? setting_seconds(strrchr(range, ' ') + 1) : INT64_C(366) * 86400;

    if (!digits || digits > 8)
        return false;
    if (strcmp(value, "0") != 0 &&
        (!value[digits] || !strchr("smhd", value[digits]) || value[digits + 1]))
        return false;
    return setting_seconds(value) >= least && setting_seconds(value) <= most;
}

static bool is_list(const char *value)
{
    for (const char *c = value; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_;, ", *c))
            return false;
    return true;
}

/* A name of one label or more, which an IPv4 address looks like, or an IPv6 address. */
static bool is_host(const char *value, size_t length)
{
    char host[NAME_DOMAIN_MOST + 1] = "";
    struct in6_addr address;

    if (length > NAME_DOMAIN_MOST)
        return false;
    memcpy(host, value, length);
    if (strchr(host, ':'))
        return inet_pton(AF_INET6, host, &address) == 1;
    for (const char *label = host;;) {
        size_t size = strcspn(label, ".");
        if (!name_is_label(label, size))
            return false;
        if (!label[size])
            return true;
        label += size + 1;
    }
}

static bool is_hosts(const char *value)
{
    for (value += strspn(value, ", "); *value; value += strspn(value, ", ")) {
        size_t size = strcspn(value, ", ");
        if (!is_host(value, size))
            return false;
        value += size;
    }
    return true;
}

const char *setting_item(const char **list, size_t *length)
{
    const char *item = *list;

    if (!item)
        return NULL;
    *list = strchr(item, ',');
    *length = *list ? (size_t)(*list - item) : strlen(item);
    *list += *list != NULL;
    while (*length && *item == ' ') {
        item++;
        --*length;
    }
    while (*length && item[*length - 1] == ' ')
        --*length;
    return item;
}

/* S-1-5-21-1-2-3-513 or CORP\Sales Team. */
static bool is_group(const char *group, size_t length)
{
    const char *name = memchr(group, '\\', length), *end = group + length;

    if (!length || length > GROUP_MOST)
        return false;
    if (!name)
        return !strncmp(group, "S-1-", 4) && isdigit((unsigned char)end[-1]) &&
               strspn(group + 2, "0123456789-") >= length - 2;
    return name > group && name + 1 < end && !memchr(name + 1, '\\', (size_t)(end - name - 1));
}

static bool is_groups(const char *list)
{
    size_t length;

    for (const char *group; (group = setting_item(&list, &length));)
        if (!is_group(group, length))
            return false;
    return true;
}

/* An IPv6 address stands in brackets. */
static bool is_proxy(const char *value)
{
    static const char scheme[] = "http://";
    const char *host = value + sizeof scheme - 1, *colon = strrchr(value, ':');

    if (!strcmp(value, "direct"))
        return true;
    if (strncmp(value, scheme, sizeof scheme - 1) != 0 || colon < host)
        return false;
    size_t length = (size_t)(colon - host), digits = strspn(colon + 1, "0123456789");
    bool is_v6 = length > 2 && *host == '[' && host[length - 1] == ']';
    if (is_v6 != (memchr(host, ':', length) != NULL) ||
        !is_host(is_v6 ? host + 1 : host, is_v6 ? length - 2 : length))
        return false;
    long port = digits && digits <= 5 && !colon[1 + digits] ? strtol(colon + 1, NULL, 10) : 0;
    return port > 0 && port <= 65535;
}

static bool is_text(const char *value)
{
    for (const char *c = value; *c; c++)
        if (*c < ' ' || *c > '~')
            return false;
    return strlen(value) <= SETTING_TEXT;
}

/* Who uses it looks closer. */
static bool is_web(const char *value)
{
    static const char scheme[] = "https://";

    return is_text(value) && !strncmp(value, scheme, sizeof scheme - 1) &&
           isalnum((unsigned char)value[sizeof scheme - 1]) && !strpbrk(value, " @#\"<>");
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strcspn(value, "|");

    if (value[length])
        return false;
    for (const char *c = choices; c; c = strchr(c, '|')) {
        c += *c == '|';
        if (!strncmp(c, value, length) && (!c[length] || c[length] == '|'))
            return length > 0;
    }
    return false;
}

/* Who uses it looks closer. */
static bool is_card(const char *value)
{
    return !strncmp(value, "pkcs11:", 7) && is_text(value);
}

static bool is_token(const char *value)
{
    return is_choice("auto|softhsm|tpm", value) || is_card(value);
}

bool setting_accepts(enum setting setting, const char *value)
{
    struct why ignored;

    if (!text_is_clean(value, strlen(value)) || strlen(value) > 4000)
        return false;
    switch (rows[setting].kind) {
    case KIND_DOMAIN:
        return name_is_domain(value);
    case KIND_DURATION:
        return is_duration(rows[setting].choices, value);
    case KIND_FLAG:
        return is_flag(value);
    case KIND_GROUPS:
        return is_groups(value);
    case KIND_HOSTS:
        return is_hosts(value);
    case KIND_IDENTITY:
        return name_is_identity(value);
    case KIND_LABEL:
        return name_is_label(value, strlen(value));
    case KIND_LIST:
        return is_list(value);
    case KIND_NAME:
        return *value && strlen(value) <= SETTING_TEXT;
    case KIND_CARD:
        return is_card(value) || name_is_identity(value);
    case KIND_COMMAND:
    case KIND_PATH:
        return *value == '/';
    case KIND_TOKEN:
        return is_token(value);
    case KIND_TEXT:
        return is_text(value);
    case KIND_WEB:
        return is_web(value);
    case KIND_URL:
        return !url_check(value, &ignored);
    case KIND_PROXY:
        return is_proxy(value);
    case KIND_USER:
        return !name_check_user(value, &ignored);
    case KIND_WORD:
        return is_choice(rows[setting].choices, value);
    }
    return false;
}

const char *setting_expected(enum setting setting)
{
    static const char *const words[] = {
        [KIND_CARD] = "pkcs11:..., without a PIN, or the name of one that is adopted",
        [KIND_COMMAND] = "the path of a program from / on, and words between spaces",
        [KIND_DOMAIN] = "a DNS name such as corp.example",
        [KIND_DURATION] = "a duration such as 90s, 30m, 8h or 7d",
        [KIND_FLAG] = "yes or no",
        [KIND_GROUPS] = "SIDs and DOMAIN\\name between commas",
        [KIND_HOSTS] = "names or addresses between commas",
        [KIND_IDENTITY] = "the name of an identity",
        [KIND_LABEL] = "letters, digits and - _",
        [KIND_LIST] = "words between commas",
        [KIND_NAME] = "one line of text",
        [KIND_PATH] = "a path from / on",
        [KIND_TOKEN] = "auto, softhsm, tpm or pkcs11:..., without a PIN",
        [KIND_TEXT] = "printable ASCII",
        [KIND_WEB] = "https://HOST/PATH",
        [KIND_URL] = "smb://server/share/folder",
        [KIND_PROXY] = "direct, or http://HOST:PORT without a user or password",
        [KIND_USER] = "a user name",
    };
    const struct setting_row *row = &rows[setting];

    return *row->choices ? row->choices : words[row->kind];
}

bool setting_flag(const char *value)
{
    return *value == 'y' || *value == 't';
}

int64_t setting_seconds(const char *value)
{
    char *unit;
    int64_t number = strtol(value, &unit, 10);

    return number * (*unit == 'd' ? 86400 : *unit == 'h' ? 3600 : *unit == 'm' ? 60 : 1);
}

bool setting_list_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *c = list + strspn(list, ", "); *c; c += strspn(c, ", ")) {
        size_t size = strcspn(c, ", ");
        if (size == length && !memcmp(c, word, length))
            return true;
        c += size;
    }
    return false;
}
