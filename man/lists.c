/* SPDX-License-Identifier: MIT
 *
 * Fills the tables of the manual from the lists: a line @OUTCOMES@, @REASONS@, @VERBS@, @SETTINGS@
 * or @FACTS@ of the page on standard input becomes the table, @FILES@ the administrator's settings
 * files of this build; the sample settings come from --sample, what the agent offers on the session
 * bus from --interface.
 */
#include <stdio.h>
#include <string.h>

#include "base/outcome.h"
#include "conf/settings.h"
#include "wire/message.h"
#include "wire/verbs.h"

/* Text for troff: a backslash is doubled, a leading dot cannot be taken for a request. */
static void put(const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            (void)putchar('\\');
        if (*text == '-')
            (void)putchar('\\');
        (void)putchar(*text);
    }
}

static void item(const char *bold, const char *rest)
{
    (void)fputs(".TP\n\\fB", stdout);
    put(bold);
    (void)fputs("\\fR ", stdout);
    put(rest);
    (void)putchar('\n');
}

static void line(const char *text)
{
    put(text);
    (void)putchar('\n');
}

static void outcomes(void)
{
    char status[16];

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        (void)snprintf(status, sizeof status, "%d", outcome_exit_status((enum outcome)i));
        item(status, outcome_name((enum outcome)i));
        line(outcome_sentence((enum outcome)i));
    }
}

static void reasons(void)
{
    for (int i = 0; i < REASON_COUNT; i++) {
        item(reason_word((enum reason)i), outcome_name(reason_outcome((enum reason)i)));
        line(reason_sentence((enum reason)i));
        line(reason_remedy((enum reason)i));
    }
}

static void verbs(void)
{
    for (int i = 0; i < VERB_COUNT; i++) {
        item(verb_row((enum verb)i)->word, verb_row((enum verb)i)->synopsis);
        line(verb_row((enum verb)i)->sentence);
    }
}

static void settings(void)
{
    for (int section = 0; section < SECTION_KINDS; section++) {
        (void)printf(".SS [%s]\n", section_title((enum setting_section)section));
        for (int i = 0; i < SETTING_COUNT; i++) {
            const struct setting_row *row = setting_row((enum setting)i);
            if ((int)row->section != section)
                continue;
            item(row->key, setting_expected((enum setting)i));
            line(row->sentence);
            (void)fputs("Without it: ", stdout);
            line(*row->fallback ? row->fallback : "nothing.");
            if (row->who == WHO_ADMINISTRATOR)
                line("Only the administrator may set it.");
            if (*row->elsewhere)
                line(row->elsewhere);
        }
    }
}

static void facts(void)
{
    static const char *const kinds[] = {
        [SLOT_TEXT] = "text",        [SLOT_NUMBER] = "number",
        [SLOT_FLAG] = "true, false", [SLOT_TIME] = "seconds since 1970 UTC",
        [SLOT_PAIR] = "list",        [SLOT_ROW] = "list",
        [SLOT_SECRET] = "",
    };

    for (unsigned i = FACT_FIRST; i <= FACT_LAST; i++) {
        const struct slot_row *row = slot_row(i);
        if (!row->name)
            continue;
        item(row->name, kinds[row->kind]);
        if (row->kind == SLOT_PAIR)
            (void)printf("Each with %s and %s.\n", row->first, row->second);
    }
}

static void files(void)
{
    line(SYSCONF_FOLDER "/chatelaine.conf");
    (void)puts(".br");
    line(SYSCONF_FOLDER "/conf.d/*.conf");
}

static void sample(void)
{
    (void)puts("# Settings of Chatelaine: see chatelaine.conf(5). What stands here are the "
               "defaults.");
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = setting_row((enum setting)i);
        if (!i || row->section != setting_row((enum setting)(i - 1))->section)
            (void)printf("\n[%s]\n", section_title(row->section));
        (void)printf("\n# %s (%s)\n#%s = %s\n", row->sentence, setting_expected((enum setting)i),
                     row->key, row->fallback);
    }
}

static void property(const char *name, const char *type, const char *emits)
{
    (void)printf("  <property name=\"%s\" type=\"%s\" access=\"read\">\n", name, type);
    if (*emits)
        (void)printf("   <annotation name=\"org.freedesktop.DBus.Property.EmitsChangedSignal\" "
                     "value=\"%s\"/>\n",
                     emits);
    (void)puts("  </property>");
}

static void properties(void)
{
    static const char CHANGE[] = "", INVALIDATION[] = "invalidates";
    static const struct {
        const char *type, *emits;
    } kinds[] = {
#define KIND(kind, type, emits) [SLOT_##kind] = { type, emits },
#include "agent/interface.def"
    };

    property(slot_row(SLOT_IDENTITY)->name, "s", "const");
    property(slot_row(SLOT_CERTIFICATES)->name, kinds[SLOT_ROW].type, kinds[SLOT_ROW].emits);
    for (unsigned i = FACT_FIRST; i <= FACT_LAST; i++) {
        const struct slot_row *row = slot_row(i);
        if (row->name && row->kind < sizeof kinds / sizeof *kinds)
            property(row->name, kinds[row->kind].type, kinds[row->kind].emits);
    }
}

static void interface(void)
{
    static const char *const methods[] = {
#define METHOD(name, what, verb) name,
#include "agent/interface.def"
    };
    static const struct {
        const char *name, *type, *argument;
    } signals[] = {
#define SIGNAL(news, name, type, argument) { name, type, argument },
#include "agent/interface.def"
    };

    (void)puts("<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
               "\"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"
               "<!-- SPDX-License-Identifier: MIT -->\n"
               "<!-- org.chatelaine.Agent, below /org/chatelaine: one object for each identity. "
               "See chatelaine-agent(1). -->\n"
               "<node>\n <interface name=\"org.chatelaine.Identity\">");
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        (void)printf("  <method name=\"%s\"/>\n", methods[i]);
    properties();
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        (void)printf("  <signal name=\"%s\">\n", signals[i].name);
        if (*signals[i].type)
            (void)printf("   <arg type=\"%s\" name=\"%s\"/>\n", signals[i].type,
                         signals[i].argument);
        (void)puts("  </signal>");
    }
    (void)puts(" </interface>\n</node>");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *marker;
        void (*table)(void);
    } tables[] = {
        { "@OUTCOMES@\n", outcomes }, { "@REASONS@\n", reasons }, { "@VERBS@\n", verbs },
        { "@SETTINGS@\n", settings }, { "@FACTS@\n", facts },     { "@FILES@\n", files }
    };
    char text[1024];

    if (argc > 1 && !strcmp(argv[1], "--sample")) {
        sample();
        return 0;
    }
    if (argc > 1 && !strcmp(argv[1], "--interface")) {
        interface();
        return 0;
    }
    while (fgets(text, sizeof text, stdin)) {
        size_t i = 0, count = sizeof tables / sizeof *tables;
        while (i < count && strcmp(tables[i].marker, text) != 0)
            i++;
        if (i < count)
            tables[i].table();
        else
            (void)fputs(text, stdout);
    }
    return 0;
}
