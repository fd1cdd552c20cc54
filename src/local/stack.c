/* SPDX-License-Identifier: MIT */
#include "local/stack.h"

#include <errno.h>
#include <fcntl.h>
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

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* One line as libpam puts it together: a comment ends with its line, also where a backslash is
 * the last of it; a backslash at another line's end goes on in the next. Of what does not fit
 * libpam would make a line of its own. */
static enum stack_line join_lines(const char **text, char line[STACK_LINE])
{
    size_t length = 0;
    bool goes_on = true;

    while (goes_on && **text) {
        const char *part = *text;
        size_t whole = strcspn(part, "\n"), count = strcspn(part, "#\n");
        bool has_comment = count < whole;
        *text += whole + (part[whole] == '\n');
        line[length] = '\0';
        if (length + whole + sizeof "\n" > STACK_LINE)
            return STACK_TOO_LONG;
        while (count && is_blank(part[count - 1]))
            count--;
        if (!count)
            continue;
        memcpy(line + length, part, count);
        length += count;
        if ((goes_on = !has_comment && line[length - 1] == '\\'))
            line[length - 1] = ' ';
    }
    line[length] = '\0';
    return length ? STACK_NOTHING : STACK_END;
}

/* What is in square brackets is one word, without them; in it "\]" is "]". */
char *stack_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t"), *to, *end;

    if (!*word)
        return NULL;
    if (*word != '[') {
        to = end = word + strcspn(word, " \t");
    } else {
        for (to = end = ++word; *end && *end != ']'; *to++ = *end++)
            if (end[0] == '\\' && end[1] == ']')
                end++;
    }
    *rest = end + (*end != '\0');
    *to = '\0';
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

/* A module of another folder is none that we know, whatever its name. */
static bool is_local(const char *path, const char *name)
{
    if (strchr(path, '/') && strncmp(path, "/lib", 4) != 0 && strncmp(path, "/usr/lib", 8) != 0)
        return false;
    for (size_t i = 0; i < sizeof local_modules / sizeof *local_modules; i++)
        if (!strcmp(local_modules[i], name))
            return true;
    return false;
}

static void take_foreign(struct stack *stack, const char *name)
{
    if (!*stack->foreign)
        (void)snprintf(stack->foreign, sizeof stack->foreign, "%s", name);
}

static void take_unix(struct stack *stack, char *arguments)
{
    char *word;
    unsigned shortest = 0;

    stack->sets_password = true;
    while ((word = stack_word(&arguments)))
        if (!strncmp(word, "minlen=", 7))
            shortest = (unsigned)strtoul(word + 7, NULL, 10);
        else if (!strcmp(word, "obscure") && !shortest)
            shortest = SHORTEST_OBSCURE;
        else if (!strcmp(word, "nis"))
            take_foreign(stack, "pam_unix with nis");
    if (shortest > stack->shortest)
        stack->shortest = shortest;
}

static enum stack_line take_module(struct stack *stack, const char *path, char *arguments)
{
    char name[STACK_WORD];

    if (!path || !module_name(path, name) || !is_local(path, name)) {
        take_foreign(stack, path ? name : "?");
    } else if (!strcmp(name, "pam_unix")) {
        take_unix(stack, arguments);
    } else if (!strcmp(name, "pam_pwquality")) {
        stack->quality = true;
        (void)snprintf(stack->arguments, sizeof stack->arguments, "%s", arguments);
    }
    return STACK_MODULE;
}

enum stack_line stack_take(struct stack *stack, const char **text, char line[STACK_LINE],
                           const char **name)
{
    char *rest = line, *type, *control, *path;
    enum stack_line kind = join_lines(text, line);

    if (kind != STACK_NOTHING || !(type = stack_word(&rest)))
        return kind;
    type += *type == '-';
    if (!strcasecmp(type, "@include")) {
        path = stack_word(&rest);
        *name = path ? path : "";
        return STACK_INCLUDE;
    }
    if (strcasecmp(type, "password") != 0)
        return STACK_NOTHING;
    control = stack_word(&rest);
    path = stack_word(&rest);
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

static enum outcome read_lines(struct reading *reading, const char *text, struct why *why)
{
    char line[STACK_LINE];
    const char *inner = "";
    enum stack_line kind;
    enum outcome out = OUTCOME_OK;

    while (!out && (kind = stack_take(reading->stack, &text, line, &inner)) != STACK_END)
        if (kind == STACK_TOO_LONG)
            return fail(why, REASON_COMPANY_STACK, "it has a line of more than %d bytes",
                        STACK_LINE - 2);
        else if (kind == STACK_INCLUDE)
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
    if (strlen(text_peek(text)) != text_length(text))
        return fail(why, REASON_COMPANY_STACK, "%s is no text", name);
    reading->depth++;
    out = read_lines(reading, text_peek(text), why);
    reading->depth--;
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

enum outcome stack_of_passwd(struct stack *stack, struct why *why)
{
    fd_auto folder = open("/etc/pam.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum outcome out;

    if (folder < 0)
        return fail(why, REASON_NO_PASSWD, "/etc/pam.d: %s", strerror(errno));
    if ((out = stack_read(folder, "passwd", stack, why)))
        return out;
    if (*stack->foreign)
        return fail(why, REASON_COMPANY_STACK, "the PAM stack of passwd has %s", stack->foreign);
    return stack->sets_password
               ? OUTCOME_OK
               : fail(why, REASON_COMPANY_STACK, "the PAM stack of passwd is without pam_unix");
}
