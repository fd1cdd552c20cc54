/* SPDX-License-Identifier: MIT
 *
 * What the verb needs of files, and of the system, before they are fenced off.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "wire/verbs.h"
#include "work/certificate_adopted.h"
#include "work/certificate_use.h"

/* What SoftHSM reads and writes; where there is none, a token of another kind may do. */
static void find_softhsm(struct certificates *all)
{
    struct softhsm softhsm;
    struct why why;

    if (softhsm_prepare(&softhsm, &why)) {
        log_line(LOG_LEVEL_INFO, "%s", why.text);
        if (softhsm_of_system(&softhsm, &why))
            return;
    }
    (void)strcpy(all->store, softhsm.store);
    (void)strcpy(all->settings, softhsm.settings);
    (void)strcpy(all->softhsm, softhsm.module);
}

/* The store is made only for whom it may be of use. */
static void find_tpm(struct certificates *all)
{
    struct wanted wanted;
    bool may_be = false;

    for (size_t n = 0; wanted_at(all, n, &wanted); n++)
        may_be = may_be || wanted.is_free || !strcmp(wanted.place, PLACE_TPM);
    if (may_be ? tpm_prepare(&all->tpm, &all->no_tpm) : tpm_find(&all->tpm, &all->no_tpm))
        log_line(LOG_LEVEL_INFO, "%s", all->no_tpm.text);
}

/* The library that a URI names. */
static void tell_module(struct certificates *all, const char *uri)
{
    struct errand_files *files = &all->files;
    size_t read = 0;

    while (files->readable[read])
        read++;
    if (all->module_count < MODULES_NAMED && read + 1 < ERRAND_FILES &&
        token_module(uri, all->modules[all->module_count]))
        files->readable[read] = all->modules[all->module_count++];
}

/* Of a card that is looked for: a daemon may have it, such as pcscd, and its library may make
 * threads. */
static enum outcome tell_card(struct certificates *all, const struct adopted *adopted,
                              struct why *why)
{
    (void)why;
    all->files.may |= CONFINEMENT_LOCAL | CONFINEMENT_THREADS | CONFINEMENT_CACHE; /* our lock */
    tell_module(all, adopted->uri);
    return OUTCOME_OK;
}

static void tell_cards(struct certificates *all, bool asks)
{
    const struct errand *errand = all->errand;
    const char *uri = all->action == ACTION_CARD
                          ? conf_text(errand->conf, errand->identity, SETTING_CARD)
                      : all->action == ACTION_ADOPT ? errand_text(errand, SLOT_URI)
                                                    : NULL;
    struct adopted named = { .certificate = NULL };
    struct why unread;

    if (uri && (size_t)snprintf(named.uri, sizeof named.uri, "%s", uri) < sizeof named.uri)
        (void)tell_card(all, &named, &unread);
    if (asks && adopted_each(all, tell_card, &unread))
        log_line(LOG_LEVEL_INFO, "%s", unread.text);
}

static void find_browsers(struct certificates *all)
{
    const char *use = errand_text(all->errand, SLOT_USE);

    if (all->action == ACTION_USE && use && !strcmp(use, "browser"))
        browsers_find(all, !message_number(all->errand->request, SLOT_PRINT, 0));
}

static void tell_fence(struct certificates *all, bool asks)
{
    struct errand_files *files = &all->files;
    struct wanted wanted;
    size_t read = 0, written = 0;

    files->writable[written++] = all->path;
    if (*all->store)
        files->writable[written++] = all->store;
    if (*all->settings)
        files->readable[read++] = all->settings;
    for (size_t n = 0; wanted_at(all, n, &wanted); n++) {
        if (*wanted.authority_file)
            files->readable[read++] = wanted.authority_file;
        if (*wanted.radius_ca_file)
            files->readable[read++] = wanted.radius_ca_file;
        if (*wanted.place == 'p') /* a daemon may have the token, such as pcscd */
            files->may |= CONFINEMENT_LOCAL;
    }
    for (size_t n = 0; wanted_at(all, n, &wanted); n++)
        tell_module(all, wanted.place);
    tell_cards(all, asks);
    if (*all->tpm.module) { /* of which a URI may name a token, too */
        files->writable[written++] = all->tpm.store;
        files->writable[written++] = all->tpm.device;
        files->may |= *all->tpm.device ? 0 : CONFINEMENT_LOCAL;
    }
    for (size_t n = 0; n < BROWSERS; n++)
        if (*all->browsers[n])
            files->writable[written++] = all->browsers[n];
    if (!asks)
        files->may_not = CONFINEMENT_NETWORK;
    all->errand->files = files;
}

void certificates_fence(struct certificates *all, bool asks)
{
    find_softhsm(all);
    find_tpm(all);
    find_browsers(all);
    tell_fence(all, asks);
}
