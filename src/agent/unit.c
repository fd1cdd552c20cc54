/* SPDX-License-Identifier: MIT */
#include "agent/unit.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MOST = 192, PATH_MOST = 1024 };

static bool has_manager(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[PATH_MOST];

    return runtime &&
           (size_t)snprintf(path, sizeof path, "%s/systemd/private", runtime) < sizeof path &&
           !access(path, F_OK) && !access(UNIT_PROGRAM, X_OK);
}

/* A word more, which is taken over; false if there is none, or no room. */
static bool add(char **made, char *word)
{
    size_t count = 0;

    while (made[count])
        count++;
    if (!word || count == WORDS_MOST) {
        free(word);
        return false;
    }
    made[count] = word;
    return true;
}

/* The manager would put its variables in the place of $NAME. */
static char *without_variables(const char *word)
{
    char *made = malloc(2 * strlen(word) + 1), *to = made;

    for (; made && *word; word++) {
        *to++ = *word;
        if (*word == '$')
            *to++ = '$';
    }
    if (made)
        *to = '\0';
    return made;
}

/* Only the name is told: the value goes by the environment, where others do not see it. */
static char *set_variable(const char *variable)
{
    char *word;

    return asprintf(&word, "--setenv=%.*s", (int)strcspn(variable, "="), variable) < 0 ? NULL
                                                                                       : word;
}

static bool add_limit(char **made, int64_t limit_s)
{
    char *word;

    if (!limit_s)
        return true;
    return asprintf(&word, "--property=RuntimeMaxSec=%" PRId64, limit_s) >= 0 && add(made, word) &&
           add(made, strdup("--wait"));
}

static bool fill(char **made, char *const words[], char *const variables[], int64_t limit_s)
{
    static const char *const first[] = { "systemd-run", "--user", "--quiet", "--collect",
                                         "--service-type=exec" };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        if (!add(made, strdup(first[i])))
            return false;
    if (!add_limit(made, limit_s))
        return false;
    for (; *variables; variables++)
        if (!add(made, set_variable(*variables)))
            return false;
    if (!add(made, strdup("--")))
        return false;
    for (; *words; words++)
        if (!add(made, without_variables(*words)))
            return false;
    return true;
}

char **unit_words(char *const words[], char *const variables[], int64_t limit_s)
{
    char **made = has_manager() ? calloc(WORDS_MOST + 1, sizeof *made) : NULL;

    if (made && !fill(made, words, variables, limit_s))
        unit_free(&made);
    return made;
}

void unit_free(char ***words)
{
    for (char **word = *words; word && *word; word++)
        free(*word);
    free(*words);
    *words = NULL;
}
