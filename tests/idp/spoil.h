/* SPDX-License-Identifier: MIT
 *
 * A recorded answer with each of its members missing, of each wrong type, and too long.
 */
#ifndef TESTS_IDP_SPOIL_H
#define TESTS_IDP_SPOIL_H

#include "recorded.h"

struct spoil {
    void (*look)(const char *text, size_t length);
    json_t *top, *large;
    long count;
};

static inline void spoil_look(struct spoil *spoil)
{
    json_free_t release;
    char *text = json_dumps(spoil->top, JSON_COMPACT);

    assert_non_null(text);
    json_get_alloc_funcs(NULL, &release);
    spoil->look(text, strlen(text));
    release(text);
    spoil->count++;
}

static void spoil_inside(struct spoil *spoil, json_t *at);

/* One member in turn. It goes to the end of the object. */
static inline void spoil_member(struct spoil *spoil, json_t *at, const char *key)
{
    json_t *kept = json_incref(json_object_get(at, key));
    json_t *others[] = { json_null(),    json_true(),     json_integer(-7),
                         json_real(0.5), json_string(""), json_string("\x1b[2J"),
                         json_array(),   json_object(),   json_incref(spoil->large) };

    spoil_inside(spoil, kept);
    for (size_t i = 0; i < COUNT(others); i++) {
        (void)json_object_set_new(at, key, others[i]);
        spoil_look(spoil);
    }
    (void)json_object_del(at, key);
    spoil_look(spoil);
    (void)json_object_set_new(at, key, kept);
}

static inline void spoil_inside(struct spoil *spoil, json_t *at)
{
    enum { KEYS = 32 };
    char *names[KEYS];
    size_t members = 0;
    const char *key;
    json_t *value;

    for (size_t i = 0; i < json_array_size(at); i++)
        spoil_inside(spoil, json_array_get(at, i));
    assert_in_range(json_object_size(at), 0, KEYS);
    json_object_foreach(at, key, value) names[members++] = strdup(key);
    for (size_t i = 0; i < members; i++) {
        spoil_member(spoil, at, names[i]);
        free(names[i]);
    }
}

/* Looks at each; gives how many. Too long is one of so many bytes. */
static inline long spoil_all(const char *text, size_t large,
                             void (*look)(const char *text, size_t length))
{
    struct spoil spoil = { .look = look, .top = json_loads(text, JSON_DECODE_ANY, NULL) };
    char *many = calloc(1, large + 1);

    assert_true(spoil.top && many);
    memset(many, 'x', large);
    assert_non_null(spoil.large = json_string(many));
    spoil_inside(&spoil, spoil.top);
    json_decref(spoil.large);
    json_decref(spoil.top);
    free(many);
    return spoil.count;
}

#endif
