/* SPDX-License-Identifier: MIT */
#include "agent/certificate_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND, DAY = 86400 * SECOND };

static bool is_text(const struct slot_value *row, enum certificate_column column, const char *text)
{
    size_t length;
    const char *is = message_column(row, column, &length);

    return length == strlen(text) && !memcmp(is, text, length);
}

static bool is_state(const struct slot_value *row, const char *state)
{
    return is_text(row, CERTIFICATE_STATE, state);
}

static int64_t time_of(const struct slot_value *row, enum certificate_column column)
{
    size_t length;

    return strtoll(message_column(row, column, &length), NULL, 10) * SECOND;
}

/* "certificate wifi", as one would type it. */
static void tell(const struct identity *identity, const char *name)
{
    char words[80];

    (void)snprintf(words, sizeof words, "certificate %s", name);
    agent_log(identity->name, words, OUTCOME_OK, NULL);
}

static void earliest(int64_t *at, int64_t other)
{
    if (other < *at)
        *at = other;
}

/* One that should have been renewed is looked at when it ends, if not before. */
static void take_valid(const struct slot_value *row, int64_t again, int64_t now,
                       struct found *found)
{
    int64_t end = time_of(row, CERTIFICATE_END);

    if (again > now)
        earliest(&found->at, again);
    else if (again && (found->overdue == SCHEDULE_NEVER || end < found->overdue))
        found->overdue = end;
    if (end > now)
        earliest(&found->at, end);
}

static void take_row(const struct identity *identity, const struct slot_value *row, int64_t now,
                     struct found *found)
{
    int64_t again = time_of(row, CERTIFICATE_AGAIN);
    char name[sizeof found->failed];
    size_t length;
    const char *text = message_column(row, CERTIFICATE_NAME, &length);
    bool is_failed = is_state(row, "failed"), is_valid = is_state(row, "valid");

    (void)snprintf(name, sizeof name, "%.*s", (int)length, text);
    if (is_text(row, CERTIFICATE_DID, "kept"))
        tell(identity, name);
    if (is_failed)
        found->is_paused = again > now && (found->is_paused || !*found->failed);
    if (!*found->failed && is_failed)
        (void)strcpy(found->failed, name);
    if (!strcmp(found->failed, name) && is_valid)
        found->end = time_of(row, CERTIFICATE_END);
    found->waits |= is_state(row, "denied") || is_state(row, "refused") || is_state(row, "unknown");
    if (is_valid)
        take_valid(row, again, now, found);
    else if (again)
        earliest(&found->at, again > now ? again : now + MINUTE);
}

struct found rows_find(const struct identity *identity, const struct message *result, int64_t now)
{
    struct found found = { .at = now + DAY, .overdue = SCHEDULE_NEVER };
    struct slot_value row;

    for (size_t i = 0; result && message_next(result, &i, &row);)
        if (row.slot == SLOT_CERTIFICATES)
            take_row(identity, &row, now, &found);
    return found;
}

static void add_row(struct message *rows, const struct slot_value *row)
{
    char *text = strdup(row->text), *rest = text;
    const char *columns[CERTIFICATE_COLUMNS];

    for (unsigned i = 0; text && i < CERTIFICATE_COLUMNS; i++)
        columns[i] = strsep(&rest, "\t");
    columns[CERTIFICATE_DID] = columns[CERTIFICATE_AGAIN] = "";
    if (text)
        message_add_row(rows, SLOT_CERTIFICATES, columns);
    free(text);
}

struct message *rows_copy(const struct message *result)
{
    struct message *rows = message_new(MESSAGE_RESULT);
    struct slot_value row;

    for (size_t i = 0; rows && message_next(result, &i, &row);)
        if (row.slot == SLOT_CERTIFICATES)
            add_row(rows, &row);
    return rows;
}
