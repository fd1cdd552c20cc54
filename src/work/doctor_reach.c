/* SPDX-License-Identifier: MIT
 *
 * doctor at the domain controllers' doors: the ping and the ports, of all at once.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "directory/netlogon.h"
#include "net/reach.h"
#include "work/doctor.h"

enum { REACH_MS = 2500, PORTS = 4, TRIES = PORTS + 1, LDAP_PORT_NUMBER = 389 };

static const int ports[PORTS] = { 88, 389, 464, 636 };

/* What was sent to one DC, and what came back. */
struct knock {
    unsigned char question[NETLOGON_REQUEST], answer[REACH_ANSWER];
    struct reach *ping, *ports; /* of the list of tries */
};

static bool needs_ldaps(const struct doctor *doctor)
{
    const struct errand *errand = doctor->errand;

    return !strcmp(conf_text(errand->conf, errand->identity, SETTING_PROTECTION), "ldaps");
}

static void prepare(const struct doctor *doctor, size_t index, struct knock *knock,
                    struct reach *tries)
{
    const struct patient *dc = &doctor->dcs[index];
    size_t length = netlogon_ask(doctor->domain, (int)index + 1, knock->question);

    knock->ping = tries;
    knock->ports = tries + 1;
    *knock->ping = (struct reach){ .address = doctor_at(dc, LDAP_PORT_NUMBER),
                                   .question = knock->question,
                                   .length = length,
                                   .answer = knock->answer };
    for (int i = 0; i < PORTS; i++)
        knock->ports[i] = (struct reach){ .address = doctor_at(dc, ports[i]) };
}

static enum outcome read_ping(struct doctor *doctor, size_t index, const struct knock *knock,
                              struct why *why)
{
    const struct reach *ping = knock->ping;
    struct patient *dc = &doctor->dcs[index];
    struct netlogon answer;
    enum outcome out;

    if (ping->state != REACH_OPEN)
        return fail(why, REASON_NO_DC, "%s the ping (CLDAP, UDP port 389): %s",
                    ping->state == REACH_SILENT ? "does not answer" : "refuses",
                    strerror(ping->error));
    if ((out = netlogon_parse(ping->answer, ping->answer_length, (int)index + 1, &answer, why)))
        return out;
    if (strcasecmp(answer.domain, doctor->domain) != 0)
        return fail(why, REASON_BAD_ANSWER, "answers for the domain %s", answer.domain);
    if (~answer.flags & (NETLOGON_LDAP | NETLOGON_KDC))
        return fail(why, REASON_NO_DC, "offers no LDAP or no Kerberos");
    dc->answers = true;
    memcpy(dc->dc.host, answer.host, sizeof dc->dc.host);
    memcpy(dc->dc.domain, answer.domain, sizeof dc->dc.domain);
    dc->dc.closest = answer.flags & NETLOGON_CLOSEST;
    dc->dc.writable = answer.flags & NETLOGON_WRITABLE;
    dc->dc.took_ms = ping->took_ms;
    (void)snprintf(dc->dc.dc_site, sizeof dc->dc.dc_site, "%.63s", answer.dc_site);
    (void)snprintf(dc->dc.client_site, sizeof dc->dc.client_site, "%.63s", answer.client_site);
    return OUTCOME_OK;
}

static void tell_ping(struct doctor *doctor, const struct patient *dc)
{
    char address[DNS_ADDRESS_TEXT];
    bool has_site = *dc->dc.client_site;

    dns_address_text(&dc->address, address);
    doctor_good(doctor, "dc", dc->host, "answers in %d ms at %s; its site is %s, %s%s%s%s",
                dc->dc.took_ms, address, dc->dc.dc_site, has_site ? "ours " : "ours is not known",
                dc->dc.client_site, dc->dc.closest ? ", the closest" : "",
                dc->dc.writable ? "" : "; read-only");
}

/* The ports of one way to be unreachable: "389, 636". */
static void list_ports(const struct knock *knock, enum reach_state state, const char *what,
                       struct text *all)
{
    const char *gap = text_length(all) ? "; " : "";
    bool any = false;

    for (int i = 0; i < PORTS; i++)
        if (knock->ports[i].state == state) {
            text_add(all, "%s%d", any ? ", " : gap, ports[i]);
            any = true;
        }
    if (any)
        text_add(all, " %s", what);
}

static bool is_open(const struct knock *knock, int index)
{
    return knock->ports[index].state == REACH_OPEN;
}

static bool is_reachable(const struct doctor *doctor, const struct patient *dc)
{
    return dc->kdc && dc->kpasswd && dc->ldap && (dc->ldaps || !needs_ldaps(doctor));
}

/* Is there another one that a sign-in can go to? */
static bool has_another(const struct doctor *doctor, const struct patient *dc)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (&doctor->dcs[i] != dc && doctor->dcs[i].answers &&
            is_reachable(doctor, &doctor->dcs[i]))
            return true;
    return false;
}

static void tell_ports(struct doctor *doctor, const struct patient *dc, const struct knock *knock)
{
    text_auto *found = text_new(300);
    struct why why = { 0 };

    if (!found)
        return;
    list_ports(knock, REACH_REFUSED, "refused", found);
    list_ports(knock, REACH_SILENT, "silent", found);
    list_ports(knock, REACH_FAILED, "unreachable", found);
    list_ports(knock, REACH_OPEN, "open", found);
    if (dc->ldaps && is_reachable(doctor, dc)) {
        doctor_good(doctor, "ports", dc->host, "%s", text_peek(found));
        return;
    }
    (void)fail(&why, REASON_PORT_CLOSED, "%s", text_peek(found));
    doctor_fault(doctor, !is_reachable(doctor, dc) && !has_another(doctor, dc), "ports", dc->host,
                 &why, NULL);
}

/* All answers are read first: how bad a silent one is depends on the others. */
static void read_all(struct doctor *doctor, const struct knock *knocks)
{
    struct why faults[DOCTOR_DCS] = { 0 };

    for (size_t i = 0; i < doctor->count; i++) {
        struct patient *dc = &doctor->dcs[i];
        if (!dc->has_address) {
            (void)fail(&faults[i], REASON_NO_DC, "the DNS gives no address for it");
            continue;
        }
        (void)read_ping(doctor, i, &knocks[i], &faults[i]);
        dc->kdc = is_open(&knocks[i], 0);
        dc->ldap = is_open(&knocks[i], 1);
        dc->kpasswd = is_open(&knocks[i], 2);
        dc->ldaps = is_open(&knocks[i], 3);
    }
    for (size_t i = 0; i < doctor->count; i++) {
        const struct patient *dc = &doctor->dcs[i];
        if (dc->answers)
            tell_ping(doctor, dc);
        else
            doctor_fault(doctor, !has_another(doctor, dc), "dc", dc->host, &faults[i], NULL);
        if (dc->has_address)
            tell_ports(doctor, dc, &knocks[i]);
    }
}

enum outcome doctor_reach(struct doctor *doctor, struct why *why)
{
    struct reach tries[DOCTOR_DCS * TRIES];
    size_t count = 0;

    if (!doctor->count) {
        doctor_skip(doctor, "dc", "", "no domain controller is known");
        return OUTCOME_OK;
    }
    struct knock *knocks = calloc(doctor->count, sizeof *knocks);
    if (!knocks)
        return fail_memory(why);
    asker_step(doctor->errand->asker, "Asking %zu domain controllers", doctor->count);
    for (size_t i = 0; i < doctor->count; i++)
        if (doctor->dcs[i].has_address) {
            prepare(doctor, i, &knocks[i], tries + count);
            count += TRIES;
        }
    enum outcome out =
        reach_all(tries, count, doctor_share(doctor, REACH_MS), doctor->errand->asker, why);
    if (!out)
        read_all(doctor, knocks);
    free(knocks);
    return out;
}
