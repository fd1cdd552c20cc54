/* SPDX-License-Identifier: MIT
 *
 * Within conf: what the reader of files hands to the store.
 */
#ifndef CONF_CONF_SET_H
#define CONF_CONF_SET_H

#include "conf/conf.h"

/* Checks and keeps one line of a file; the last one counts. */
enum outcome conf_set(struct conf *conf, const char *title, const char *key, const char *value,
                      enum setting_who who, const char *origin, struct why *why);

#endif
