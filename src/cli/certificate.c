/* SPDX-License-Identifier: MIT
 *
 * certificate: what there is, what was done, and where programs find it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "cli/agent.h"
#include "cli/certificate.h"
#include "cli/certificate_use.h"
#include "cli/key_file.h"
#include "cli/pin.h"
#include "conf/name.h"
#include "wire/state.h"

enum { NAME_WIDTH = 14, STATE_WIDTH = 9, DAY = 20, PEM_WIDTH = 64 };

/* Of one certificate of the result; borrowed, and no NUL ends them. */
struct columns {
    const char *text[CERTIFICATE_COLUMNS];
    int length[CERTIFICATE_COLUMNS];
};

static bool next_row(const struct message *result, size_t *at, struct columns *columns)
{
    struct slot_value value;
    size_t length;

    while (message_next(result, at, &value)) {
        if (value.slot != SLOT_CERTIFICATES)
            continue;
        for (unsigned i = 0; i < CERTIFICATE_COLUMNS; i++) {
            columns->text[i] = message_column(&value, i, &length);
            columns->length[i] = (int)length;
        }
        return true;
    }
    return false;
}

static void day(const struct columns *c, enum certificate_column column, char text[DAY])
{
    time_t at = (time_t)strtoll(c->text[column], NULL, 10);
    struct tm local;

    if (!c->length[column] || !localtime_r(&at, &local) ||
        !strftime(text, DAY, "%Y-%m-%d %H:%M", &local))
        *text = '\0';
}

static bool is_state(const struct columns *c, const char *word)
{
    return (size_t)c->length[CERTIFICATE_STATE] == strlen(word) &&
           !memcmp(c->text[CERTIFICATE_STATE], word, strlen(word));
}

/* What a person wants to know first. */
static void print_line(const struct columns *c, int width)
{
    char begin[DAY], end[DAY];

    day(c, CERTIFICATE_BEGIN, begin);
    day(c, CERTIFICATE_END, end);
    bool is_short = !*end && !*begin && !c->length[CERTIFICATE_REQUEST];
    (void)printf("%-*.*s %-*.*s", width, c->length[CERTIFICATE_NAME], c->text[CERTIFICATE_NAME],
                 width && !is_short ? STATE_WIDTH : 0, c->length[CERTIFICATE_STATE],
                 c->text[CERTIFICATE_STATE]);
    if (*end)
        (void)printf(" until %s  %.*s", end, c->length[CERTIFICATE_SUBJECT],
                     c->text[CERTIFICATE_SUBJECT]);
    else if (*begin)
        (void)printf(" since %s", begin);
    if (c->length[CERTIFICATE_REQUEST])
        (void)printf(", request %.*s", c->length[CERTIFICATE_REQUEST],
                     c->text[CERTIFICATE_REQUEST]);
    if (c->length[CERTIFICATE_DETAIL])
        (void)printf(": %.*s", c->length[CERTIFICATE_DETAIL], c->text[CERTIFICATE_DETAIL]);
    (void)putchar('\n');
}

static void print_field(const struct columns *c, const char *label, enum certificate_column column)
{
    if (c->length[column])
        (void)printf("%*s %-11s %.*s\n", NAME_WIDTH, "", label, c->length[column], c->text[column]);
}

/* What shows this one. */
static void print_uses(const struct message *result, const struct columns *c)
{
    struct slot_value value;

    for (size_t at = 0; message_next(result, &at, &value);) {
        size_t name, use, where;
        if (value.slot != SLOT_USES)
            continue;
        const char *is = message_column(&value, USE_CERTIFICATE, &name);
        if (name != (size_t)c->length[CERTIFICATE_NAME] ||
            memcmp(is, c->text[CERTIFICATE_NAME], name) != 0)
            continue;
        const char *kind = message_column(&value, USE_KIND, &use);
        const char *place = message_column(&value, USE_PLACE, &where);
        (void)printf("%*s %-11s %.*s %.*s\n", NAME_WIDTH, "", "used by", (int)use, kind, (int)where,
                     place);
    }
}

static void print_all(const struct message *result, const struct columns *c)
{
    char begin[DAY];

    day(c, CERTIFICATE_BEGIN, begin);
    print_line(c, NAME_WIDTH);
    if (c->length[CERTIFICATE_END])
        (void)printf("%*s %-11s %s\n", NAME_WIDTH, "", "from", begin);
    print_field(c, "issuer", CERTIFICATE_ISSUER);
    print_field(c, "serial", CERTIFICATE_SERIAL);
    print_field(c, "authority", CERTIFICATE_AUTHORITY);
    print_field(c, "template", CERTIFICATE_TEMPLATE);
    print_field(c, "certificate", CERTIFICATE_URI);
    print_field(c, "key", CERTIFICATE_KEY_URI);
    if (is_state(c, "valid"))
        print_uses(result, c);
}

/* The failure of a name is told at the end, with what to do. */
static void print(const struct message *result, bool in_full)
{
    struct columns c;
    bool any = false;

    for (size_t at = 0; next_row(result, &at, &c); any = true)
        if (is_state(&c, "failed"))
            continue;
        else if (in_full)
            print_all(result, &c);
        else
            print_line(&c, NAME_WIDTH);
    if (!any)
        (void)puts("The settings have no certificate for this identity.");
}

/* A line each: certificate, key. */
static enum outcome print_uri(const struct message *result, const char *name, struct why *why)
{
    struct columns c;

    for (size_t at = 0; next_row(result, &at, &c);) {
        if (!is_state(&c, "valid"))
            continue;
        (void)printf("%.*s\n%.*s\n", c.length[CERTIFICATE_URI], c.text[CERTIFICATE_URI],
                     c.length[CERTIFICATE_KEY_URI], c.text[CERTIFICATE_KEY_URI]);
        return OUTCOME_OK;
    }
    return fail(why, REASON_NO_CERTIFICATE, "%s: chatelaine certificate request %s", name, name);
}

/* In lines of 64 characters, as RFC 7468 section 2 wants them. */
static void print_pem(const char *base64)
{
    (void)puts("-----BEGIN CERTIFICATE-----");
    for (size_t length = strlen(base64), part; length; base64 += part, length -= part) {
        part = length < PEM_WIDTH ? length : PEM_WIDTH;
        (void)printf("%.*s\n", (int)part, base64);
    }
    (void)puts("-----END CERTIFICATE-----");
}

static void print_chain(const struct message *result)
{
    struct slot_value value;

    for (size_t at = 0; message_next(result, &at, &value);)
        if (value.slot == SLOT_CHAIN)
            print_pem(value.text);
}

#define ADOPT "adopt"

static const struct word {
    const char *text;
    bool takes_name, needs_name, changes;
} words[] = {
    { "list", false, false, false },  { "show", true, false, false },
    { "request", true, false, true }, { "renew", true, false, true },
    { "poll", true, false, true },    { "uri", true, true, false },
    { "export", true, true, false },  { "remove", true, true, true },
    { "use", true, true, true },      { "pin", true, false, false },
    { ADOPT, true, true, true },
};

static enum outcome check_words(const struct options *options, const struct word **word,
                                struct why *why)
{
    const char *action = options->arguments[0] ? options->arguments[0] : words[0].text;
    bool adopts = !strcmp(action, ADOPT);
    const char *name = options->arguments[adopts ? 2 : 1];
    size_t i = 0, count = sizeof words / sizeof *words;

    while (i < count && strcmp(words[i].text, action) != 0)
        i++;
    if (i == count)
        return fail(why, REASON_BAD_REQUEST,
                    "certificate takes list, show, request, renew, poll, uri, export, adopt, "
                    "remove, use or "
                    "pin, not %s",
                    action);
    *word = &words[i];
    if (options->key_file && strcmp(action, "export") != 0)
        return fail(why, REASON_BAD_REQUEST, "--key is for certificate export");
    if (options->print && !use_is(options))
        return fail(why, REASON_BAD_REQUEST, "--print is for certificate use");
    if (use_is(options))
        return use_check(options, why);
    const char *more = options->arguments[adopts ? 3 : 2];
    if (more)
        return fail(why, REASON_BAD_REQUEST, "certificate %s: one word too many: %s", action, more);
    if (name && !words[i].takes_name)
        return fail(why, REASON_BAD_REQUEST, "certificate %s: one word too many: %s", action, name);
    if (!options->arguments[1] && words[i].needs_name)
        return fail(why, REASON_BAD_REQUEST, "certificate %s: which one?", action);
    if (name && !name_is_identity(name))
        return fail(why, REASON_BAD_REQUEST, "\"%s\" cannot name a certificate", name);
    return OUTCOME_OK;
}

/* Beside an identity at a provider it is the one in the directory that gets them. Settings that
 * cannot be read, the worker tells of. */
static enum outcome run(const struct options *options, const struct word *word,
                        struct message **result, struct why *why)
{
    struct options own = *options;
    conf_auto *conf = NULL;
    fd_auto file = -1;
    enum outcome out;

    if (!settings_load(&conf, why))
        own.identity = conf_in_directory(conf, options->identity);
    if (own.key_file && (out = key_file_begin(own.key_file, &file, why)))
        return out;
    out = errand_run(&own, result, why);
    if (own.key_file)
        out = key_file_end(own.key_file, &file, *result, out, why);
    if (word->changes)
        agent_nudge(&own);
    return out;
}

void certificates_add(const struct options *options, struct message *result)
{
    char action[] = "status";
    struct options own = { .verb = VERB_CERTIFICATE,
                           .identity = options->identity,
                           .arguments = { action },
                           .password_fd = -1,
                           .json = true };
    message_auto *there = NULL;
    conf_auto *conf = NULL;
    struct why why;

    if (message_has(result, SLOT_CERTIFICATES) || settings_load(&conf, &why) ||
        (!conf_certificate_for(conf, own.identity, 0) && !state_has_adopted()))
        return;
    (void)errand_run(&own, &there, &why);
    if (there)
        message_copy(result, there, SLOT_CERTIFICATES);
}

void certificates_print(const struct message *result)
{
    const char *title = "Certs";
    struct columns c;

    for (size_t at = 0; next_row(result, &at, &c);) {
        if (is_state(&c, "old"))
            continue;
        (void)printf("  %-10s ", title);
        print_line(&c, 0);
        title = "";
    }
}

int cli_certificate(const struct options *options)
{
    const struct word *word = words;
    struct why why = { 0 };
    message_auto *result = NULL;
    enum outcome out = check_words(options, &word, &why);

    bool tells_pin = !strcmp(word->text, "pin");
    if (out || (tells_pin && (out = pin_may_be_told(options, &why))))
        return tell(options, out, &why, NULL);
    out = run(options, word, &result, &why);
    if (!out && tells_pin && !(out = pin_tell(result, &why)))
        return outcome_exit_status(out);
    bool exports = !strcmp(word->text, "export");
    if (!out && !options->json && !strcmp(word->text, "uri"))
        out = print_uri(result, options->arguments[1], &why);
    else if (!out && !options->json && exports)
        print_chain(result);
    else if (result && !options->json && use_is(options))
        use_print(result);
    else if (!exports && result && !options->json &&
             (!out || message_has(result, SLOT_CERTIFICATES)))
        print(result, !strcmp(word->text, "show"));
    return tell(options, out, &why, result);
}
