/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "wire/state.h"

enum { OTHERS_MOST = 16 };

/* The person's other accounts, so that none is forgotten. */
static void print_others(const char *this)
{
    char names[OTHERS_MOST][STATE_NAME];
    size_t count = state_identities(names, OTHERS_MOST);
    const char *title = "Also";

    for (size_t i = 0; i < count; i++) {
        message_auto *facts = message_new(MESSAGE_REQUEST);
        struct why why;
        if (!facts || !strcmp(names[i], this) || state_load(names[i], facts, &why) ||
            !message_has(facts, SLOT_PRINCIPAL))
            continue;
        (void)printf("  %-10s %s (identity %s)\n", title, message_text(facts, SLOT_PRINCIPAL),
                     names[i]);
        title = "";
    }
}

int cli_status(const struct options *options)
{
    int status = tell_person(options, true);

    if (!options->json)
        print_others(options->identity);
    return status;
}
