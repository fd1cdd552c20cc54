/* SPDX-License-Identifier: MIT */
#include "agent/news.h"

#include "agent/client.h"
#include "agent/hook.h"
#include "agent/notify.h"
#include "agent/object.h"
#include "agent/certificates.h"
#include "agent/shares.h"
#include "agent/web.h"

void news_added(struct identity *identity)
{
    object_added(identity);
}

void news_changed(struct identity *identity)
{
    clients_tell(identity);
    object_changed(identity);
    notify_changed(identity);
}

static void tell(struct identity *identity, enum news news, int64_t number, const char *text)
{
    static const enum setting hooks[] = {
        [NEWS_SIGNED_IN] = SETTING_ON_SIGNED_IN,    [NEWS_SIGNED_OUT] = SETTING_ON_SIGNED_OUT,
        [NEWS_RENEWED] = SETTING_ON_RENEWED,        [NEWS_PASSWORD_CHANGED] = SETTING_ON_CHANGED,
        [NEWS_PASSWORD_ENDS] = SETTING_ON_EXPIRING, [NEWS_NETWORK_UP] = SETTING_ON_NETWORK_UP,
    };

    object_signal(identity, news, number, text);
    if (news != NEWS_PASSWORD_NEEDED)
        hook_start(identity, hooks[news]);
}

void news_ended(struct identity *identity, enum verb verb)
{
    static const struct {
        enum verb verb;
        enum news news;
    } rows[] = { { VERB_SIGN_IN, NEWS_SIGNED_IN },
                 { VERB_SIGN_OUT, NEWS_SIGNED_OUT },
                 { VERB_RENEW, NEWS_RENEWED },
                 { VERB_CHANGE_PASSWORD, NEWS_PASSWORD_CHANGED } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].verb == verb)
            tell(identity, rows[i].news, 0, NULL);
    if (verb == VERB_SIGN_OUT || verb == VERB_SIGN_IN)
        tokens_drop(identity); /* of somebody else, perhaps */
    if (verb == VERB_SIGN_OUT) {
        shares_leave(identity, identity->facts);
        certificates_leave(identity);
    }
    notify_changed(identity);
}

void news_network_up(struct identity *identity)
{
    tell(identity, NEWS_NETWORK_UP, 0, NULL);
    shares_want(identity);
    certificates_retry(identity);
}

void news_password_ends(struct identity *identity, int64_t end)
{
    tell(identity, NEWS_PASSWORD_ENDS, end / 1000, NULL);
    notify_password_ends(identity, end);
}

void news_certificate(struct identity *identity, const char *name, int64_t end, enum reason reason)
{
    notify_certificate(identity, name, end, reason);
}

void news_password_needed(struct identity *identity, const struct why *why)
{
    tell(identity, NEWS_PASSWORD_NEEDED, 0, reason_word(why->reason));
    notify_password_needed(identity, why->reason);
}

void news_places_open(struct identity *identity)
{
    notify_places_open(identity);
}
