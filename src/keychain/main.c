/* SPDX-License-Identifier: MIT
 *
 * The keychain's helper: reads one KEYCHAIN, does it, answers KEPT, exits. The only program of ours
 * with GLib in it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/spawn.h"
#include "keychain/item.h"
#include "keychain/rekey.h"
#include "wire/wire.h"

enum { REQUEST_MS = 5000, ANSWER_MS = 2000 };

static void confine(void)
{
    const struct rlimit none = { 0, 0 };

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left to answer to */
    (void)umask(077);
}

static enum outcome find(const struct place *place, const struct item *item, struct message *kept,
                         struct why *why)
{
    secret_auto *secret = NULL;
    char id[ID_LENGTH + 1] = "";
    enum outcome out = place->find(item, id, &secret, why);

    if (out)
        return out;
    message_add(kept, SLOT_ITEM_ID, id);
    message_add_secret(kept, SLOT_ITEM_SECRET, secret);
    return OUTCOME_OK;
}

static enum outcome store(const struct place *place, const struct item *item,
                          const struct message *request, struct message *kept, struct why *why)
{
    secret_auto *secret = message_secret(request, SLOT_ITEM_SECRET);
    char id[ID_LENGTH + 1];
    enum outcome out;

    if (!secret || !secret_length(secret) || !item->label || !*item->label || item->id)
        return fail(why, REASON_PROTOCOL, "to be stored are a secret with a label, without an id");
    if ((out = item_new_id(id, why)) || (out = place->store(item, id, secret, why)))
        return out;
    message_add(kept, SLOT_ITEM_ID, id);
    return OUTCOME_OK;
}

/* What is changed is the keychain's own password. */
static enum outcome change_own(const struct message *request, struct message *kept, struct why *why)
{
    secret_auto *now = message_secret(request, SLOT_ITEM_SECRET),
                *old = message_secret(request, SLOT_OLD_SECRET);
    bool changed = false;
    enum outcome out;

    if (!now || !secret_length(now))
        return fail(why, REASON_PROTOCOL, "no new password");
    if (!(out = rekey(old, now, &changed, why)))
        message_add_number(kept, SLOT_CHANGED, changed);
    return out;
}

static const struct place *find_place(const char *name)
{
    return !strcmp(name, place_desktop.name)  ? &place_desktop
           : !strcmp(name, place_kernel.name) ? &place_kernel
                                              : NULL;
}

static enum outcome run(const struct message *request, struct message *kept, struct why *why)
{
    const char *action = message_text(request, SLOT_ACTION);
    const struct place *place = find_place(message_text(request, SLOT_ITEM_PLACE));
    const struct item item = { .kind = message_text(request, SLOT_ITEM_KIND),
                               .user = message_text(request, SLOT_ITEM_USER),
                               .realm = message_text(request, SLOT_ITEM_REALM),
                               .id = message_text(request, SLOT_ITEM_ID),
                               .label = message_text(request, SLOT_ITEM_LABEL),
                               .seconds = message_number(request, SLOT_ITEM_SECONDS, 0),
                               .may_prompt = message_number(request, SLOT_MAY_PROMPT, 0) };
    enum outcome out;

    if (!place)
        return fail(why, REASON_PROTOCOL, "no place %s", message_text(request, SLOT_ITEM_PLACE));
    if ((out = item_check(&item, why)))
        return out;
    if (!strcmp(action, "find"))
        return find(place, &item, kept, why);
    if (!strcmp(action, "store"))
        return store(place, &item, request, kept, why);
    if (!strcmp(action, "remove"))
        return place->remove(&item, why);
    if (!strcmp(action, "rekey") && place == &place_desktop)
        return change_own(request, kept, why);
    return fail(why, REASON_PROTOCOL, "no action %s", action);
}

static struct message *receive(struct wire *wire, struct why *why)
{
    struct message *request = NULL;

    if (!wire_recv(wire, REQUEST_MS, &request, why) && !request)
        (void)fail(why, REASON_PROTOCOL, "nothing was asked");
    return request;
}

int main(void)
{
    struct why why = { 0 };
    wire_auto wire = wire_begin(SPAWN_FD, WIRE_FRONT);
    message_auto *request = NULL, *kept = NULL;

    confine();
    log_open("chatelaine-keyring", LOG_LEVEL_ERROR);
    wire.patience_ms = ANSWER_MS;
    if (!(request = receive(&wire, &why))) {
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
        return outcome_exit_status(OUTCOME_BROKEN);
    }
    if (!(kept = message_new(MESSAGE_KEPT)))
        return outcome_exit_status(OUTCOME_BROKEN);
    enum outcome out = run(request, kept, &why);
    message_add_outcome(kept, out, &why);
    if (wire_send(&wire, kept, &why))
        log_line(LOG_LEVEL_ERROR, "%s", why.text);
    return outcome_exit_status(out);
}
