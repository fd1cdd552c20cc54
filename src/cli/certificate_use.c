/* SPDX-License-Identifier: MIT */
#include "cli/certificate_use.h"

#include <stdio.h>
#include <string.h>

#include "conf/name.h"

/* What can use a certificate, and what says which one of those. */
static const struct {
    const char *what, *where; /* NULL: there is one */
} uses[] = {
    { "wifi", "the network's name (SSID)" },
    { "wired", NULL },
    { "vpn", "the connection's name" },
    { "browser", NULL },
};
enum { USES = sizeof uses / sizeof *uses, WHERE_MOST = 256, NAME_WIDTH = 14, STATE_WIDTH = 9 };

struct words {
    const char *what, *where, *name; /* NULL: absent */
};

static struct words read_words(const struct options *options, int *use)
{
    struct words words = { .what = options->arguments[1] };

    for (*use = 0; *use < USES; ++*use)
        if (words.what && !strcmp(uses[*use].what, words.what))
            break;
    bool has_where = *use < USES && uses[*use].where;
    words.where = has_where && words.what ? options->arguments[2] : NULL;
    words.name = !has_where && words.what ? options->arguments[2]
                 : words.where            ? options->arguments[3]
                                          : NULL;
    return words;
}

bool use_is(const struct options *options)
{
    return options->verb == VERB_CERTIFICATE && options->arguments[0] &&
           !strcmp(options->arguments[0], "use");
}

/* One that is cut would be another one. */
static bool fits(const char *where)
{
    size_t length = strlen(where);

    return length && length <= WHERE_MOST && text_is_clean(where, length);
}

enum outcome use_check(const struct options *options, struct why *why)
{
    int use;
    const struct words words = read_words(options, &use);

    if (use == USES)
        return fail(why, REASON_BAD_REQUEST,
                    "certificate use takes wifi SSID, wired, vpn NAME or browser, not %s",
                    words.what ? words.what : "nothing");
    if (uses[use].where && !words.where)
        return fail(why, REASON_BAD_REQUEST, "certificate use %s: %s is missing", words.what,
                    uses[use].where);
    if (words.where && !fits(words.where))
        return fail(why, REASON_BAD_REQUEST,
                    "certificate use %s: %s is empty, too long, or no "
                    "clean UTF-8",
                    words.what, uses[use].where);
    if (!uses[use].where && options->arguments[3])
        return fail(why, REASON_BAD_REQUEST, "certificate use %s: one word too many: %s",
                    words.what, options->arguments[3]);
    if (words.name && !name_is_identity(words.name))
        return fail(why, REASON_BAD_REQUEST, "\"%s\" cannot name a certificate", words.name);
    return OUTCOME_OK;
}

void use_add(const struct options *options, struct message *request)
{
    int use;
    const struct words words = read_words(options, &use);

    message_add(request, SLOT_USE, words.what);
    message_add(request, SLOT_USE_WHERE, words.where);
    message_add(request, SLOT_CERTIFICATE, words.name);
    message_add_number(request, SLOT_PRINT, options->print);
}

/* A line for each program, and under it what more there is to say. */
static void print_program(const struct slot_value *row)
{
    const char *text[PROGRAM_COLUMNS];
    int length[PROGRAM_COLUMNS];
    size_t size;

    for (unsigned i = 0; i < PROGRAM_COLUMNS; i++) {
        text[i] = message_column(row, i, &size);
        length[i] = (int)size;
    }
    (void)printf("%-*.*s %-*.*s", NAME_WIDTH, length[PROGRAM_NAME], text[PROGRAM_NAME],
                 length[PROGRAM_FILE] ? STATE_WIDTH : 0, length[PROGRAM_STATE],
                 text[PROGRAM_STATE]);
    (void)printf("%s%.*s\n", length[PROGRAM_FILE] ? " " : "", length[PROGRAM_FILE],
                 text[PROGRAM_FILE]);
    if (length[PROGRAM_DETAIL])
        (void)printf("%*s %.*s\n", NAME_WIDTH + 1 + STATE_WIDTH, "", length[PROGRAM_DETAIL],
                     text[PROGRAM_DETAIL]);
}

void use_print(const struct message *result)
{
    struct slot_value value;

    for (size_t at = 0; message_next(result, &at, &value);)
        if (value.slot == SLOT_PRINTED)
            (void)puts(value.text);
        else if (value.slot == SLOT_PROGRAMS)
            print_program(&value);
}
