/* SPDX-License-Identifier: MIT */
#include "cert/helper.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cert/session.h"

const char *helper_provider(void)
{
    return P11_PROXY;
}

/* A field of PKCS#11, which blanks fill; what might mean something is written by its number. */
static void add_field(struct text *text, const CK_UTF8CHAR *field, size_t length)
{
    while (length && (field[length - 1] == ' ' || !field[length - 1]))
        length--;
    for (size_t i = 0; i < length; i++)
        text_add(text, isalnum(field[i]) || strchr("-_.:+=,;^~", field[i]) ? "%c" : "\\x%02x",
                 field[i]);
    text_add(text, "/");
}

enum outcome helper_id(const struct token *token, const struct key_id *id, char text[HELPER_ID],
                       struct why *why)
{
    const CK_TOKEN_INFO *info = &token->info;
    text_auto *whole = text_new(HELPER_ID - 1);

    if (!whole)
        return fail_memory(why);
    add_field(whole, info->manufacturerID, sizeof info->manufacturerID);
    add_field(whole, info->model, sizeof info->model);
    add_field(whole, info->serialNumber, sizeof info->serialNumber);
    add_field(whole, info->label, sizeof info->label);
    for (size_t i = 0; i < KEY_ID; i++)
        text_add(whole, "%02X", id->bytes[i]);
    if (!text_ok(whole))
        return fail(why, REASON_TOKEN_FAILED, "the token's name is too long");
    (void)strcpy(text, text_peek(whole));
    return OUTCOME_OK;
}
