/* SPDX-License-Identifier: MIT
 *
 * The list of settings, and what each kind of value must look like.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"

enum setting {
#define SETTING(name, ...) SETTING_##name,
#include "conf/settings.def"
    SETTING_COUNT
};

enum setting_section {
    SECTION_GENERAL,
    SECTION_IDENTITY,
    SECTION_SHARE,
    SECTION_CERTIFICATE,
    SECTION_KINDS
};
enum setting_who { WHO_ADMINISTRATOR, WHO_PERSON };
enum setting_kind {
    KIND_CARD,     /* a URI pkcs11:..., or a name as of an identity */
    KIND_COMMAND,  /* the path of a program from / on, and words for it, between spaces */
    KIND_DOMAIN,   /* a DNS name of two labels or more */
    KIND_DURATION, /* a number and s, m, h or d; seconds, at most 366 d */
    KIND_FLAG,     /* yes, no, true, false */
    KIND_GROUPS,   /* SIDs and DOMAIN\name, between commas */
    KIND_HOSTS,    /* names or addresses of hosts, between commas or spaces */
    KIND_IDENTITY, /* the name of an identity, see name_is_identity */
    KIND_LABEL,    /* one label of a DNS name: 1 to 63 letters, digits and - _ */
    KIND_LIST,     /* words of letters, digits and - _ ; between commas */
    KIND_NAME,     /* one line of UTF-8, at most SETTING_TEXT bytes */
    KIND_PATH,     /* from / on */
    KIND_TOKEN,    /* auto, softhsm, tpm or a URI pkcs11:... */
    KIND_TEXT,     /* printable ASCII, at most SETTING_TEXT bytes */
    KIND_WEB,      /* https://HOST/PATH, at most SETTING_TEXT bytes of ASCII */
    KIND_URL,      /* of a share, see conf/url.h */
    KIND_PROXY,    /* direct, or http://HOST:PORT */
    KIND_USER,     /* a user name, see name_check_user */
    KIND_WORD,     /* one of the choices */
};

enum { SETTING_TEXT = 255 };

struct setting_row {
    const char *key, *fallback, *elsewhere, *choices, *sentence;
    enum setting_section section;
    enum setting_kind kind;
    enum setting_who who;
};

const struct setting_row *setting_row(enum setting setting);

/* As it is headed in a file, without the brackets: "identity"; "share NAME". */
const char *section_title(enum setting_section section);

/* "yes or no", "a duration such as 90s, 30m, 8h or 7d"... */
const char *setting_expected(enum setting setting);

bool setting_find(enum setting_section section, const char *key, enum setting *setting);

/* True if value is of the setting's kind. */
bool setting_accepts(enum setting setting, const char *value);

/* Of values that setting_accepts. */
bool setting_flag(const char *value);
int64_t setting_seconds(const char *value);
bool setting_list_has(const char *list, const char *word);

/* Steps through what stands between commas, without the blanks around it; NULL after the last. */
const char *setting_item(const char **list, size_t *length);

#endif
