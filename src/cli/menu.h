/* SPDX-License-Identifier: MIT
 *
 * A question with choices: by arrow keys or number, where the terminal can draw that, else a list
 * and a number to be typed.
 */
#ifndef CLI_MENU_H
#define CLI_MENU_H

#include <stdbool.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "wire/message.h"

/* Does it fit there? */
bool menu_can(int fd, const struct message *question);

/* Shows the choices below the prompt, and gives the number of the one that was chosen. The terminal
 * is as before afterwards, and while the person has stopped us. CANCELLED; NOBODY_TO_ASK once the
 * terminal is gone. */
enum outcome menu_ask(int fd, const struct message *question, struct secret *answer,
                      struct why *why);

/* Shows the prompt and the choices to whoever types a line then. */
void menu_list(int fd, const struct message *question);

#endif
