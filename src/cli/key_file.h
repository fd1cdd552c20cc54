/* SPDX-License-Identifier: MIT
 *
 * The file that an exported key goes into: it must not be there before.
 */
#ifndef CLI_KEY_FILE_H
#define CLI_KEY_FILE_H

#include "wire/message.h"

/* Makes it, for the person alone. cannot-write */
enum outcome key_file_begin(const char *path, int *fd, struct why *why);

/* Writes the key of the result, and closes it. Where there is none, or that fails, or something has
 * failed before (out), the file goes. */
enum outcome key_file_end(const char *path, int *fd, const struct message *result, enum outcome out,
                          struct why *why);

#endif
