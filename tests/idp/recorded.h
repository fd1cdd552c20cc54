/* SPDX-License-Identifier: MIT
 *
 * Recorded answers of Okta, see tests/idp/okta.
 */
#ifndef TESTS_IDP_RECORDED_H
#define TESTS_IDP_RECORDED_H

#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/json.h"

#define ORG "https://org.example"

/* net/json.h gives jansson an allocator of its own, which must be there first. */
static inline void recorded_prepare(void)
{
    struct why why;
    struct json_at top;
    json_auto *json = NULL;

    assert_int_equal(json_parse("x", "{}", 2, 2, &json, &top, &why), OUTCOME_OK);
}

/* The same text with another in place of each; the caller's. */
static inline char *recorded_replace(const char *text, const char *old, const char *new)
{
    char *made = calloc(1, strlen(text) * 4 + 1), *end = made;

    assert_non_null(made);
    for (const char *at; (at = strstr(text, old)); text = at + strlen(old))
        end += sprintf(end, "%.*s%s", (int)(at - text), text, new);
    (void)strcpy(end, text);
    return made;
}

/* Status and body of a recorded answer, of ORG; the body is the caller's. */
static inline int recorded(const char *name, char **body)
{
    char path[1000];

    (void)snprintf(path, sizeof path, "%s/tests/idp/okta/recorded/%s.json", getenv("SOURCE"), name);
    json_t *file = json_load_file(path, 0, NULL);
    if (!file)
        fail_msg("cannot read %s", path);
    char *response = json_dumps(json_object_get(file, "response"), JSON_COMPACT);
    int status = (int)json_integer_value(json_object_get(file, "status"));
    char *half = recorded_replace(response, "<%= uri %>", ORG);
    *body = recorded_replace(half, "https://your-domain.okta.com", ORG);
    free(half);
    json_decref(file);
    json_free_t release;
    json_get_alloc_funcs(NULL, &release);
    release(response);
    return status;
}

#endif
