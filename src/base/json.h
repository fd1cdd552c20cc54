/* SPDX-License-Identifier: MIT
 *
 * Writes JSON (RFC 8259) into a text. A NULL key is for members of arrays and the outermost.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

void json_open(struct text *json, const char *key, char bracket); /* '{' or '[' */
void json_close(struct text *json, char bracket);                 /* '}' or ']' */
void json_text(struct text *json, const char *key, const char *value);
void json_bytes(struct text *json, const char *key, const char *value, size_t length);
void json_number(struct text *json, const char *key, int64_t value);
void json_bool(struct text *json, const char *key, bool value);

#endif
