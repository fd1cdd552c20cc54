/* SPDX-License-Identifier: MIT
 *
 * certificate: lists those of an identity, requests, renews, polls and removes them.
 */
#include "work/certificate.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "conf/name.h"
#include "wire/state.h"
#include "wire/verbs.h"
#include "work/certificate_adopted.h"
#include "work/certificate_protocol.h"
#include "work/certificate_use.h"

#define FOLDER "certificates"
enum { LOCK_MS = 50 };

static const struct {
    const char *word;
    bool asks;    /* the network */
    bool changes; /* what is kept, or under way */
} actions[ACTIONS] = {
    [ACTION_LIST] = { "list", false, false },
    [ACTION_SHOW] = { "show", false, false },
    [ACTION_URI] = { "uri", false, false },
    [ACTION_REQUEST] = { "request", true, true },
    [ACTION_RENEW] = { "renew", true, true },
    [ACTION_POLL] = { "poll", true, true },
    [ACTION_REMOVE] = { "remove", false, true },
    [ACTION_EXPORT] = { "export", false, false },
    [ACTION_STATUS] = { "status", false, false },
    [ACTION_ADOPT] = { "adopt", false, true },
    [ACTION_USE] = { "use", false, true },
    [ACTION_NETWORK_PIN] = { "network-pin", false, false },
    [ACTION_CARD] = { "", true, false },
    [ACTION_PIN] = { "pin", false, true },
};

static void fill(const struct certificates *all, const char *name, struct wanted *wanted)
{
    const struct conf *conf = all->errand->conf;

    *wanted = (struct wanted){
        .name = name,
        .authority = conf_text(conf, name, SETTING_AUTHORITY),
        .web_pages = conf_text(conf, name, SETTING_WEB_PAGES),
        .authority_file = conf_text(conf, name, SETTING_AUTHORITY_FILE),
        .radius_ca_file = conf_text(conf, name, SETTING_RADIUS_CA_FILE),
        .protocol = protocol_find(conf_text(conf, name, SETTING_CERTIFICATE_PROTOCOL)),
        .by_password = !strcmp(conf_text(conf, name, SETTING_AUTHENTICATION), "password"),
        .place = conf_text(conf, name, SETTING_TOKEN_URI),
        .exportable = conf_flag(conf, name, SETTING_EXPORTABLE),
        .delegate = conf_flag(conf, name, SETTING_DELEGATE),
        .by_agent = !strcmp(conf_text(conf, name, SETTING_CERTIFICATE_WHEN), "ticket"),
        .renew_before_s = conf_seconds(conf, name, SETTING_RENEW_BEFORE),
        .keep = (size_t)strtoul(conf_text(conf, name, SETTING_KEEP), NULL, 10),
    };
    wanted->template =
        wanted->protocol->is_in_directory ? conf_text(conf, name, SETTING_TEMPLATE) : "";
    wanted->is_free = !strcmp(wanted->place, "auto");
    (void)cert_key_parse(conf_text(conf, name, SETTING_KEY), &wanted->kind);
}

bool wanted_at(const struct certificates *all, size_t number, struct wanted *wanted)
{
    const struct errand *errand = all->errand;
    const char *name = conf_certificate_for(errand->conf, errand->identity, number);

    if (name)
        fill(all, name, wanted);
    return name;
}

bool wanted_find(const struct certificates *all, const char *name, struct wanted *wanted)
{
    for (size_t n = 0; wanted_at(all, n, wanted); n++)
        if (!strcmp(wanted->name, name))
            return true;
    return false;
}

bool wanted_is_known(const struct certificates *all, const char *name)
{
    const char *known;

    for (size_t n = 0; (known = conf_certificate(all->errand->conf, n)); n++)
        if (!strcmp(known, name))
            return true;
    return false;
}

static enum outcome find_action(struct certificates *all, enum verb verb, struct why *why)
{
    const char *word = verb == VERB_CERTIFICATE ? errand_text(all->errand, SLOT_ACTION) : "";
    const char *name = errand_text(all->errand, SLOT_CERTIFICATE);
    unsigned action = 0;

    if (name && !name_is_identity(name)) /* it becomes the name of a file */
        return fail(why, REASON_BAD_REQUEST, "\"%s\" cannot name a certificate", name);
    while (word && action < ACTIONS && strcmp(actions[action].word, word) != 0)
        action++;
    all->action = (enum action)action;
    return action < ACTIONS ? OUTCOME_OK
                            : fail(why, REASON_BAD_REQUEST, "certificate knows no %s", word);
}

/* In our folder of state, so that the fence can let this worker write there and nowhere else. */
static enum outcome open_folder(struct certificates *all, struct why *why)
{
    fd_auto parent = -1;
    enum outcome out = state_folder(&parent, why);

    if (out)
        return out;
    if (!state_path(all->errand->identity, all->path, sizeof all->path - sizeof FOLDER))
        return fail(why, REASON_CANNOT_WRITE, "HOME and XDG_STATE_HOME name no folder");
    *strrchr(all->path, '/') = '\0';
    if ((out = file_open_folder(all->path, FOLDER, &all->folder, why)))
        return out;
    (void)strcat(all->path, "/" FOLDER);
    return OUTCOME_OK;
}

enum outcome certificates_open(struct errand *errand, enum verb verb, struct why *why)
{
    struct certificates *all = calloc(1, sizeof *all);
    enum outcome out;

    if (!all)
        return fail_memory(why);
    all->errand = errand;
    all->folder = -1;
    errand->certificates = all;
    log_take_stderr(); /* libraries of tokens tell the person what we tell better */
    if ((out = find_action(all, verb, why)) || (out = open_folder(all, why)))
        return out;
    certificates_fence(all, actions[all->action].asks);
    if (actions[all->action].changes)
        certificate_use_prepare(all);
    return OUTCOME_OK;
}

void certificates_close(struct errand *errand)
{
    struct certificates *all = errand->certificates;

    if (!all)
        return;
    certificate_close(all);
    company_free(&all->company);
    nm_close(&all->nm);
    fd_close(&all->folder);
    free(all);
    errand->certificates = NULL;
    errand->files = NULL;
}

/* One errand at a time takes requests further; who comes second waits. */
static enum outcome hold(const struct certificates *all, struct why *why)
{
    const struct errand *errand = all->errand;
    enum outcome out = OUTCOME_OK;

    if (!actions[all->action].changes)
        return OUTCOME_OK;
    while (!out && flock(all->folder, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK)
            return fail(why, REASON_CANNOT_WRITE, "%s: %s", all->path, strerror(errno));
        if (errand_left(errand) <= LOCK_MS)
            return fail(why, REASON_SAME_ERRAND, "another process is busy with certificates");
        (void)poll(NULL, 0, LOCK_MS);
        out = asker_check(errand->asker, why);
    }
    return out;
}

static enum outcome do_remove(struct certificates *all, const char *name, struct why *why)
{
    struct wanted wanted;
    bool has;
    enum outcome out = adopted_end_care(all, name, &has, why);

    if (out || has) {
        if (!out)
            certificate_tell_end(all, name, step_word(STEP_NONE), "removed");
        return out;
    }
    if (!wanted_find(all, name, &wanted))
        wanted = (struct wanted){ .name = name, .is_free = true };
    certificate_use_remove(all, name);
    if ((out = certificate_choose(all, &wanted, why)) ||
        (out = certificate_remove(all, name, wanted.place, why)))
        return fail_in(why, "certificate %s", name);
    certificate_tell_end(all, name, step_word(STEP_NONE), "removed");
    return OUTCOME_OK;
}

enum outcome verb_certificate(struct errand *errand, struct why *why)
{
    struct certificates *all = errand->certificates;
    const char *name = errand_text(errand, SLOT_CERTIFICATE);
    bool needs_name =
        all->action == ACTION_REMOVE || all->action == ACTION_URI || all->action == ACTION_EXPORT;
    enum outcome out = hold(all, why);

    if (!out && !name && needs_name)
        out =
            fail(why, REASON_BAD_REQUEST, "certificate %s: which one?", actions[all->action].word);
    if (!out)
        out = all->action == ACTION_REMOVE  ? do_remove(all, name, why)
              : all->action == ACTION_ADOPT ? certificate_adopt(all, why)
              : all->action == ACTION_USE   ? certificate_use(all, why)
              : all->action == ACTION_PIN   ? certificate_tell_pin(all, why)
              : all->action == ACTION_NETWORK_PIN
                  ? certificate_network_pin(all, why)
                  : certificates_do(all, name, actions[all->action].asks, why);
    if (all->action == ACTION_SHOW)
        certificate_use_tell(all, name);
    certificates_close(errand);
    return out;
}
