/* SPDX-License-Identifier: MIT
 *
 * settings: list what there is, show what holds and why, check the files.
 */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"

enum outcome settings_load(struct conf **conf, struct why *why)
{
    char person[1024];

    return conf_load(SYSCONF_FOLDER, conf_person_folder(person, sizeof person) ? person : NULL,
                     conf, why);
}

static void list(void)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = setting_row((enum setting)i);
        (void)printf("[%s] %s: %s; without it: %s%s\n    %s\n", section_title(row->section),
                     row->key, setting_expected((enum setting)i),
                     *row->fallback ? row->fallback : "nothing",
                     row->who == WHO_ADMINISTRATOR ? "; administrator only" : "", row->sentence);
    }
}

static void list_json(void)
{
    text_auto *json = text_new(1 << 16);

    if (!json)
        return;
    json_open(json, NULL, '[');
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = setting_row((enum setting)i);
        json_open(json, NULL, '{');
        json_text(json, "section", section_title(row->section));
        json_text(json, "key", row->key);
        json_text(json, "expected", setting_expected((enum setting)i));
        json_text(json, "default", row->fallback);
        json_bool(json, "administrator_only", row->who == WHO_ADMINISTRATOR);
        json_text(json, "elsewhere", row->elsewhere);
        json_text(json, "sentence", row->sentence);
        json_close(json, '}');
    }
    json_close(json, ']');
    (void)puts(text_peek(json));
}

enum { SHOW_MOST = 1 << 20 };

/* Sections that belong to an identity, and of what each is one. */
static const struct owned {
    enum setting_section section;
    enum setting identity;
    const char *one, *many;
    const char *(*name)(const struct conf *conf, size_t number);
} owned[] = {
    { SECTION_SHARE, SETTING_SHARE_IDENTITY, "share", "shares", conf_share },
    { SECTION_CERTIFICATE, SETTING_CERTIFICATE_IDENTITY, "certificate", "certificates",
      conf_certificate },
};

/* One value, of an identity, or of what is named in front. */
static void show_value(const struct conf *conf, const char *one, const char *name,
                       enum setting setting, struct text *json, bool in_text)
{
    const struct setting_row *row = setting_row(setting);
    const char *value = conf_text(conf, name, setting), *origin = conf_origin(conf, name, setting);

    json_open(json, row->key, '{');
    json_text(json, "value", value);
    json_text(json, "origin", origin);
    json_close(json, '}');
    if (in_text)
        (void)printf("%s%s%s%s%s = %s    (%s)\n", one, *one ? " " : "", *one ? name : "",
                     *one ? ": " : "", row->key, value, origin);
}

static bool is_shown(enum setting setting, enum setting_section section, const char *key)
{
    enum setting_section of = setting_row(setting)->section;

    return (of == section || (of == SECTION_GENERAL && section == SECTION_IDENTITY)) &&
           (!key || !strcmp(setting_row(setting)->key, key));
}

static void show_owned(const struct conf *conf, const struct options *options,
                       const struct owned *kind, const char *key, struct text *json)
{
    const char *name;

    json_open(json, kind->many, '{');
    for (size_t n = 0; (name = kind->name(conf, n)); n++) {
        if (strcmp(conf_text(conf, name, kind->identity), options->identity) != 0)
            continue;
        json_open(json, name, '{');
        for (int i = 0; i < SETTING_COUNT; i++)
            if (is_shown((enum setting)i, kind->section, key))
                show_value(conf, kind->one, name, (enum setting)i, json, !options->json);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void show(const struct conf *conf, const struct options *options, const char *key)
{
    text_auto *json = text_new(SHOW_MOST);

    if (!json)
        return;
    json_open(json, NULL, '{');
    for (int i = 0; i < SETTING_COUNT; i++)
        if (is_shown((enum setting)i, SECTION_IDENTITY, key))
            show_value(conf, "", options->identity, (enum setting)i, json, !options->json);
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        show_owned(conf, options, &owned[i], key, json);
    json_close(json, '}');
    if (options->json)
        (void)puts(text_peek(json));
}

static bool is_key(const char *key)
{
    enum setting ignored;

    for (int i = 0; i < SECTION_KINDS; i++)
        if (setting_find((enum setting_section)i, key, &ignored))
            return true;
    return false;
}

static enum outcome check_words(const struct options *options, struct why *why)
{
    const char *what = options->arguments[0], *key = options->arguments[1];

    if (strcmp(what, "list") != 0 && strcmp(what, "show") != 0 && strcmp(what, "check") != 0)
        return fail(why, REASON_BAD_REQUEST, "settings takes list, show or check, not \"%s\"",
                    what);
    if (key && strcmp(what, "show") != 0)
        return fail(why, REASON_BAD_REQUEST, "settings %s: one word too many: %s", what, key);
    if (key && !is_key(key))
        return fail(why, REASON_BAD_REQUEST, "there is no setting \"%s\"", key);
    return OUTCOME_OK;
}

static enum outcome do_settings(const struct options *options, struct why *why)
{
    static char usual[] = "show";
    struct options mine = *options;
    conf_auto *conf = NULL;
    enum outcome out;

    if (!mine.arguments[0])
        mine.arguments[0] = usual;
    if ((out = check_words(&mine, why)))
        return out;
    if (!strcmp(mine.arguments[0], "list")) {
        mine.json ? list_json() : list();
        return OUTCOME_OK;
    }
    if ((out = settings_load(&conf, why)))
        return out;
    if (!strcmp(mine.arguments[0], "show"))
        show(conf, &mine, mine.arguments[1]);
    else if (!mine.json)
        (void)puts("The settings are fine.");
    return OUTCOME_OK;
}

int cli_settings(const struct options *options)
{
    struct why why = { 0 };
    enum outcome out = do_settings(options, &why);
    bool told = !out && options->arguments[0] && strcmp(options->arguments[0], "check") != 0;

    if (told || (!out && !options->arguments[0]))
        return outcome_exit_status(out); /* the lists are the answer */
    return tell(options, out, &why, NULL);
}
