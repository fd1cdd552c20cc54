/* SPDX-License-Identifier: MIT */
#include "kerberos/answer.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { BLOCK_SIZE = 30, TEXT_MOST = 400, FLAG_COMPLEX = 1 };

static const struct {
    int code;
    enum reason reason;
} codes[] = {
    { 1, REASON_BROKEN },           /* malformed request */
    { 2, REASON_REFUSED },          /* hard error */
    { 3, REASON_REFUSED },          /* authentication error */
    { 4, REASON_WEAK_PASSWORD },    /* soft error: the rules */
    { 5, REASON_CHANGE_FORBIDDEN }, /* access denied */
    { 6, REASON_REFUSED },          /* bad version */
    { 7, REASON_REFUSED },          /* the ticket must be an initial one */
};

static uint64_t big_endian(const unsigned char *bytes, size_t size)
{
    uint64_t value = 0;

    while (size--)
        value = value << 8 | *bytes++;
    return value;
}

/* Two zeros, minimum length, history, flags, maximum and minimum age in units of 100 ns. */
bool answer_rules(const unsigned char *bytes, size_t length, struct answer_rules *rules)
{
    if (length != BLOCK_SIZE || bytes[0] || bytes[1])
        return false;
    rules->min_length = (uint32_t)big_endian(bytes + 2, 4);
    rules->history = (uint32_t)big_endian(bytes + 6, 4);
    rules->complexity = big_endian(bytes + 10, 4) & FLAG_COMPLEX;
    rules->max_age = (int64_t)(big_endian(bytes + 14, 8) / 10000000);
    rules->min_age = (int64_t)(big_endian(bytes + 22, 8) / 10000000);
    return true;
}

static void rules_text(const struct answer_rules *rules, char *text, size_t size)
{
    char age[64] = "";

    if (rules->min_age >= 86400)
        (void)snprintf(age, sizeof age, ", and the last change must be %" PRId64 " days old",
                       rules->min_age / 86400);
    else if (rules->min_age)
        (void)snprintf(age, sizeof age, ", and the last change must be %" PRId64 " minutes old",
                       rules->min_age / 60);
    (void)snprintf(text, size,
                   "it needs at least %" PRIu32 " characters%s, none of the last %" PRIu32
                   " passwords%s",
                   rules->min_length,
                   rules->complexity ? " of three kinds (capitals, small letters, digits, others), "
                                       "without your name"
                                     : "",
                   rules->history, age);
}

/* One line: runs of white space become a space, what is no clean text becomes '?'. */
static void one_line(const unsigned char *bytes, size_t length, char text[TEXT_MOST + 1])
{
    size_t end = 0;

    while (length && (!bytes[length - 1] || isspace(bytes[length - 1])))
        length--;
    for (size_t i = 0; i < length && end < TEXT_MOST; i++) {
        bool space = isspace(bytes[i]);
        if (!space)
            text[end++] = bytes[i] ? (char)bytes[i] : '?';
        else if (end && text[end - 1] != ' ')
            text[end++] = ' ';
    }
    text[end] = '\0';
    text_clean(text);
}

enum outcome answer_read(int code, const unsigned char *bytes, size_t length, const char *server,
                         struct why *why)
{
    char text[TEXT_MOST + 1];
    struct answer_rules rules;
    enum reason reason = REASON_BAD_ANSWER;

    if (!code)
        return OUTCOME_OK;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            reason = codes[i].reason;
    if (answer_rules(bytes, length, &rules))
        rules_text(&rules, text, sizeof text);
    else
        one_line(bytes, length, text);
    return fail(why, reason, "%s: %s (code %d)", server, *text ? text : "no reason given", code);
}
