/* SPDX-License-Identifier: MIT
 *
 * doctor inside the domain controllers: KDC and clock, certificate, and LDAP with a ticket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory/server.h"
#include "kerberos/inspect.h"
#include "net/look.h"
#include "work/doctor.h"

enum { KDC_MS = 2000, LOOK_MS = 2500, LDAP_MS = 8000, LEAST_MS = 300 };
enum { KDC_PORT_NUMBER = 88, LDAPS_PORT_NUMBER = 636 };
enum { SKEW_BAD_S = 300, SKEW_ODD_S = 60 }; /* RFC 4120 section 1.6: five minutes are usual */

static void tell_clock(struct doctor *doctor, const char *host, const struct kdc_look *look)
{
    long apart = look->ahead_s < 0 ? -look->ahead_s : look->ahead_s;
    const char *where = look->ahead_s < 0 ? "behind" : "ahead";
    struct why why;

    if (!apart)
        doctor_good(doctor, "clock", host, "the same as this computer's");
    else if (apart <= SKEW_ODD_S)
        doctor_good(doctor, "clock", host, "this computer's is %ld s %s", apart, where);
    if (apart <= SKEW_ODD_S)
        return;
    (void)fail(&why, REASON_CLOCK_SKEW, "this computer's is %ld s %s; %d s are allowed", apart,
               where, SKEW_BAD_S);
    doctor_fault(doctor, apart > SKEW_BAD_S, "clock", host, &why, NULL);
}

/* Who signed in last, if it was in this realm; else a name that nobody has. */
static const char *known_user(const struct doctor *doctor)
{
    const char *user = errand_text(doctor->errand, SLOT_USER);
    const char *realm = errand_text(doctor->errand, SLOT_REALM);

    return user && realm && !strcmp(realm, doctor->realm) ? user : NULL;
}

/* What one KDC said. */
struct said {
    enum outcome out;
    struct why why;
    struct kdc_look look;
    bool was_asked;
};

/* Another one serves the realm: a sign-in goes there. */
static bool has_another(const struct doctor *doctor, const struct patient *dc)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (&doctor->dcs[i] != dc && doctor->dcs[i].is_realms)
            return true;
    return false;
}

static void tell_takes_none(struct doctor *doctor, const struct patient *dc)
{
    struct why why;

    (void)fail(&why, REASON_KDC_TAKES_NONE, "none is asked for");
    doctor_fault(doctor, !has_another(doctor, dc), "kdc", dc->host, &why, NULL);
}

static void tell_kdc(struct doctor *doctor, const struct patient *dc, const struct said *said)
{
    const char *user = known_user(doctor);

    if (!said->out && user)
        doctor_good(doctor, "kdc", dc->host, "serves %s and knows %s", doctor->realm, user);
    else if (!said->out || (!user && said->why.reason == REASON_UNKNOWN_USER))
        doctor_good(doctor, "kdc", dc->host, "serves %s", doctor->realm);
    else
        doctor_fault(doctor, !has_another(doctor, dc), "kdc", dc->host, &said->why,
                     said->why.reason == REASON_NO_DC
                         ? "It lets us in but does not answer: tell the administrator."
                         : NULL);
    if (doctor->errand->by_certificate && said->look.lacks_certificate)
        tell_takes_none(doctor, dc);
    if (said->look.has_clock)
        tell_clock(doctor, dc->host, &said->look);
    else
        doctor_skip(doctor, "clock", dc->host, "the KDC does not tell its own");
}

static enum outcome ask_kdc(struct doctor *doctor, struct tickets *tickets, struct patient *dc,
                            struct said *said, struct why *why)
{
    const char *user = known_user(doctor);
    struct ticket_request request = { .user = user ? user : "chatelaine-doctor",
                                      .realm = doctor->realm,
                                      .kdc = dc->host,
                                      .address = doctor_at(dc, KDC_PORT_NUMBER),
                                      .asker = doctor->errand->asker,
                                      .budget_ms = doctor_share(doctor, KDC_MS) };

    asker_step(doctor->errand->asker, "Asking the KDC of %s", dc->host);
    said->was_asked = true;
    said->out = inspect_kdc(tickets, &request, &said->look, why);
    said->why = *why;
    dc->is_realms = !said->out || why->reason == REASON_CLOCK_SKEW ||
                    (!user && why->reason == REASON_UNKNOWN_USER);
    return said->out == OUTCOME_CANCELLED ? said->out : OUTCOME_OK;
}

/* Nobody is blamed for what there is no time for. */
static const char no_time[] = "no time is left, see time_limit";

static const char *reason_to_skip(const struct doctor *doctor, bool is_open, const char *closed)
{
    return !is_open ? closed : errand_left(doctor->errand) < LEAST_MS ? no_time : NULL;
}

/* All are asked first: how bad the fault of one is depends on the others. */
enum outcome doctor_kdc(struct doctor *doctor, struct why *why)
{
    struct said said[DOCTOR_DCS] = { 0 };
    tickets_auto *tickets = NULL;
    enum outcome out = tickets_open(&tickets, why);

    for (size_t i = 0; !out && i < doctor->count; i++)
        if (!reason_to_skip(doctor, doctor->dcs[i].kdc, ""))
            out = ask_kdc(doctor, tickets, &doctor->dcs[i], &said[i], why);
    for (size_t i = 0; !out && i < doctor->count; i++) {
        const struct patient *dc = &doctor->dcs[i];
        if (said[i].was_asked)
            tell_kdc(doctor, dc, &said[i]);
        else
            doctor_skip(doctor, "kdc", dc->host, "%s", dc->kdc ? no_time : "port 88 is not open");
    }
    return out;
}

static enum server_protection protection(const struct doctor *doctor)
{
    const struct errand *errand = doctor->errand;
    const char *word = conf_text(errand->conf, errand->identity, SETTING_PROTECTION);

    return !strcmp(word, "ldaps")      ? SERVER_LDAPS
           : !strcmp(word, "starttls") ? SERVER_STARTTLS
                                       : SERVER_SEAL;
}

/* Where Kerberos protects LDAP, nobody looks at the certificate. */
static void tell_certificate(struct doctor *doctor, const char *host, const struct look *look)
{
    text_auto *sentence = text_new(900);
    char end[DOCTOR_TIME];
    struct why why;

    if (!sentence)
        return;
    (void)doctor_time(look->end, end);
    if (look_is_good(look, host, sentence)) {
        doctor_good(doctor, "certificate", host, "names it, from %s, until %s, by %s", look->issuer,
                    end, look->protocol);
        return;
    }
    (void)fail(&why, look_reason(look), "%s (from %s, until %s)", text_peek(sentence), look->issuer,
               end);
    doctor_fault(doctor, protection(doctor) != SERVER_SEAL, "certificate", host, &why, NULL);
}

static enum outcome look(struct doctor *doctor, const struct patient *dc, struct why *why)
{
    const struct errand *errand = doctor->errand;
    const char *ca_file = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    struct sockaddr_storage address = doctor_at(dc, LDAPS_PORT_NUMBER);
    struct look report;
    asker_step(errand->asker, "Looking at the certificate of %s", dc->host);
    enum outcome out = look_at(&address, dc->dc.host, *ca_file ? ca_file : NULL,
                               doctor_share(doctor, LOOK_MS), errand->asker, &report, why);

    if (out == OUTCOME_CANCELLED)
        return out;
    if (out)
        doctor_fault(doctor, protection(doctor) != SERVER_SEAL, "certificate", dc->host, why, NULL);
    else
        tell_certificate(doctor, dc->host, &report);
    return OUTCOME_OK;
}

enum outcome doctor_certificates(struct doctor *doctor, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < doctor->count; i++) {
        const struct patient *dc = &doctor->dcs[i];
        const char *skip = reason_to_skip(doctor, dc->ldaps, "port 636 is not open");
        if (skip)
            doctor_skip(doctor, "certificate", dc->host, "%s", skip);
        else
            out = look(doctor, dc, why);
    }
    return out;
}

/* The first one that all else is right with. */
static const struct patient *choose(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->count; i++) {
        const struct patient *dc = &doctor->dcs[i];
        if (dc->answers && dc->is_realms &&
            (protection(doctor) == SERVER_LDAPS ? dc->ldaps : dc->ldap))
            return dc;
    }
    return NULL;
}

/* With a copy of the ticket cache: what is added to it goes with this process. */
static enum outcome open_server(struct doctor *doctor, const struct patient *dc,
                                struct server **server, struct why *why)
{
    const struct errand *errand = doctor->errand;
    const char *ca_file = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    tickets_auto *tickets = NULL;
    struct ticket ticket = doctor->ticket;
    char realm[256];
    struct server_request request = { .dc = &dc->dc,
                                      .ccache = ticket.cache,
                                      .protection = protection(doctor),
                                      .ca_file = *ca_file ? ca_file : NULL,
                                      .budget_ms = doctor_share(doctor, LDAP_MS) };
    enum outcome out;

    if ((out = errand_tickets(doctor->errand, &dc->dc, realm, &tickets, why)) ||
        (out = inspect_copy(tickets, &ticket, why)) ||
        (out = tickets_service(tickets, &ticket, "ldap", dc->dc.host, why)))
        return out;
    return server_open(&request, errand->asker, server, why);
}

enum outcome doctor_ldap(struct doctor *doctor, struct why *why)
{
    const struct patient *dc = choose(doctor);
    server_auto *server = NULL;

    if (!dc || !doctor->has_ticket) {
        doctor_skip(doctor, "ldap", dc ? dc->host : "", "%s",
                    dc ? "needs a ticket of this realm: chatelaine sign-in"
                       : "no domain controller is fit for it");
        return OUTCOME_OK;
    }
    asker_step(doctor->errand->asker, "Signing in to %s", dc->host);
    enum outcome out = open_server(doctor, dc, &server, why);
    if (out == OUTCOME_CANCELLED)
        return out;
    if (!out)
        doctor_good(doctor, "ldap", dc->host, "%s, %u bits, both sides proved themselves",
                    server_mechanism(server), server_strength(server));
    else
        doctor_fault(doctor, true, "ldap", dc->host, why,
                     why->reason == REASON_NOT_PROTECTED && protection(doctor) != SERVER_SEAL
                         ? "Set ldap_protection = sasl; or the server must allow Kerberos inside "
                           "TLS (Samba: ldap server require strong auth = allow_sasl_over_tls)."
                         : NULL);
    return OUTCOME_OK;
}
