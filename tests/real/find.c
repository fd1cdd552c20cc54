/* SPDX-License-Identifier: MIT
 *
 * For certsrv-find.test: what the directory says of certification authorities. Usage: find-ask HOST
 * ADDRESS CCACHE USER|- DOMAIN. The user is whom the templates are for. Exit status as the command.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "directory/enrolment.h"

enum { BUDGET_MS = 10000 };

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker asker = { .step = step, .cancelled = cancelled };

static void tell_ders(const char *what, const struct enrolment_ders *ders)
{
    for (size_t i = 0; i < ders->count; i++) {
        (void)printf("%s ", what);
        for (size_t at = 0; at < ders->der[i].length; at++)
            (void)printf("%02x", ders->der[i].bytes[at]);
        (void)printf("\n");
    }
}

static void tell(const struct enrolment *enrolment)
{
    static const char *const answers[] = { "unknown", "may", "may-not" };

    for (size_t i = 0; i < enrolment->service_count; i++) {
        const struct enrolment_service *service = &enrolment->services[i];
        (void)printf("service [%s] at [%s]\n", service->name, service->host);
        for (size_t at = 0; at < service->template_count; at++)
            (void)printf("offers [%s] [%s]\n", service->name, service->templates[at]);
        tell_ders("certificate", &service->certificates);
    }
    for (size_t i = 0; i < enrolment->template_count; i++) {
        const struct enrolment_template *each = &enrolment->templates[i];
        (void)printf("template [%s] [%s] %u%s%s%s%s %s\n", each->name, each->shown, each->key_bits,
                     each->for_machines ? " machine" : "",
                     each->subject_by_request ? " by-request" : "", each->waits ? " waits" : "",
                     each->for_clients ? " clients" : "", answers[each->may]);
    }
    tell_ders("root", &enrolment->roots);
    tell_ders("between", &enrolment->between);
    tell_ders("logon", &enrolment->for_logon);
}

static enum outcome find(char **argv, struct why *why)
{
    enrolment_auto *enrolment = NULL;
    server_auto *server = NULL;
    person_auto *person = NULL;
    struct dc dc = { 0 };
    struct server_request request = { .dc = &dc, .ccache = argv[3], .budget_ms = BUDGET_MS };
    struct person_request who = { .account = argv[4], .domain = argv[5], .budget_ms = BUDGET_MS };
    enum outcome out;

    (void)snprintf(dc.host, sizeof dc.host, "%s", argv[1]);
    dc.address.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(389) };
    (void)inet_pton(AF_INET, argv[2], &dc.address.v4.sin_addr);
    if ((out = server_open(&request, &asker, &server, why)) ||
        (strcmp(argv[4], "-") != 0 && (out = person_read(server, &who, &asker, &person, why))) ||
        (out = enrolment_read(server, person, BUDGET_MS, &asker, &enrolment, why)))
        return out;
    tell(enrolment);
    return OUTCOME_OK;
}

int main(int argc, char **argv)
{
    struct why why = { 0 };

    if (argc != 6)
        return 2;
    enum outcome out = find(argv, &why);
    (void)printf("%s: %s\n", out ? reason_word(why.reason) : "ok", why.text);
    return outcome_exit_status(out);
}
