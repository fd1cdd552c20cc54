/* SPDX-License-Identifier: MIT */
#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "conf/conf_set.h"
#include "conf/name.h"

enum { IDENTITIES_MOST = 32 };

struct value {
    char *text, *origin;
};

struct identity {
    char name[NAME_IDENTITY_MOST + 1];
    struct value values[SETTING_COUNT];
};

/* The general section is kept with the default identity, which is always there. */
struct conf {
    struct identity identities[IDENTITIES_MOST];
    size_t count;
};

struct conf *conf_new(void)
{
    struct conf *conf = calloc(1, sizeof *conf);

    if (conf) {
        (void)strcpy(conf->identities[0].name, CONF_DEFAULT_IDENTITY);
        conf->count = 1;
    }
    return conf;
}

void conf_free(struct conf **conf)
{
    for (size_t i = 0; *conf && i < (*conf)->count; i++)
        for (int s = 0; s < SETTING_COUNT; s++) {
            free((*conf)->identities[i].values[s].text);
            free((*conf)->identities[i].values[s].origin);
        }
    free(*conf);
    *conf = NULL;
}

static struct identity *find_identity(const struct conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->count; i++)
        if (!strcmp(conf->identities[i].name, name))
            return (struct identity *)&conf->identities[i];
    return NULL;
}

static enum outcome make_identity(struct conf *conf, const char *name, struct identity **identity,
                                  struct why *why)
{
    if ((*identity = find_identity(conf, name)))
        return OUTCOME_OK;
    if (!name_is_identity(name))
        return fail(why, REASON_BAD_SETTING,
                    "\"%s\" cannot name an identity: expected letters, digits and - _ .", name);
    if (conf->count == IDENTITIES_MOST)
        return fail(why, REASON_BAD_SETTING, "more than %d identities", IDENTITIES_MOST);
    *identity = &conf->identities[conf->count++];
    (void)strcpy((*identity)->name, name);
    return OUTCOME_OK;
}

/* The part of a section's name after "identity", or NULL if it is no identity's. */
static const char *section_identity(const char *section)
{
    if (!strcmp(section, "identity"))
        return CONF_DEFAULT_IDENTITY;
    if (strncmp(section, "identity ", 9) != 0)
        return NULL;
    section += 9;
    while (*section == ' ')
        section++;
    return section;
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

enum outcome conf_set(struct conf *conf, const char *section, const char *key, const char *value,
                      enum setting_who who, const char *origin, struct why *why)
{
    const char *name = section_identity(section);
    struct identity *identity = &conf->identities[0];
    enum setting setting;
    enum outcome out;

    if (!name && strcmp(section, "chatelaine") != 0)
        return fail(why, REASON_BAD_SETTING,
                    "unknown section [%s]: expected [chatelaine], [identity] or [identity NAME]",
                    section);
    if (!setting_find(name ? SECTION_IDENTITY : SECTION_GENERAL, key, &setting))
        return fail(why, REASON_BAD_SETTING,
                    "unknown setting \"%s\" in [%s]; chatelaine settings list shows all", key,
                    section);
    if ((name && (out = make_identity(conf, name, &identity, why))) ||
        (out = may_set(conf, setting, who, why)))
        return out;
    if (!setting_accepts(setting, value))
        return fail(why, REASON_BAD_SETTING, "%s = %s: expected %s", key,
                    setting_row(setting)->kind == KIND_PROXY ? "..." : value, /* a password? */
                    setting_expected(setting));
    struct value fresh = { strdup(value), strdup(origin) };
    free(identity->values[setting].text);
    free(identity->values[setting].origin);
    identity->values[setting] = fresh;
    return fresh.text && fresh.origin ? OUTCOME_OK : fail_memory(why);
}

static const struct value *find_value(const struct conf *conf, const char *name,
                                      enum setting setting)
{
    if (setting_row(setting)->section == SECTION_GENERAL)
        name = CONF_DEFAULT_IDENTITY;
    const struct identity *identity = find_identity(conf, name);
    return identity && identity->values[setting].text ? &identity->values[setting] : NULL;
}

const char *conf_text(const struct conf *conf, const char *identity, enum setting setting)
{
    const struct value *value = find_value(conf, identity, setting);
    return value ? value->text : setting_row(setting)->fallback;
}

bool conf_flag(const struct conf *conf, const char *identity, enum setting setting)
{
    return setting_flag(conf_text(conf, identity, setting));
}

int64_t conf_seconds(const struct conf *conf, const char *identity, enum setting setting)
{
    return setting_seconds(conf_text(conf, identity, setting));
}

const char *conf_origin(const struct conf *conf, const char *identity, enum setting setting)
{
    const struct value *value = find_value(conf, identity, setting);
    return value ? value->origin : "default";
}

const char *conf_identity(const struct conf *conf, size_t number)
{
    return number < conf->count ? conf->identities[number].name : NULL;
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
