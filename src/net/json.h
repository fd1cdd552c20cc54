/* SPDX-License-Identifier: MIT
 *
 * Reads JSON (RFC 8259) that a server wrote. The getters name the field that they miss or mistrust
 * ("token.expires_in: expected a whole number"), never what is in it; the caller adds step and
 * server. All fail as BAD_ANSWER. What was read is overwritten when it is released.
 */
#ifndef NET_JSON_H
#define NET_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"
#include "base/secret.h"

/* How deep objects and lists may lie in each other, and how many values there may be in all. */
enum { JSON_DEPTH_MOST = 16, JSON_VALUES_MOST = 16384 };

/* What a getter says when a member is not there, which is the same as null; JSON_OR_ONE: instead of
 * a list of texts there may be one of them, bare. */
enum json_need { JSON_MAY = 0, JSON_MUST = 1, JSON_OR_ONE = 2 };

struct json; /* a document; owns all that the getters give but secrets */

/* An object in it, and what errors call it. */
struct json_at {
    const void *object;
    char name[64];
};

/* A list in it. */
struct json_list {
    const void *list; /* NULL: there is none */
    size_t count;
    char name[64];
};

/* Takes one object, in UTF-8, and nothing beside it; no byte order mark, NUL or member that is
 * there twice. It has at most that many bytes. top is the object, by that name. */
enum outcome json_parse(const char *name, const char *bytes, size_t length, size_t most,
                        struct json **json, struct json_at *top, struct why *why);
void json_free(struct json **json);
#define json_auto __attribute__((cleanup(json_free))) struct json

/* True also for null. */
bool json_has(const struct json_at *at, const char *key);

/* A text, clean (text_is_clean) and of at most that many bytes; NULL if there is none. One that
 * must be there is not empty. */
enum outcome json_get_text(const struct json_at *at, const char *key, enum json_need need,
                           size_t most, const char **text, struct why *why);

/* The same as a secret of its own, of printable ASCII and not empty (RFC 6749 appendix A): NULL for
 * an empty one, too, that may be left out. */
enum outcome json_get_secret(const struct json_at *at, const char *key, enum json_need need,
                             size_t most, struct secret **secret, struct why *why);

/* What a person would read of it: its first line, cleaned and cut; "" if there is none. */
void json_get_words(const struct json_at *at, const char *key, char *words, size_t size);

/* A whole number; as it was if there is none. */
enum outcome json_get_number(const struct json_at *at, const char *key, enum json_need need,
                             int64_t least, int64_t most, int64_t *number, struct why *why);

/* True or false; as it was if there is none. */
enum outcome json_get_flag(const struct json_at *at, const char *key, enum json_need need,
                           bool *flag, struct why *why);

/* An object; its object is NULL if there is none. */
enum outcome json_get_object(const struct json_at *at, const char *key, enum json_need need,
                             struct json_at *inside, struct why *why);

/* At most so many texts, each as json_get_text takes it and not empty; json_text_of them. */
enum outcome json_get_texts(const struct json_at *at, const char *key, enum json_need need,
                            size_t count_most, size_t most, struct json_list *texts,
                            struct why *why);
const char *json_text_of(const struct json_list *texts, size_t number);

/* Whether it is among them. */
bool json_lists(const struct json_list *texts, const char *text);

/* At most so many values of any kind; json_object_of gives false for one that is no object,
 * json_number_of for one that is no whole number. */
enum outcome json_get_list(const struct json_at *at, const char *key, enum json_need need,
                           size_t count_most, struct json_list *list, struct why *why);
bool json_object_of(const struct json_list *list, size_t number, struct json_at *inside);
bool json_number_of(const struct json_list *list, size_t number, int64_t *value);

#endif
