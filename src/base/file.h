/* SPDX-License-Identifier: MIT
 *
 * Files of the person: opened without following links, written whole or not at all.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "base/text.h"

/* Closes unless -1; for use with fd_auto. */
void fd_close(int *fd);
#define fd_auto __attribute__((cleanup(fd_close))) int

/* Opens a folder of ours below parent (which may be made too, but not what is above it), mode
 * 0700. NOT_OURS if it is a link, another owner's or open to others for writing. */
enum outcome file_open_folder(const char *parent, const char *name, int *fd, struct why *why);

/* Reads a regular file that is no link and has at most limit bytes. An absent one gives OK and
 * *text NULL. With owner not -1, a file of anyone but that user or root, or one that others may
 * write, is refused. The text is the caller's. */
enum outcome file_read(int folder, const char *name, size_t limit, uid_t owner, struct text **text,
                       struct why *why);

/* The same of a secret, without the line break at its end. */
enum outcome file_read_secret(int folder, const char *name, size_t limit, uid_t owner,
                              struct secret **secret, struct why *why);

/* Replaces the file by these bytes, mode 0600: written beside it, fsynced, renamed. */
enum outcome file_write(int folder, const char *name, const char *bytes, size_t length,
                        struct why *why);

/* Removes it; an absent one is fine. */
enum outcome file_remove(int folder, const char *name, struct why *why);

#endif
