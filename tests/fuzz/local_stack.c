/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "local/passwd.h"
#include "local/stack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lines of a PAM stack: what is told of them is clean, and a file to include lies in the line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stack stack = { .foreign = "" };
    char *text = strndup((const char *)data, size), line[STACK_LINE];
    const char *rest = text, *before = rest;
    enum stack_line kind;

    do {
        const char *name = NULL;
        before = rest;
        kind = stack_take(&stack, &rest, line, &name);
        (void)passwd_prompt(line);
        if (kind == STACK_INCLUDE &&
            (!name || (*name && (name < line || name >= line + sizeof line))))
            __builtin_trap();
    } while (rest > before);
    if (kind != STACK_END || *rest)
        __builtin_trap();
    if (!text_is_clean(stack.foreign, strlen(stack.foreign)) ||
        strlen(stack.arguments) >= sizeof stack.arguments)
        __builtin_trap();
    free(text);
    return 0;
}
