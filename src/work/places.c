/* SPDX-License-Identifier: MIT */
#include "work/places.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/home.h"
#include "base/log.h"
#include "wire/verbs.h"

/* Servers' clocks differ by no more where Kerberos works. */
enum { CLOCKS_S = 300 };

/* By a setting that somebody made; else only the default one of several identities has its password
 * on this computer, and the person may have said that a place has one of its own. */
static bool should_follow(const struct errand *errand, enum place place, enum setting setting)
{
    const char *own = errand_text(errand, SLOT_OWN_PASSWORD);

    if (strcmp(conf_text(errand->conf, errand->identity, setting), "follow") != 0)
        return false;
    if (strcmp(conf_origin(errand->conf, errand->identity, setting), "default") != 0)
        return true;
    return !strcmp(errand->identity, CONF_DEFAULT_IDENTITY) &&
           !(own && setting_list_has(own, journal_place(place)));
}

bool places_follow(const struct errand *errand, enum place place)
{
    if (errand->is_beside) /* that is the other one's */
        return false;
    return (place == PLACE_KEYRING && should_follow(errand, place, SETTING_KEYRING_PASSWORD)) ||
           (place == PLACE_COMPUTER && should_follow(errand, place, SETTING_LOCAL_PASSWORD));
}

/* As a fact, which is remembered with the others. */
void places_leave(struct errand *errand, enum place place)
{
    const char *own = message_text(errand->result, SLOT_OWN_PASSWORD);
    char all[64];

    if (!own)
        own = errand_text(errand, SLOT_OWN_PASSWORD);
    (void)snprintf(all, sizeof all, "%s%s%s", own ? own : "", own ? ", " : "",
                   journal_place(place));
    message_drop(errand->result, SLOT_OWN_PASSWORD);
    message_add(errand->result, SLOT_OWN_PASSWORD, all);
    errand->journal.open[place] = REASON_NONE;
}

static bool is_verb(const struct errand *errand, enum verb verb)
{
    return !strcmp(message_text(errand->request, SLOT_VERB), verb_row(verb)->word);
}

static bool has_login_keyring(void)
{
    const char *home = home_folder();
    char path[1024];

    return home &&
           (size_t)snprintf(path, sizeof path, "%s/.local/share/keyrings/login.keyring", home) <
               sizeof path &&
           !access(path, F_OK);
}

/* Whoever signs in is not asked for a password before the provider has answered. */
static void open_published(struct errand *errand)
{
    bool signs_in = is_verb(errand, VERB_SIGN_IN);

    if (errand->is_web && (signs_in || is_verb(errand, VERB_RENEW) ||
                           is_verb(errand, VERB_REFRESH) || is_verb(errand, VERB_TOKEN)))
        published_open(errand->identity, signs_in, &errand->published);
}

/* A change is refused without a journal, all else goes on. */
enum outcome places_open(struct errand *errand, struct why *why)
{
    bool changes = is_verb(errand, VERB_CHANGE_PASSWORD) || is_verb(errand, VERB_REPAIR);
    bool may_change = changes || is_verb(errand, VERB_DOCTOR) ||
                      (is_verb(errand, VERB_SIGN_IN) && !errand->by_certificate &&
                       message_number(errand->request, SLOT_CAN_ASK, 0));
    bool writes =
        changes || is_verb(errand, VERB_SIGN_IN) || is_verb(errand, VERB_REFRESH) || errand->is_web;
    enum outcome out = journal_open(&errand->journal, errand->identity, writes, why);

    if (out && changes)
        return out;
    if (out)
        log_line(LOG_LEVEL_ERROR, "%s", why->text);
    open_published(errand);
    errand->login_keyring = has_login_keyring();
    if (may_change && places_follow(errand, PLACE_COMPUTER) &&
        local_begin(&errand->local, &errand->no_local))
        log_line(LOG_LEVEL_INFO, "%s", errand->no_local.text);
    return OUTCOME_OK;
}

void places_close(struct errand *errand)
{
    local_end(&errand->local);
    journal_close(&errand->journal);
    published_close(&errand->published);
}

enum outcome places_lock(struct errand *errand, struct why *why)
{
    if (errand->journal.fd < 0)
        return fail(why, REASON_CANNOT_WRITE, "the journal of identity %s", errand->identity);
    return journal_lock(&errand->journal, why);
}

void places_write(struct errand *errand)
{
    struct why why;

    if (journal_write(&errand->journal, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
}

/* Who signed in last, if that is somebody else: theirs are these places. */
static const char *other_owner(const struct errand *errand, const char *principal)
{
    const char *last = errand_text(errand, SLOT_PRINCIPAL);

    return last && strcasecmp(last, principal) != 0 ? last : NULL;
}

/* Nothing stays open of somebody else. */
static void own(struct journal *journal, const char *principal)
{
    if (*journal->principal && strcasecmp(journal->principal, principal) != 0)
        memset(journal->open, 0, sizeof journal->open);
    (void)snprintf(journal->principal, sizeof journal->principal, "%s", principal);
}

static void open_all(struct errand *errand, const char *principal, enum reason reason)
{
    struct journal *journal = &errand->journal;

    own(journal, principal);
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (!other_owner(errand, principal) && places_follow(errand, (enum place)i))
            journal->open[i] = reason;
}

static void tell_owner(struct errand *errand, const char *principal)
{
    const char *owner = other_owner(errand, principal);

    if (owner && (places_follow(errand, PLACE_KEYRING) || places_follow(errand, PLACE_COMPUTER)))
        asker_tell(errand->asker,
                   "The login keyring and this computer do not follow: %s signed in here last.",
                   owner);
}

/* The password of this account is stored. */
static bool is_kept(const struct errand *errand, const char *principal)
{
    const char *kept = errand_text(errand, SLOT_REMEMBERED);

    return kept && !strcmp(kept, "yes") && !other_owner(errand, principal);
}

enum outcome places_changing(struct errand *errand, const char *principal, struct why *why)
{
    errand->before = errand->journal;
    tell_owner(errand, principal);
    open_all(errand, principal, REASON_NOT_FOLLOWED);
    errand->journal.open[PLACE_DIRECTORY] = REASON_CHANGE_UNKNOWN;
    if (is_kept(errand, principal))
        errand->journal.open[PLACE_KEYCHAIN] = REASON_NOT_FOLLOWED;
    return journal_write(&errand->journal, why);
}

enum outcome places_behind(struct errand *errand, const char *principal, struct why *why)
{
    errand->before = errand->journal;
    own(&errand->journal, principal);
    errand->journal.open[PLACE_DIRECTORY] = REASON_NOT_FOLLOWED;
    return journal_write(&errand->journal, why);
}

enum outcome places_left(const struct errand *errand, struct why *why)
{
    for (unsigned i = 0; i < PLACE_COUNT; i++)
        if (errand->journal.open[i])
            return fail(why, errand->journal.open[i], "the password of the %s",
                        journal_place((enum place)i));
    return OUTCOME_OK;
}

void places_unchanged(struct errand *errand)
{
    errand->journal = errand->before;
    places_write(errand);
}

/* A later time than the one that is remembered; which is never put back for what a server knew
 * that had not heard of the change yet. */
static bool is_changed_elsewhere(const struct errand *errand, const struct ticket *ticket)
{
    const char *then = errand_text(errand, SLOT_PRINCIPAL);
    int64_t before = message_number(errand->request, SLOT_PASSWORD_CHANGED, 0);
    int64_t now = message_number(errand->result, SLOT_PASSWORD_CHANGED, 0);

    return !errand->changed && then && !strcmp(then, ticket->principal) && before &&
           now > before + CLOCKS_S;
}

void places_elsewhere(struct errand *errand, const char *principal)
{
    struct why why;

    if (other_owner(errand, principal))
        return;
    if (places_lock(errand, &why)) {
        log_line(LOG_LEVEL_INFO, "%s", why.text);
        return;
    }
    open_all(errand, principal, REASON_CHANGED_ELSEWHERE);
    if (is_verb(errand, VERB_REFRESH) && is_kept(errand, principal))
        errand->journal.open[PLACE_KEYCHAIN] = REASON_CHANGED_ELSEWHERE;
    places_write(errand);
}

void places_compare(struct errand *errand, const struct ticket *ticket)
{
    if (is_changed_elsewhere(errand, ticket))
        places_elsewhere(errand, ticket->principal);
}
