/* SPDX-License-Identifier: MIT
 *
 * The person's home folder.
 */
#ifndef BASE_HOME_H
#define BASE_HOME_H

/* $HOME, else what the account says; NULL if neither is a path. Borrowed. */
const char *home_folder(void);

#endif
