/* SPDX-License-Identifier: MIT */
#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "conf/conf_set.h"
#include "conf/name.h"
#include "conf/url.h"

enum {
    IDENTITIES_MOST = 32,
    SHARES_MOST = 64,
    SECTIONS_MOST = IDENTITIES_MOST + SHARES_MOST + CERTIFICATES_MOST
};

/* What sections with a name are called. */
static const struct {
    const char *word, *one, *many;
    size_t most;
} kinds[SECTION_KINDS] = {
    [SECTION_IDENTITY] = { "identity", "an identity", "identities", IDENTITIES_MOST },
    [SECTION_SHARE] = { "share", "a share", "shares", SHARES_MOST },
    [SECTION_CERTIFICATE] = { "certificate", "a certificate", "certificates", CERTIFICATES_MOST },
};

struct value {
    char *text, *origin;
};

/* An identity, a share or a certificate. */
struct section {
    enum setting_section kind;
    char name[NAME_IDENTITY_MOST + 1];
    enum setting_who who; /* wrote of it first */
    struct value values[SETTING_COUNT];
};

/* The general section is kept with the default identity, which is always there, and the first. */
struct conf {
    struct section sections[SECTIONS_MOST];
    size_t count;
};

struct conf *conf_new(void)
{
    struct conf *conf = calloc(1, sizeof *conf);

    if (conf) {
        (void)strcpy(conf->sections[0].name, CONF_DEFAULT_IDENTITY);
        conf->sections[0].kind = SECTION_IDENTITY;
        conf->count = 1;
    }
    return conf;
}

void conf_free(struct conf **conf)
{
    for (size_t i = 0; *conf && i < (*conf)->count; i++)
        for (int s = 0; s < SETTING_COUNT; s++) {
            free((*conf)->sections[i].values[s].text);
            free((*conf)->sections[i].values[s].origin);
        }
    free(*conf);
    *conf = NULL;
}

static struct section *find_section(const struct conf *conf, enum setting_section kind,
                                    const char *name)
{
    for (size_t i = 0; i < conf->count; i++)
        if (conf->sections[i].kind == kind && !strcmp(conf->sections[i].name, name))
            return (struct section *)&conf->sections[i];
    return NULL;
}

static size_t count_sections(const struct conf *conf, enum setting_section kind)
{
    size_t count = 0;

    for (size_t i = 0; i < conf->count; i++)
        count += conf->sections[i].kind == kind;
    return count;
}

static enum outcome make_section(struct conf *conf, enum setting_section kind, const char *name,
                                 enum setting_who who, struct section **section, struct why *why)
{
    if ((*section = find_section(conf, kind, name)))
        return OUTCOME_OK;
    if (!name_is_identity(name))
        return fail(why, REASON_BAD_SETTING,
                    "\"%s\" cannot name %s: expected letters, digits and - _ .", name,
                    kinds[kind].one);
    if (count_sections(conf, kind) == kinds[kind].most)
        return fail(why, REASON_BAD_SETTING, "more than %zu %s", kinds[kind].most,
                    kinds[kind].many);
    *section = &conf->sections[conf->count++];
    (*section)->kind = kind;
    (*section)->who = who;
    (void)strcpy((*section)->name, name);
    return OUTCOME_OK;
}

/* What stands behind the word in a section's name, or NULL if it is another word. */
static const char *behind(const char *title, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(title, word, length) != 0 || (title[length] && title[length] != ' '))
        return NULL;
    return title + length + strspn(title + length, " ");
}

static enum outcome find_title(const char *title, enum setting_section *kind, const char **name,
                               struct why *why)
{
    *kind = SECTION_GENERAL;
    *name = CONF_DEFAULT_IDENTITY;
    if (!strcmp(title, "chatelaine"))
        return OUTCOME_OK;
    *kind = SECTION_IDENTITY;
    if (!strcmp(title, "identity"))
        return OUTCOME_OK;
    for (; *kind < SECTION_KINDS; ++*kind)
        if ((*name = behind(title, kinds[*kind].word)))
            return OUTCOME_OK;
    return fail(why, REASON_BAD_SETTING,
                "unknown section [%s]: expected [chatelaine], [identity], [identity NAME], "
                "[share NAME] or [certificate NAME]",
                title);
}

static enum outcome may_set(const struct conf *conf, enum setting setting, enum setting_who who,
                            struct why *why)
{
    const char *key = setting_row(setting)->key;

    if (who == WHO_ADMINISTRATOR)
        return OUTCOME_OK;
    if (setting_row(setting)->who == WHO_ADMINISTRATOR)
        return fail(why, REASON_BAD_SETTING, "%s can be set only by the administrator", key);
    if (setting_list_has(conf_text(conf, CONF_DEFAULT_IDENTITY, SETTING_FIXED), key))
        return fail(why, REASON_BAD_SETTING, "%s is fixed by the administrator", key);
    return OUTCOME_OK;
}

/* Of a URL, a proxy or a token the value is not shown: somebody may have put a secret there. */
static enum outcome refuse_value(enum setting setting, const char *value, struct why *why)
{
    const struct setting_row *row = setting_row(setting);

    if (row->kind == KIND_URL && url_check(value, why))
        return fail_in(why, "%s", row->key);
    return fail(why, REASON_BAD_SETTING, "%s = %s: expected %s", row->key,
                row->kind == KIND_PROXY || row->kind == KIND_TOKEN || row->kind == KIND_CARD
                    ? "..."
                    : value,
                setting_expected(setting));
}

enum outcome conf_set(struct conf *conf, const char *title, const char *key, const char *value,
                      enum setting_who who, const char *origin, struct why *why)
{
    enum setting_section kind;
    const char *name;
    struct section *section = &conf->sections[0];
    enum setting setting;
    enum outcome out = find_title(title, &kind, &name, why);

    if (out)
        return out;
    if (!setting_find(kind, key, &setting))
        return fail(why, REASON_BAD_SETTING,
                    "unknown setting \"%s\" in [%s]; chatelaine settings list shows all", key,
                    title);
    if ((kind != SECTION_GENERAL && (out = make_section(conf, kind, name, who, &section, why))) ||
        (out = may_set(conf, setting, who, why)))
        return out;
    if (kind >= SECTION_SHARE && section->who < who)
        return fail(why, REASON_BAD_SETTING, "%s %s is the administrator's", kinds[kind].word,
                    name);
    if (!setting_accepts(setting, value))
        return refuse_value(setting, value, why);
    struct value fresh = { strdup(value), strdup(origin) };
    free(section->values[setting].text);
    free(section->values[setting].origin);
    section->values[setting] = fresh;
    return fresh.text && fresh.origin ? OUTCOME_OK : fail_memory(why);
}

/* Who is the provider, and who are we to it? */
static enum outcome check_provider(const struct conf *conf, const struct section *section,
                                   struct why *why)
{
    static const struct {
        const char *provider;
        enum setting needs[2];
    } rows[] = { { "ad", { SETTING_PROVIDER, SETTING_PROVIDER } },
                 { "certificate", { SETTING_CARD, SETTING_PROVIDER } },
                 { "okta", { SETTING_ORG, SETTING_PROVIDER } },
                 { "google", { SETTING_CLIENT_ID, SETTING_PROVIDER } },
                 { "entra", { SETTING_TENANT, SETTING_CLIENT_ID } },
                 { "", { SETTING_ISSUER, SETTING_CLIENT_ID } } };
    const char *provider = conf_text(conf, section->name, SETTING_PROVIDER);
    size_t row = 0;

    while (*rows[row].provider && strcmp(rows[row].provider, provider) != 0)
        row++;
    for (size_t i = 0; i < sizeof rows->needs / sizeof *rows->needs; i++)
        if (!*conf_text(conf, section->name, rows[row].needs[i]))
            return fail(why, REASON_BAD_SETTING, "%s: provider = %s needs %s too",
                        conf_origin(conf, section->name, SETTING_PROVIDER), provider,
                        setting_row(rows[row].needs[i])->key);
    return OUTCOME_OK;
}

/* Beside a provider there can be a directory, and nothing else. */
static enum outcome check_directory(const struct conf *conf, const struct section *section,
                                    struct why *why)
{
    const char *name = conf_text(conf, section->name, SETTING_DIRECTORY);

    if (!*name || (conf_is_web(conf, section->name) && !conf_is_web(conf, name) &&
                   !conf_by_certificate(conf, name)))
        return OUTCOME_OK;
    return fail(why, REASON_BAD_SETTING,
                "%s: directory = %s: expected, beside a provider, an identity of provider ad",
                conf_origin(conf, section->name, SETTING_DIRECTORY), name);
}

enum outcome conf_complete(const struct conf *conf, struct why *why)
{
    for (size_t i = 0; i < conf->count; i++) {
        const struct section *section = &conf->sections[i];
        enum outcome out;
        int s = 0;
        if (section->kind == SECTION_IDENTITY && ((out = check_provider(conf, section, why)) ||
                                                  (out = check_directory(conf, section, why))))
            return out;
        while (s < SETTING_COUNT && !section->values[s].origin)
            s++;
        if (section->kind == SECTION_SHARE && !section->values[SETTING_URL].text)
            return fail(why, REASON_BAD_SETTING, "%s: [share %s] has no url",
                        s < SETTING_COUNT ? section->values[s].origin : "settings", section->name);
    }
    return OUTCOME_OK;
}

static const struct value *find_value(const struct conf *conf, const char *name,
                                      enum setting setting)
{
    enum setting_section kind = setting_row(setting)->section;

    if (kind == SECTION_GENERAL) {
        kind = SECTION_IDENTITY;
        name = CONF_DEFAULT_IDENTITY;
    }
    const struct section *section = find_section(conf, kind, name);
    return section && section->values[setting].text ? &section->values[setting] : NULL;
}

const char *conf_text(const struct conf *conf, const char *name, enum setting setting)
{
    const struct value *value = find_value(conf, name, setting);
    return value ? value->text : setting_row(setting)->fallback;
}

bool conf_flag(const struct conf *conf, const char *name, enum setting setting)
{
    return setting_flag(conf_text(conf, name, setting));
}

int64_t conf_seconds(const struct conf *conf, const char *name, enum setting setting)
{
    return setting_seconds(conf_text(conf, name, setting));
}

bool conf_is_web(const struct conf *conf, const char *identity)
{
    return strcmp(conf_text(conf, identity, SETTING_PROVIDER), "ad") != 0 &&
           !conf_by_certificate(conf, identity);
}

bool conf_by_certificate(const struct conf *conf, const char *identity)
{
    return !strcmp(conf_text(conf, identity, SETTING_PROVIDER), "certificate");
}

const char *conf_in_directory(const struct conf *conf, const char *identity)
{
    const char *beside = conf_text(conf, identity, SETTING_DIRECTORY);

    return conf_is_web(conf, identity) && *beside ? beside : identity;
}

const char *conf_origin(const struct conf *conf, const char *name, enum setting setting)
{
    const struct value *value = find_value(conf, name, setting);
    return value ? value->origin : "default";
}

static const char *find_name(const struct conf *conf, enum setting_section kind, size_t number)
{
    for (size_t i = 0; i < conf->count; i++)
        if (conf->sections[i].kind == kind && !number--)
            return conf->sections[i].name;
    return NULL;
}

const char *conf_identity(const struct conf *conf, size_t number)
{
    return find_name(conf, SECTION_IDENTITY, number);
}

const char *conf_share(const struct conf *conf, size_t number)
{
    return find_name(conf, SECTION_SHARE, number);
}

const char *conf_certificate(const struct conf *conf, size_t number)
{
    return find_name(conf, SECTION_CERTIFICATE, number);
}

static bool is_for(const struct conf *conf, const char *name, const char *identity)
{
    const char *is = conf_text(conf, name, SETTING_CERTIFICATE_IDENTITY);

    return !strcmp(conf_in_directory(conf, is), identity);
}

const char *conf_certificate_for(const struct conf *conf, const char *identity, size_t number)
{
    const char *name;

    for (size_t n = 0; (name = conf_certificate(conf, n)); n++)
        if (is_for(conf, name, identity) && !number--)
            return name;
    return NULL;
}

bool conf_person_folder(char *path, size_t size)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = home_folder();
    int n;

    if (config && *config == '/')
        n = snprintf(path, size, "%s/chatelaine", config);
    else if (home)
        n = snprintf(path, size, "%s/.config/chatelaine", home);
    else
        return false;
    return n > 0 && (size_t)n < size;
}
