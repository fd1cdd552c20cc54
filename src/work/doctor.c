/* SPDX-License-Identifier: MIT
 *
 * doctor: walks the way to the domain and tells of each step whether it is good.
 */
#include "work/doctor.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kerberos/pin.h"

static void add(struct doctor *doctor, const char *check, const char *server, const char *state,
                const struct why *why, const char *remedy)
{
    const char *const texts[] = {
        check, server, state, reason_word(why->reason), why->text, remedy
    };

    message_add_row(doctor->errand->result, SLOT_CHECK, texts);
}

#define ADD_FORMATTED(state)                                                                       \
    struct why why = { 0 };                                                                        \
    va_list args;                                                                                  \
    va_start(args, format);                                                                        \
    (void)vsnprintf(why.text, sizeof why.text, format, args);                                      \
    va_end(args);                                                                                  \
    add(doctor, check, server, state, &why, "")

void doctor_good(struct doctor *doctor, const char *check, const char *server, const char *format,
                 ...)
{
    ADD_FORMATTED("good");
}

void doctor_skip(struct doctor *doctor, const char *check, const char *server, const char *format,
                 ...)
{
    ADD_FORMATTED("skipped");
}

void doctor_fault(struct doctor *doctor, bool is_bad, const char *check, const char *server,
                  const struct why *why, const char *remedy)
{
    add(doctor, check, server, is_bad ? "bad" : "warning", why,
        remedy ? remedy : reason_remedy(why->reason));
    if (!is_bad || doctor->first_bad.reason)
        return;
    doctor->first_bad = *why;
    (void)fail_in(&doctor->first_bad, "%s%s%s", check, *server ? " of " : "", server);
}

int doctor_share(const struct doctor *doctor, int most_ms)
{
    int left = errand_left(doctor->errand);

    return left < most_ms ? left : most_ms;
}

struct sockaddr_storage doctor_at(const struct patient *dc, int port)
{
    struct sockaddr_storage storage = { 0 };
    union dns_address address = dc->address;

    if (address.any.sa_family == AF_INET6)
        address.v6.sin6_port = htons((uint16_t)port);
    else
        address.v4.sin_port = htons((uint16_t)port);
    memcpy(&storage, &address, sizeof address);
    return storage;
}

const char *doctor_time(time_t at, char text[DOCTOR_TIME])
{
    struct tm utc;

    if (!gmtime_r(&at, &utc) || !strftime(text, DOCTOR_TIME, "%Y-%m-%d %H:%M UTC", &utc))
        (void)strcpy(text, "?");
    return text;
}

static enum outcome examine(struct doctor *doctor, struct why *why)
{
    enum outcome out;

    doctor_settings(doctor);
    doctor_environment(doctor);
    doctor_places(doctor);
    doctor_cache(doctor);
    if (doctor->errand->look_at_card)
        doctor->errand->look_at_card(doctor);
    doctor_tpm(doctor);
    if ((out = doctor_domain(doctor, why)) || (out = pin_realm(NULL, NULL, why)))
        return out;
    doctor_ticket(doctor);
    if ((out = doctor_reach(doctor, why)) || (out = doctor_kdc(doctor, why)) ||
        (out = doctor_certificates(doctor, why)))
        return out;
    return doctor_ldap(doctor, why);
}

enum outcome doctor_run(struct errand *errand,
                        enum outcome (*look)(struct doctor *doctor, struct why *why),
                        struct why *why)
{
    struct doctor *doctor = calloc(1, sizeof *doctor);

    if (!doctor)
        return fail_memory(why);
    doctor->errand = errand;
    enum outcome out = look(doctor, why);
    if (!out && doctor->first_bad.reason) {
        *why = doctor->first_bad;
        out = reason_outcome(why->reason);
    }
    free(doctor);
    return out;
}

enum outcome verb_doctor(struct errand *errand, struct why *why)
{
    return doctor_run(errand, examine, why);
}
