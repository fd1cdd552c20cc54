/* SPDX-License-Identifier: MIT
 *
 * doctor: a line for each thing that was looked at, and under it what to do.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

enum { STATE_WIDTH = 8, COLUMNS = 100 };
enum { CHECK, SERVER, STATE, REASON, FOUND, REMEDY };

/* Breaks at blanks; the first line begins at the column, the others are put under it. */
static void wrap(const char *text, size_t length, int column)
{
    int at = column;

    for (size_t word; length; text += word, length -= word) {
        while (length && *text == ' ') {
            text++;
            length--;
        }
        for (word = 0; word < length && text[word] != ' ';)
            word++;
        if (at > column && at + 1 + (int)word > COLUMNS) {
            (void)printf("\n%*s", column, "");
            at = column;
        } else if (at > column) {
            (void)putchar(' ');
            at++;
        }
        (void)printf("%.*s", (int)word, text);
        at += (int)word;
    }
    (void)putchar('\n');
}

/* "ports dc1.corp.example" */
static int title_width(const struct slot_value *value)
{
    size_t check, server;

    (void)message_column(value, CHECK, &check);
    (void)message_column(value, SERVER, &server);
    return (int)(check + server + (server > 0));
}

static void print_check(const struct slot_value *value, int width)
{
    const char *texts[REMEDY + 1];
    size_t lengths[REMEDY + 1];
    int indent = STATE_WIDTH + width + 2;

    for (unsigned i = 0; i <= REMEDY; i++)
        texts[i] = message_column(value, i, &lengths[i]);
    (void)printf("%-*.*s", STATE_WIDTH, (int)lengths[STATE], texts[STATE]);
    int printed = printf("%.*s%s%.*s", (int)lengths[CHECK], texts[CHECK],
                         lengths[SERVER] ? " " : "", (int)lengths[SERVER], texts[SERVER]);
    (void)printf("%*s", width + 2 - printed, "");
    wrap(texts[FOUND], lengths[FOUND], indent);
    if (lengths[REMEDY]) {
        (void)printf("%*s", indent, "");
        wrap(texts[REMEDY], lengths[REMEDY], indent);
    }
}

static void print_checks(const struct message *result)
{
    struct slot_value value;
    int width = 0;

    for (size_t at = 0; message_next(result, &at, &value);)
        if (value.slot == SLOT_CHECK && title_width(&value) > width)
            width = title_width(&value);
    for (size_t at = 0; message_next(result, &at, &value);)
        if (value.slot == SLOT_CHECK)
            print_check(&value, width);
}

int cli_doctor(const struct options *options)
{
    struct why why = { 0 };
    message_auto *result = NULL;
    enum outcome out = errand_run(options, &result, &why);

    if (result && !options->json)
        print_checks(result);
    return tell(options, out, &why, result);
}
