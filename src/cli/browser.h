/* SPDX-License-Identifier: MIT
 *
 * A question that is answered elsewhere: in the person's browser, or on another device.
 */
#ifndef CLI_BROWSER_H
#define CLI_BROWSER_H

#include <stdbool.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "wire/message.h"

/* Is it a page of the web? The desktop would start programs for other schemes, and xdg-open takes
 * options. The worker has looked, but it has read the network. */
bool browser_can_show(const char *page);

/* Is it one for a phone's camera? */
bool browser_can_code(const char *page);

/* Of kind QUESTION_WAIT. With a state the page is opened in the browser, and the answer is the URI
 * that comes back; without, the page is shown as a QR code, or beside one that is a picture, and
 * the answer, which is empty, comes after so many seconds. CANCELLED, TIME_OUT. */
enum outcome browser_ask(const struct message *question, struct secret **answer, struct why *why);

/* Shows the page beside a question of another kind. */
void browser_show(const char *page);

/* Shows the page as a QR code, where there is room for it, and as text. */
void browser_show_code(const char *page);

#endif
