/* SPDX-License-Identifier: MIT
 *
 * What a worker is asked for, by the command line.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/certificate_use.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "conf/name.h"
#include "wire/partner.h"

/* What the words mean: who signs in, or what to do with which share or certificate. */
static enum outcome add_words(const struct options *options, struct message *message,
                              struct why *why)
{
    const char *first = options->arguments[0];
    enum outcome out;

    if (options->verb == VERB_SHARES || options->verb == VERB_CERTIFICATE) {
        bool is_share = options->verb == VERB_SHARES;
        bool opens = is_share && first && !strcmp(first, "open"); /* by us, once it is mounted */
        message_add(message, SLOT_ACTION, opens ? "mount" : first);
        bool adopts = !is_share && first && !strcmp(first, "adopt");
        if (adopts && strlen(options->arguments[1]) > slot_row(SLOT_URI)->bytes)
            return fail(why, REASON_BAD_REQUEST, "the URI is too long");
        message_add(message, SLOT_URI, adopts ? options->arguments[1] : NULL);
        if (use_is(options))
            use_add(options, message);
        else
            message_add(message, is_share ? SLOT_SHARE : SLOT_CERTIFICATE,
                        options->arguments[adopts ? 2 : 1]);
        return OUTCOME_OK;
    }
    if (first && (out = name_check_user(first, why)))
        return out;
    message_add(message, SLOT_LOGIN, first);
    return OUTCOME_OK;
}

/* A scope that is cut would be another one. */
static enum outcome add_token(const struct options *options, struct message *message,
                              struct why *why)
{
    const struct {
        const char *text;
        enum slot slot;
    } rows[] = { { options->audience, SLOT_AUDIENCE }, { options->scope, SLOT_SCOPE } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = rows[i].text ? strlen(rows[i].text) : 0;
        if (length > slot_row(rows[i].slot)->bytes ||
            (length && !text_is_clean(rows[i].text, length)))
            return fail(why, REASON_BAD_REQUEST, "%s: too long, or no clean UTF-8",
                        slot_row(rows[i].slot)->name);
        message_add(message, rows[i].slot, rows[i].text);
    }
    return OUTCOME_OK;
}

enum outcome errand_request(const struct options *options, struct message **request,
                            struct why *why)
{
    message_auto *message = message_new(MESSAGE_REQUEST);
    const char *ccache = getenv("KRB5CCNAME");
    const bool is_there = terminal_is_there();
    enum outcome out;

    if (!message)
        return fail_memory(why);
    if ((out = add_words(options, message, why)) || (out = add_token(options, message, why)))
        return out;
    if (ccache &&
        (strlen(ccache) > slot_row(SLOT_CCACHE)->bytes || !text_is_clean(ccache, strlen(ccache))))
        return fail(why, REASON_CACHE_UNUSABLE, "KRB5CCNAME is too long or no clean UTF-8");
    message_add(message, SLOT_VERB, verb_row(options->verb)->word);
    message_add(message, SLOT_IDENTITY, options->identity);
    message_add(message, SLOT_CCACHE, ccache);
    message_add_number(message, SLOT_TICKET_ONLY, options->ticket_only);
    message_add_number(message, SLOT_FORGET, options->forget);
    message_add_number(message, SLOT_BY_DEVICE, options->by_device);
    message_add(message, SLOT_RECOVER, options->recover);
    if (options->key_file)
        message_add_number(message, SLOT_WITH_KEY, 1);
    message_add_number(message, SLOT_LOG, options->log);
    message_add_number(message, SLOT_CAN_ASK, options->password_fd < 0 && is_there);
    message_add_number(message, SLOT_NOBODY, !is_there);
    if (options->password_fd < 0 || options->verb != VERB_SIGN_IN)
        message_add(message, SLOT_KEYCHAINS, partner_keychains());
    *request = message;
    message = NULL;
    return OUTCOME_OK;
}
