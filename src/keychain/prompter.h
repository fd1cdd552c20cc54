/* SPDX-License-Identifier: MIT
 *
 * A SecretService whose prompts are refused unless they are allowed, and have a time limit; a
 * prompt that was refused or dismissed is an error of PROMPT_ERROR, never an empty answer.
 *
 * To a provider a prompt is how a call goes on. KeePassXC has one for each new item, and shows
 * nothing if its database is open.
 */
#ifndef KEYCHAIN_PROMPTER_H
#define KEYCHAIN_PROMPTER_H

#include <libsecret/secret.h>

#define PROMPT_ERROR (g_quark_from_static_string("chatelaine-prompt"))

GType prompter_get_type(void);

enum prompts {
    PROMPTS_NONE,
    PROMPTS_SILENT, /* ended with all other calls, so nobody can have typed into it */
    PROMPTS_PERSON, /* has PROMPT_MS */
};

/* From now on; gives what it was. */
enum prompts prompter_allow(SecretService *service, enum prompts prompts);

#endif
