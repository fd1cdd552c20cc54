/* SPDX-License-Identifier: MIT
 *
 * Which of the person's identities is meant by "alice@corp.example", where no --identity says so.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "conf/name.h"
#include "wire/state.h"

enum { IDENTITIES_MOST = 64 };

static bool is(const char *known, const char *name)
{
    return known && *known && !strcasecmp(known, name);
}

/* "alice" and "corp.example" is "alice@corp.example". */
static bool is_joined(const char *user, const char *domain, const char *name)
{
    char joined[NAME_USER_MOST + NAME_DOMAIN_MOST + 2];

    return user && *user && domain && *domain &&
           (size_t)snprintf(joined, sizeof joined, "%s@%s", user, domain) < sizeof joined &&
           is(joined, name);
}

/* By who signed in last, else by the settings. */
static bool is_of(const struct conf *conf, const char *identity, const char *name)
{
    const char *user = conf_text(conf, identity, SETTING_USER);
    const char *domain = conf_text(conf, identity, SETTING_DOMAIN);
    message_auto *facts = message_new(MESSAGE_REQUEST);
    struct why why;

    if (!facts || state_load(identity, facts, &why))
        return false;
    const char *principal = message_text(facts, SLOT_PRINCIPAL);
    const char *last = message_text(facts, SLOT_USER), *where = message_text(facts, SLOT_DOMAIN);
    if (strchr(name, '@'))
        return is(principal, name) || is(message_text(facts, SLOT_UPN), name) ||
               is_joined(last, where, name) || is(user, name) || is_joined(user, domain, name);
    return is(last, name) || is(user, name);
}

/* Those of the settings, then others of which something is remembered. */
static size_t list(const struct conf *conf, char names[][STATE_NAME])
{
    char states[IDENTITIES_MOST][STATE_NAME];
    size_t count = 0, more = state_identities(states, IDENTITIES_MOST);
    const char *name;

    for (size_t i = 0; count < IDENTITIES_MOST && (name = conf_identity(conf, i)); i++)
        (void)snprintf(names[count++], STATE_NAME, "%s", name);
    for (size_t i = 0; i < more && count < IDENTITIES_MOST; i++) {
        size_t known = 0;
        while (known < count && strcmp(names[known], states[i]) != 0)
            known++;
        if (known == count && name_is_identity(states[i]))
            (void)strcpy(names[count++], states[i]);
    }
    return count;
}

/* The directory's side of another one, which by a short name is not meant. */
static bool is_beside(const struct conf *conf, const char *identity)
{
    const char *name;

    for (size_t i = 0; (name = conf_identity(conf, i)); i++)
        if (!strcmp(conf_text(conf, name, SETTING_DIRECTORY), identity))
            return true;
    return false;
}

/* The same account may be in several, of which the default one is then meant; a short name may be
 * of several accounts. */
static enum outcome find(const struct conf *conf, struct options *options, struct why *why)
{
    static char names[IDENTITIES_MOST][STATE_NAME];
    const char *name = options->arguments[0], *found = NULL;
    size_t count = list(conf, names);

    for (size_t i = 0; i < count; i++) {
        if (!is_of(conf, names[i], name) || (!strchr(name, '@') && is_beside(conf, names[i])))
            continue;
        if (found && strchr(name, '@') && !strcmp(found, CONF_DEFAULT_IDENTITY))
            break;
        if (found)
            return fail(why, REASON_BAD_REQUEST,
                        "%s may be identity %s or %s: name it in full, or by "
                        "--identity",
                        name, found, names[i]);
        found = names[i];
    }
    if (found)
        options->identity = found;
    else if (options->verb != VERB_SIGN_IN && options->verb != VERB_CHANGE_PASSWORD)
        return fail(why, REASON_NOT_SIGNED_IN, "no identity of this computer is %s", name);
    return OUTCOME_OK;
}

enum outcome choose_identity(struct options *options, struct why *why)
{
    conf_auto *conf = NULL;
    enum outcome out;

    if (options->named || !options->arguments[0] || options->verb == VERB_SETTINGS ||
        options->verb == VERB_SHARES || options->verb == VERB_CERTIFICATE ||
        options->verb == VERB_DOCTOR || options->verb == VERB_CALLBACK)
        return OUTCOME_OK;
    if ((out = name_check_user(options->arguments[0], why)) || (out = settings_load(&conf, why)))
        return out;
    return find(conf, options, why);
}
