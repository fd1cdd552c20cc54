/* SPDX-License-Identifier: MIT
 *
 * What there is of certificates, as rows of the result. Needs neither network nor PIN, but for a
 * key that is exported.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/due.h"
#include "base/log.h"
#include "cert/names.h"
#include "cert/show.h"
#include "work/certificate_adopted.h"

enum { NUMBER_MOST = 24, THIRD = 3, PASSPHRASE_LEAST = 12 };

time_t certificate_due(const struct wanted *wanted, const struct kept *kept)
{
    time_t before =
        wanted->renew_before_s ? (time_t)wanted->renew_before_s : (kept->end - kept->begin) / THIRD;

    return kept->end - before;
}

time_t certificate_due_itself(const struct wanted *wanted, const struct kept *kept)
{
    return (time_t)due_renewal(kept->begin, kept->end, wanted->renew_before_s,
                               due_part(kept->id.bytes, sizeof kept->id.bytes));
}

/* Of one name the newest is the first. */
static const struct kept *newest(const struct kept_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (!list->all[i].is_others && !strcmp(list->all[i].name, name))
            return &list->all[i];
    return NULL;
}

bool certificate_is_kept(const struct kept_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->all[i].name, name))
            return true;
    return false;
}

const struct kept *certificate_good(const struct kept_list *list, const char *name)
{
    const struct kept *kept = newest(list, name);
    time_t now = time(NULL);

    return kept && kept->begin <= now && now < kept->end ? kept : NULL;
}

static const char *state_of(const struct kept_list *list, const struct kept *kept)
{
    time_t now = time(NULL);

    return now >= kept->end                   ? "ended"
           : kept->is_others                  ? "others"
           : newest(list, kept->name) != kept ? "old"
           : now < kept->begin                ? "early"
                                              : "valid";
}

static void add_row(struct certificates *all, const char *const columns[CERTIFICATE_COLUMNS])
{
    const char *whole[CERTIFICATE_COLUMNS];

    if (++all->rows > slot_row(SLOT_CERTIFICATES)->values) /* other programs' objects, no doubt */
        return;
    for (unsigned i = 0; i < CERTIFICATE_COLUMNS; i++)
        whole[i] = columns[i] ? columns[i] : "";
    message_add_row(all->errand->result, SLOT_CERTIFICATES, whole);
}

static void number(char text[NUMBER_MOST], long long value)
{
    (void)snprintf(text, NUMBER_MOST, "%lld", value);
}

/* Status is without it: it is what the agent remembers, whose next errand is no part of what there
 * is. */
static void number_again(const struct certificates *all, char text[NUMBER_MOST], time_t again)
{
    *text = '\0';
    if (again &&
        (all->action != ACTION_STATUS || message_number(all->errand->request, SLOT_UNATTENDED, 0)))
        number(text, again);
}

/* wanted: how it is in the settings; NULL */
static enum outcome add_kept(struct certificates *all, const struct kept_list *list,
                             const struct kept *kept, const struct wanted *wanted, const char *did,
                             struct why *why)
{
    const struct token *token = all->token;
    const char *state = state_of(list, kept);
    char again[NUMBER_MOST];
    char begin[NUMBER_MOST], end[NUMBER_MOST], uri[TOKEN_URI], key_uri[TOKEN_URI];
    struct shown shown;
    enum outcome out;

    if ((out = keep_uri(token, &kept->id, KEEP_CERTIFICATE, uri, why)) ||
        (out = keep_uri(token, &kept->id, KEEP_KEY, key_uri, why)))
        return out;
    certificate_show(kept->certificate, &shown);
    number(begin, kept->begin);
    number(end, kept->end);
    number_again(all, again,
                 wanted && !strcmp(state, "valid") ? certificate_due_itself(wanted, kept) : 0);
    add_row(all, (const char *const[CERTIFICATE_COLUMNS]){
                     [CERTIFICATE_NAME] = kept->name,
                     [CERTIFICATE_STATE] = state,
                     [CERTIFICATE_DID] = newest(list, kept->name) == kept ? did : NULL,
                     [CERTIFICATE_SUBJECT] = shown.subject,
                     [CERTIFICATE_ISSUER] = shown.issuer,
                     [CERTIFICATE_SERIAL] = shown.serial,
                     [CERTIFICATE_BEGIN] = begin,
                     [CERTIFICATE_END] = end,
                     [CERTIFICATE_URI] = uri,
                     [CERTIFICATE_KEY_URI] = key_uri,
                     [CERTIFICATE_AGAIN] = again });
    return OUTCOME_OK;
}

void adopted_tell(struct certificates *all, const struct adopted *adopted, const char *did)
{
    const struct cert_person person = { .upn = errand_text(all->errand, SLOT_UPN),
                                        .sid = errand_text(all->errand, SLOT_SID) };
    time_t now = time(NULL), begins = gnutls_x509_crt_get_activation_time(adopted->certificate),
           ends = gnutls_x509_crt_get_expiration_time(adopted->certificate);
    char begin[NUMBER_MOST], end[NUMBER_MOST];
    struct shown shown;

    certificate_show(adopted->certificate, &shown);
    number(begin, begins);
    number(end, ends);
    add_row(all, (const char *const[CERTIFICATE_COLUMNS]){
                     [CERTIFICATE_NAME] = adopted->name,
                     [CERTIFICATE_STATE] = now >= ends                                   ? "ended"
                                           : names_differ(adopted->certificate, &person) ? "others"
                                           : now < begins                                ? "early"
                                                                                         : "valid",
                     [CERTIFICATE_DID] = did,
                     [CERTIFICATE_SUBJECT] = shown.subject,
                     [CERTIFICATE_ISSUER] = shown.issuer,
                     [CERTIFICATE_SERIAL] = shown.serial,
                     [CERTIFICATE_BEGIN] = begin,
                     [CERTIFICATE_END] = end,
                     [CERTIFICATE_URI] = adopted->uri,
                     [CERTIFICATE_KEY_URI] = adopted->key_uri });
}

static void add_pending(struct certificates *all, const char *name, const struct pending *pending)
{
    char request[NUMBER_MOST] = "", begin[NUMBER_MOST], again[NUMBER_MOST];
    enum step step = pending->step;

    if (pending->request)
        number(request, pending->request);
    number(begin, pending->at);
    number_again(all, again,
                 step == STEP_PENDING || step == STEP_ISSUED ? pause_poll(all, pending)
                 : step == STEP_BEGUN                        ? pause_until(all, pending->base)
                                                             : 0);
    add_row(all,
            (const char *const[CERTIFICATE_COLUMNS]){
                [CERTIFICATE_NAME] = name,
                [CERTIFICATE_STATE] = step_word(pending->step),
                [CERTIFICATE_BEGIN] = begin,
                [CERTIFICATE_AUTHORITY] = *pending->authority ? pending->authority : pending->base,
                [CERTIFICATE_TEMPLATE] = pending->template,
                [CERTIFICATE_REQUEST] = request,
                [CERTIFICATE_DETAIL] = pending->message,
                [CERTIFICATE_AGAIN] = again });
}

static enum outcome tell_kept(struct certificates *all, const struct wanted *wanted,
                              const char *did, bool *any, struct why *why)
{
    const struct kept_list *list;
    enum outcome out = certificate_kept(all, wanted->place, &list, why);

    for (size_t i = 0; !out && list && i < list->count; i++)
        if (!strcmp(list->all[i].name, wanted->name)) {
            out = add_kept(all, list, &list->all[i], wanted, did, why);
            *any = true;
        }
    return out;
}

/* Until one of our own takes its place. */
static enum outcome tell_adopted(struct certificates *all, const char *name, bool *any,
                                 struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    enum outcome out = adopted_read(all, name, &adopted, any, why);

    if (!out && *any)
        adopted_tell(all, &adopted, NULL);
    return out;
}

enum outcome certificate_tell(struct certificates *all, const struct wanted *wanted,
                              const char *did, struct why *why)
{
    struct pending pending;
    bool any = false;
    enum outcome out;

    if ((out = tell_adopted(all, wanted->name, &any, why)) ||
        (out = tell_kept(all, wanted, did, &any, why)) ||
        (out = pending_read(all->folder, wanted->name, &pending, why)))
        return out;
    if (pending.step != STEP_NONE)
        add_pending(all, wanted->name, &pending);
    else if (!any)
        certificate_tell_end(all, wanted->name, step_word(STEP_NONE), NULL);
    return OUTCOME_OK;
}

/* As DER in base64, the certificate first (as RFC 7517 4.7 has it). */
enum outcome certificate_add_chain(struct certificates *all, const struct chain *chain,
                                   struct why *why)
{
    for (unsigned i = 0; i < chain->count; i++) {
        gnutls_datum_t der = { 0 };
        char *text = NULL;
        if (gnutls_x509_crt_export2(chain->all[i], GNUTLS_X509_FMT_DER, &der) ||
            !(text = malloc(BASE64_TEXT(der.size)))) {
            gnutls_free(der.data);
            return fail_memory(why);
        }
        base64_encode(der.data, der.size, text);
        bool fits = strlen(text) <= slot_row(SLOT_CHAIN)->bytes;
        message_add(all->errand->result, SLOT_CHAIN, text);
        gnutls_free(der.data);
        free(text);
        if (!fits)
            return fail(why, REASON_TOKEN_FAILED, "a certificate of %u bytes is too large",
                        der.size);
    }
    return OUTCOME_OK;
}

static enum outcome ask_passphrase(struct errand *errand, struct secret **passphrase,
                                   struct why *why)
{
    secret_auto *first = NULL;
    const struct question question = { .kind = QUESTION_HIDDEN,
                                       .name = "key-passphrase",
                                       .prompt = "Passphrase for the file with the key: " };
    enum outcome out = asker_ask(errand->asker, &question, &first, why);

    if (out || (out = errand_check_password(first, "passphrase", why)))
        return out;
    if (secret_length(first) < PASSPHRASE_LEAST)
        return fail(why, REASON_WEAK_PASSWORD, "a passphrase of less than %d characters",
                    PASSPHRASE_LEAST);
    if ((out = errand_ask_again(errand, "key-passphrase-again", "Passphrase again: ", first, why)))
        return out;
    *passphrase = first;
    first = NULL;
    return OUTCOME_OK;
}

static enum outcome add_key(struct certificates *all, const struct wanted *wanted,
                            const struct key_id *id, struct why *why)
{
    secret_auto *passphrase = NULL, *pem = NULL;
    struct token *token;
    enum outcome out;

    if ((out = certificate_unlock(all, wanted->place, &token, why)) ||
        (out = key_may_leave(token, id, why)) ||
        (out = ask_passphrase(all->errand, &passphrase, why)) ||
        (out = key_export(token, id, passphrase, &pem, why)))
        return fail_in(why, "the private key");
    message_add_secret(all->errand->result, SLOT_EXPORTED_KEY, pem);
    return OUTCOME_OK;
}

enum outcome certificate_export(struct certificates *all, const struct wanted *wanted,
                                struct why *why)
{
    const struct kept_list *list;
    chain_auto chain = { .count = 0 };
    enum outcome out = certificate_kept(all, wanted->place, &list, why);
    const struct kept *good = list ? certificate_good(list, wanted->name) : NULL;

    if (!out && !good)
        out = fail(why, REASON_NO_CERTIFICATE, "%s", wanted->name);
    if (out || (out = keep_read_chain(all->token, &good->id, &chain, why)) ||
        (out = add_kept(all, list, good, NULL, NULL, why)) ||
        (out = certificate_add_chain(all, &chain, why)))
        return out;
    const struct key_id id = good->id; /* the list goes with the next opening */
    return message_number(all->errand->request, SLOT_WITH_KEY, 0) ? add_key(all, wanted, &id, why)
                                                                  : OUTCOME_OK;
}

static enum outcome tell_rest_of(struct certificates *all, const char *place, struct why *why)
{
    const struct kept_list *list;
    enum outcome out = certificate_kept(all, place, &list, why);

    for (size_t i = 0; !out && list && i < list->count; i++)
        if (!wanted_is_known(all, list->all[i].name))
            out = add_kept(all, list, &list->all[i], NULL, NULL, why);
    return out;
}

/* A token in the TPM that cannot be opened now is no reason not to list the others. */
enum outcome certificate_tell_rest(struct certificates *all, struct why *why)
{
    struct why untold;

    if (tell_rest_of(all, PLACE_TPM, &untold))
        log_line(LOG_LEVEL_INFO, "%s", untold.text);
    /* Who has the system's tokens has none at home. */
    enum outcome out = tell_rest_of(all, PLACE_SOFTHSM, why);
    if (!out || why->reason != REASON_BAD_SETTING)
        return out;
    log_line(LOG_LEVEL_INFO, "%s", why->text);
    return OUTCOME_OK;
}

void certificate_tell_end(struct certificates *all, const char *name, const char *state,
                          const char *did)
{
    add_row(all,
            (const char *const[CERTIFICATE_COLUMNS]){
                [CERTIFICATE_NAME] = name, [CERTIFICATE_STATE] = state, [CERTIFICATE_DID] = did });
}

void certificate_tell_failed(struct certificates *all, const char *name, const char *did,
                             const struct why *why, time_t again)
{
    char at[NUMBER_MOST];

    number_again(all, at, again);
    add_row(all, (const char *const[CERTIFICATE_COLUMNS]){
                     [CERTIFICATE_NAME] = name,
                     [CERTIFICATE_STATE] = "failed",
                     [CERTIFICATE_DID] = did,
                     [CERTIFICATE_REASON] = reason_word(why->reason),
                     [CERTIFICATE_DETAIL] = why->text,
                     [CERTIFICATE_REMEDY] = reason_remedy(why->reason),
                     [CERTIFICATE_AGAIN] = at });
}
