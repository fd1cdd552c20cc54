/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "local/passwd.h"

static void known(void **state)
{
    static const struct {
        const char *line;
        enum passwd_prompt prompt;
    } rows[] = { { "Current password: ", PROMPT_OLD },
                 { "(current) UNIX password: ", PROMPT_OLD },
                 { "New password: ", PROMPT_NEW },
                 { "Enter new UNIX password: ", PROMPT_NEW },
                 { "Retype new password: ", PROMPT_AGAIN },
                 { "retype new unix password:", PROMPT_AGAIN },
                 { "Aktuelles Passwort: ", PROMPT_NONE },
                 { "Current password of the wizard: ", PROMPT_NONE },
                 { "Verification code: ", PROMPT_NONE },
                 { "Really change it? ", PROMPT_NONE },
                 { "Changing password for alice.", PROMPT_NONE },
                 { "Curr", PROMPT_NONE },
                 { "New password", PROMPT_NONE },
                 { "New password: \x1b[0m", PROMPT_NONE },
                 { " New password: ", PROMPT_NONE },
                 { "New password: New password: ", PROMPT_NONE },
                 { "", PROMPT_NONE },
                 { "   ", PROMPT_NONE } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(passwd_prompt(rows[i].line), rows[i].prompt);
}

FACTS(FACT(known, "passwd_prompt: whole prompts of the language C, and nothing else"))
