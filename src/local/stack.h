/* SPDX-License-Identifier: MIT
 *
 * What happens when passwd changes a password: the password lines of its PAM stack (pam.conf(5)).
 */
#ifndef LOCAL_STACK_H
#define LOCAL_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/outcome.h"

enum { STACK_ARGUMENTS = 512, STACK_WORD = 64, STACK_LINE = 1024 };

struct stack {
    char foreign[STACK_WORD];        /* the first module that is not known to be local; "": none */
    bool sets_password;              /* pam_unix is in it */
    bool quality;                    /* pam_pwquality is */
    char arguments[STACK_ARGUMENTS]; /* of pam_pwquality */
    unsigned shortest;               /* what pam_unix wants at least */
};

/* Reads the stack of a service from a folder like /etc/pam.d, with all that it includes. Files that
 * others than root could write are refused. */
enum outcome stack_read(int folder, const char *service, struct stack *stack, struct why *why);

/* That of passwd, read just now. company-password-stack: it has a module that is not known to be
 * local, or is without pam_unix; no-passwd: there is no folder of stacks. */
enum outcome stack_of_passwd(struct stack *stack, struct why *why);

/* What one line means. */
enum stack_line { STACK_END, STACK_NOTHING, STACK_INCLUDE, STACK_MODULE, STACK_TOO_LONG };

/* Takes the next line of a file's text into the stack, and text on to what follows it. name is of
 * the file to include, and lies in line. Lines of type password count, and "@include". */
enum stack_line stack_take(struct stack *stack, const char **text, char line[STACK_LINE],
                           const char **name);

/* The next word of a line, which is changed; NULL: there is none. Blanks part them, and square
 * brackets hold them together, as for libpam. */
char *stack_word(char **rest);

#endif
