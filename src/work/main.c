/* SPDX-License-Identifier: MIT
 *
 * The worker: reads one request, gives up what the verb does not need, does it, answers, exits.
 * One main for the programs of all library sets.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/spawn.h"
#include "base/text.h"
#include "wire/verbs.h"
#include "wire/wire.h"
#include "work/asker.h"
#include "work/beside.h"
#include "work/certificate.h"
#include "work/cloud.h"
#include "work/confine.h"
#include "work/doctor.h"
#include "work/errand.h"
#include "work/fence.h"
#include "work/places.h"
#include "work/series.h"

enum { REQUEST_MS = 10000 };

/* The verbs that this program has the libraries for. */
#define OF_KERBEROS(function) function
#ifdef WITH_WEB
#define OF_WEB(function) function
#else
#define OF_WEB(function) NULL
#endif
#ifdef WITH_CERT
#define OF_CERT(function) function
#else
#define OF_CERT(function) NULL
#endif

static errand_function *const functions[VERB_COUNT] = {
#define WORKER_VERB(name, word, function, libraries, ...)                                          \
    [VERB_##name] = OF_##libraries(verb_##function),
#include "wire/verbs.def"
};

static enum outcome check_libraries(struct why *why)
{
#ifdef WITH_WEB
    enum outcome out = https_library(why);
    if (out)
        return out;
#endif
#ifdef WITH_CERT
    return chain_library(why);
#else
    (void)why;
    return OUTCOME_OK;
#endif
}

/* What the verb needs of files is known before they are fenced off. */
static enum outcome open_certificates(struct errand *errand, enum verb verb, struct why *why)
{
#ifdef WITH_CERT
    bool needs_card = errand->by_certificate && (verb == VERB_SIGN_IN || verb == VERB_DOCTOR);

    if (needs_card && verb == VERB_DOCTOR)
        errand->look_at_card = doctor_card;
    return needs_card || verb == VERB_CERTIFICATE ? certificates_open(errand, verb, why)
                                                  : OUTCOME_OK;
#else
    (void)errand, (void)verb, (void)why;
    return OUTCOME_OK;
#endif
}

/* Who does this verb for this identity; NULL: nobody. */
static errand_function *find_function(const struct errand *errand, enum verb verb)
{
#ifdef WITH_WEB
    if (errand->is_web)
        return cloud_function(verb);
#endif
#ifdef WITH_CERT
    if (errand->by_certificate && verb == VERB_SIGN_IN)
        return verb_sign_in_by_certificate;
#endif
    return errand->is_web ? NULL : functions[verb];
}

/* Whatever is wrong with settings, doctor has to tell it: it goes on without them. */
static bool is_doctor(const struct verb_row *row)
{
    return row == verb_row(VERB_DOCTOR);
}

/* Of a person's mistake the administrator's files do not suffer. */
static enum outcome load_settings(struct errand *errand, const struct verb_row *row,
                                  struct why *why)
{
    char person[1024];
    bool has_person = conf_person_folder(person, sizeof person);
    enum outcome out = conf_load(SYSCONF_FOLDER, has_person ? person : NULL, &errand->conf, why);

    if (!out || !is_doctor(row))
        return out;
    errand->bad_settings = *why;
    if (!conf_load(SYSCONF_FOLDER, NULL, &errand->conf, why) || (errand->conf = conf_new()))
        return OUTCOME_OK;
    return fail_memory(why);
}

/* The setting's level, unless the request wants more. */
static void set_log(const struct errand *errand)
{
    const char *set = conf_text(errand->conf, errand->identity, SETTING_LOG);
    enum log_level level = *set == 'd'   ? LOG_LEVEL_DEBUG
                           : *set == 'i' ? LOG_LEVEL_INFO
                                         : LOG_LEVEL_ERROR;
    enum log_level asked =
        (enum log_level)message_number(errand->request, SLOT_LOG, LOG_LEVEL_ERROR);

    log_open("chatelaine-worker", asked > level ? asked : level);
}

/* What the worker gives up, it has given up when this is OK. */
static enum outcome begin(struct errand *errand, enum verb *verb, struct why *why)
{
    const char *word = message_text(errand->request, SLOT_VERB);
    enum outcome out;

    if (!verb_find(word, verb))
        return fail(why, REASON_PROTOCOL, "no verb %s", word);
    if (!name_is_identity(errand->identity))
        return fail(why, REASON_BAD_REQUEST, "\"%s\" cannot name an identity", errand->identity);
    if ((out = check_libraries(why)) || (out = load_settings(errand, verb_row(*verb), why)))
        return out;
    set_log(errand);
    errand->is_web = conf_is_web(errand->conf, errand->identity);
    errand->by_certificate = conf_by_certificate(errand->conf, errand->identity);
    if (!find_function(errand, *verb))
        return fail(
            why, REASON_OTHER_KIND,
            "%s is for an identity of Active Directory, and %s is of an OpenID provider (%s)", word,
            errand->identity, conf_text(errand->conf, errand->identity, SETTING_PROVIDER));
    errand_account(errand);
    errand_watch(clock_ms() + REQUEST_MS);
    if ((out = places_open(errand, why)) || (out = series_open(errand->series, why)) ||
        (out = beside_open(errand, *verb, why)) || (out = open_certificates(errand, *verb, why)))
        return out;
    if ((out = fence(errand, verb_row(*verb), why)))
        return out;
    errand->series->begun = true;
    return OUTCOME_OK;
}

static enum outcome work(struct errand *errand, enum verb verb, struct why *why)
{
    errand->deadline_ms =
        clock_ms() + conf_seconds(errand->conf, errand->identity, SETTING_TIME_LIMIT) * 1000;
    errand->front->deadline_ms = &errand->deadline_ms;
    errand_watch(errand->deadline_ms);
    enum outcome out = verb < VERB_COUNT ? find_function(errand, verb)(errand, why)
                                         : fail(why, REASON_PROTOCOL, "no verb was begun");
    if (out && why->reason != REASON_UNKNOWN_KEY)
        published_doubt(errand->published);
    journal_facts(&errand->journal, message_text(errand->result, SLOT_PRINCIPAL), errand->result);
    return out;
}

static void answer(struct wire *wire, struct message *result, enum outcome out,
                   const struct why *why)
{
    struct why lost;

    message_add_outcome(result, out, why);
    if (wire_send(wire, result, &lost))
        log_line(LOG_LEVEL_ERROR, "%s", lost.text);
}

/* From a request to its result. The first one begins what all others go on with. */
static enum outcome serve(struct errand *errand, enum verb *verb, bool is_first)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    struct why why = { 0 };
    enum outcome out = OUTCOME_OK;

    if (!result)
        return OUTCOME_BROKEN;
    *errand->front = wire_asker(errand->front->wire);
    errand->front->unattended = message_number(errand->request, SLOT_UNATTENDED, 0);
    errand->result = result;
    message_add(result, SLOT_IDENTITY, errand->identity);
    if (!is_first || !(out = begin(errand, verb, &why)))
        out = work(errand, *verb, &why);
    places_close(errand);
    beside_close(errand);
    answer(errand->front->wire, result, out, &why);
    return out;
}

int main(void)
{
    struct why why = { 0 };
    struct wire wire = wire_begin(SPAWN_FD, WIRE_WORKER);
    struct wire_asker asker = wire_asker(&wire);
    message_auto *request = NULL;
    enum verb verb = VERB_COUNT;

    confine_memory();
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);         /* libldap writes to connections that were reset */
    (void)signal(SIGXFSZ, SIG_IGN);         /* a file too large is an error like a full disk */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left to answer to */
    log_open("chatelaine-worker", LOG_LEVEL_ERROR);
    if (wire_recv(&wire, REQUEST_MS, &request, &why) || !request) {
        log_line(LOG_LEVEL_ERROR, "no request: %s", why.text);
        return outcome_exit_status(OUTCOME_BROKEN);
    }
    series_auto series = { .first = request };
    struct errand errand = { .series = &series,
                             .journal = { .fd = -1 },
                             .request = request,
                             .identity = message_text(request, SLOT_IDENTITY),
                             .asker = &asker.asker,
                             .front = &asker };
    enum outcome out = serve(&errand, &verb, true);
    while (series_next(&errand))
        out = serve(&errand, &verb, false);
    conf_free(&errand.conf);
    return outcome_exit_status(out);
}
