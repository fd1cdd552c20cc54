/* SPDX-License-Identifier: MIT
 *
 * A SecretService whose prompts are refused unless they are allowed, and have a time limit; a
 * prompt that was refused or dismissed is an error of PROMPT_ERROR, never an empty answer.
 */
#ifndef KEYCHAIN_PROMPTER_H
#define KEYCHAIN_PROMPTER_H

#include <libsecret/secret.h>

#define PROMPT_ERROR (g_quark_from_static_string("chatelaine-prompt"))

GType prompter_get_type(void);

void prompter_allow(SecretService *service, gboolean may_prompt);

#endif
