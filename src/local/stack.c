/* SPDX-License-Identifier: MIT */
#include "local/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { DEPTH_MOST = 8, FILES_MOST = 32, FILE_MOST = 64 << 10, SHORTEST_OBSCURE = 6 };

/* These change no password but the one of this computer, and ask no server. */
static const char *const local_modules[] = {
    "pam_unix",    "pam_pwquality", "pam_cracklib", "pam_passwdqc",      "pam_pwhistory",
    "pam_deny",    "pam_permit",    "pam_warn",     "pam_gnome_keyring", "pam_kwallet5",
    "pam_kwallet", "pam_faillock",  "pam_rootok",   "pam_localuser",     "pam_umask",
    "pam_echo",    "pam_ecryptfs",  "pam_cap",
};

/* The next word; one in square brackets has blanks in it. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    size_t length = *word == '[' ? strcspn(word, "]") + 1 : strcspn(word, " \t");

    if (!*word)
        return NULL;
    if (length > strlen(word))
        length = strlen(word);
    *rest = word + length;
    if (**rest)
        *(*rest)++ = '\0';
    return word;
}

/* "pam_unix" of "/usr/lib/security/pam_unix.so". */
static bool module_name(const char *path, char name[STACK_WORD])
{
    const char *slash = strrchr(path, '/'), *begin = slash ? slash + 1 : path;
    size_t length = strlen(begin);

    if (length > 3 && !strcmp(begin + length - 3, ".so"))
        length -= 3;
    (void)snprintf(name, STACK_WORD, "%.*s", (int)length, begin);
    text_clean(name);
    return length && length < STACK_WORD;
}

static bool is_local(const char *name)
{
    for (size_t i = 0; i < sizeof local_modules / sizeof *local_modules; i++)
        if (!strcmp(local_modules[i], name))
            return true;
    return false;
}

static void take_unix(struct stack *stack, char *arguments)
{
    char *word;
    unsigned shortest = 0;

    stack->sets_password = true;
    while ((word = next_word(&arguments)))
        if (!strncmp(word, "minlen=", 7))
            shortest = (unsigned)strtoul(word + 7, NULL, 10);
        else if (!strcmp(word, "obscure") && !shortest)
            shortest = SHORTEST_OBSCURE;
    if (shortest > stack->shortest)
        stack->shortest = shortest;
}

static enum stack_line take_module(struct stack *stack, const char *path, char *arguments)
{
    char name[STACK_WORD];

    if (!path || !module_name(path, name) || !is_local(name)) {
        if (!*stack->foreign)
            (void)snprintf(stack->foreign, sizeof stack->foreign, "%s", path ? name : "?");
    } else if (!strcmp(name, "pam_unix")) {
        take_unix(stack, arguments);
    } else if (!strcmp(name, "pam_pwquality")) {
        stack->quality = true;
        (void)snprintf(stack->arguments, sizeof stack->arguments, "%s", arguments);
    }
    return STACK_MODULE;
}

enum stack_line stack_take(struct stack *stack, char *line, const char **name)
{
    char *rest = line, *type, *control, *path;

    line[strcspn(line, "#")] = '\0';
    if (!(type = next_word(&rest)))
        return STACK_NOTHING;
    if (!strcmp(type, "@include"))
        return (*name = next_word(&rest)) ? STACK_INCLUDE : STACK_NOTHING;
    type += *type == '-';
    if (strcasecmp(type, "password") != 0)
        return STACK_NOTHING;
    control = next_word(&rest);
    path = next_word(&rest);
    if (control && (!strcasecmp(control, "include") || !strcasecmp(control, "substack"))) {
        *name = path ? path : "";
        return STACK_INCLUDE;
    }
    return take_module(stack, path, rest);
}

struct reading {
    int folder, depth, files;
    struct stack *stack;
};

static enum outcome read_file(struct reading *reading, const char *name, struct why *why);

/* A backslash before the line feed goes on in the next line. */
static void join_lines(char *text)
{
    for (char *at; (at = strstr(text, "\\\n"));)
        at[0] = at[1] = ' ';
}

static enum outcome read_lines(struct reading *reading, char *text, struct why *why)
{
    const char *inner = "";
    char *line;
    enum outcome out = OUTCOME_OK;

    join_lines(text);
    while (!out && (line = strsep(&text, "\n")))
        if (stack_take(reading->stack, line, &inner) == STACK_INCLUDE)
            out = read_file(reading, inner, why);
    return out;
}

static enum outcome read_file(struct reading *reading, const char *name, struct why *why)
{
    text_auto *text = NULL;
    enum outcome out;

    if (!*name || strchr(name, '/'))
        return fail(why, REASON_COMPANY_STACK, "it includes a file of another folder");
    if (reading->depth == DEPTH_MOST || reading->files++ == FILES_MOST)
        return fail(why, REASON_COMPANY_STACK, "it includes too many files");
    if ((out = file_read(reading->folder, name, FILE_MOST, 0, &text, why)))
        return fail_as(why, REASON_COMPANY_STACK);
    if (!text)
        return fail(why, REASON_COMPANY_STACK, "%s is not there", name);
    char *copy = strndup(text_peek(text), text_length(text));
    if (!copy)
        return fail_memory(why);
    reading->depth++;
    out = read_lines(reading, copy, why);
    reading->depth--;
    free(copy);
    return out;
}

enum outcome stack_read(int folder, const char *service, struct stack *stack, struct why *why)
{
    struct reading reading = { .folder = folder, .stack = stack };
    enum outcome out;

    *stack = (struct stack){ .foreign = "" };
    if ((out = read_file(&reading, service, why)))
        return fail_in(why, "the PAM stack of %s", service);
    return OUTCOME_OK;
}
