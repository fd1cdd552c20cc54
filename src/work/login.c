/* SPDX-License-Identifier: MIT
 *
 * Who signs in, and in which domain.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "work/errand.h"

/* With nobody there, it is who signed in last who signs in again, and there. */
static bool is_again(const struct errand *errand)
{
    return message_number(errand->request, SLOT_UNATTENDED, 0) && errand_text(errand, SLOT_USER) &&
           errand_text(errand, SLOT_DOMAIN);
}

/* What was typed; else the setting; else whom the certificate names; else who signed in last; else
 * the login name. */
static enum outcome choose_user(const struct errand *errand, char *user, size_t size,
                                struct why *why)
{
    const char *name = errand_text(errand, is_again(errand) ? SLOT_USER : SLOT_LOGIN);
    const char *set = conf_text(errand->conf, errand->identity, SETTING_USER);

    if (!name)
        name = *set                              ? set
               : errand->named && *errand->named ? errand->named
                                                 : errand_text(errand, SLOT_USER);
    if (!name && *errand->account)
        name = errand->account;
    if (!name)
        return fail(why, REASON_BAD_NAME, "no user name is known");
    enum outcome out = name_check_user(name, why);
    if (!out)
        (void)snprintf(user, size, "%s", name);
    return out;
}

/* The domain by setting or of last time, "" if there is none. */
static const char *known_domain(const struct errand *errand)
{
    const char *set = conf_text(errand->conf, errand->identity, SETTING_DOMAIN);
    const char *last = errand_text(errand, SLOT_DOMAIN);

    if (last && !name_is_domain(last))
        last = NULL;
    return *set && !(last && is_again(errand)) ? set : last ? last : "";
}

static enum outcome ask_domain(struct errand *errand, const char *prompt, struct login *login,
                               struct dc *dc, struct why *why)
{
    struct question question = { .kind = QUESTION_SHOWN, .name = "domain", .prompt = prompt };
    enum outcome out =
        asker_ask_text(errand->asker, &question, login->domain, sizeof login->domain, why);

    if (out)
        return fail_in(why, "asking for the domain");
    if (!name_is_domain(login->domain))
        return fail(why, REASON_BAD_NAME, "\"%s\" is not a domain's name", login->domain);
    return errand_locate(errand, login->domain, dc, why);
}

/* "alice@corp.example": a domain of that name, else a UPN suffix of one that is known. */
static enum outcome locate_suffix(struct errand *errand, struct login *login, struct dc *dc,
                                  struct why *why)
{
    const char *suffix = strchr(login->user, '@') + 1, *known = known_domain(errand);
    char prompt[512];

    login->enterprise = true;
    (void)snprintf(login->domain, sizeof login->domain, "%s", suffix);
    enum outcome out = errand_locate(errand, suffix, dc, why);
    if (!out || why->reason != REASON_NO_DOMAIN)
        return out;
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    if (*known && strcasecmp(known, suffix) != 0) {
        (void)snprintf(login->domain, sizeof login->domain, "%s", known);
        return errand_locate(errand, known, dc, why);
    }
    (void)snprintf(prompt, sizeof prompt,
                   "%s is not itself a domain that can be found. Domain of your company: ", suffix);
    return ask_domain(errand, prompt, login, dc, why);
}

/* A domain that only the network named is shown before it gets anything. */
static enum outcome locate_named(struct errand *errand, struct login *login, struct dc *dc,
                                 struct why *why)
{
    struct dns_candidates candidates = { 0 };
    enum outcome out = dns_search_domains(&candidates, why);

    for (size_t i = 0; !out && i < candidates.count; i++) {
        const char *domain = candidates.domain[i];
        if (!name_is_domain(domain))
            continue;
        out = errand_locate(errand, domain, dc, why);
        if (!out) {
            (void)snprintf(login->domain, sizeof login->domain, "%s", domain);
            return errand_confirm(errand, domain, "This network", why);
        }
        if (why->reason == REASON_NO_DOMAIN || why->reason == REASON_NO_DC)
            out = OUTCOME_OK; /* the next one, perhaps */
    }
    if (out)
        return out;
    return ask_domain(errand, "Domain of your company: ", login, dc, why);
}

enum outcome login_locate(struct errand *errand, struct login *login, struct dc *dc,
                          struct why *why)
{
    const char *known = known_domain(errand);
    enum outcome out = choose_user(errand, login->user, sizeof login->user, why);

    if (out)
        return out;
    if (strchr(login->user, '@'))
        return locate_suffix(errand, login, dc, why);
    if (!*known)
        return locate_named(errand, login, dc, why);
    (void)snprintf(login->domain, sizeof login->domain, "%s", known);
    return errand_locate(errand, known, dc, why);
}
