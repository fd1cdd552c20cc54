/* SPDX-License-Identifier: MIT
 *
 * Within doctor: what its checks know and how they tell. One file a part of the way.
 */
#ifndef WORK_DOCTOR_H
#define WORK_DOCTOR_H

#include "work/errand.h"

enum { DOCTOR_DCS = 8 }; /* looked at, at most */

/* A domain controller as the checks so far have found it. */
struct patient {
    char host[DNS_NAME];
    union dns_address address;      /* port 389 */
    bool has_address, answers;      /* the ping */
    bool kdc, kpasswd, ldap, ldaps; /* the port is open */
    bool is_realms;                 /* its KDC knows the realm */
    struct dc dc;                   /* if it answers; else host, address and domain alone */
};

struct doctor {
    struct errand *errand;
    struct why first_bad;              /* REASON_NONE: nothing is bad */
    char domain[NAME_DOMAIN_MOST + 1]; /* "" while it is not known */
    char realm[NAME_DOMAIN_MOST + 1];
    size_t count;
    struct patient dcs[DOCTOR_DCS];
    bool has_ticket; /* a live one, of this realm */
    struct ticket ticket;
};

/* Has a look, and gives the first thing that is bad as the outcome. */
enum outcome doctor_run(struct errand *errand,
                        enum outcome (*look)(struct doctor *doctor, struct why *why),
                        struct why *why);

/* How a check ended. The check is a stable word; server is "" where it is about none. */
void doctor_good(struct doctor *doctor, const char *check, const char *server, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));
void doctor_skip(struct doctor *doctor, const char *check, const char *server, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* What is wrong and why; bad, or a warning: it does not keep anybody from signing in. The remedy is
 * the reason's, unless one is given. */
void doctor_fault(struct doctor *doctor, bool is_bad, const char *check, const char *server,
                  const struct why *why, const char *remedy);

/* The checks, in this order. Each tells what it found; CANCELLED alone ends them. */
void doctor_settings(struct doctor *doctor);
void doctor_environment(struct doctor *doctor);
void doctor_places(struct doctor *doctor);
void doctor_cache(struct doctor *doctor);
void doctor_card(struct doctor *doctor); /* in chatelaine-worker-cert: errand.look_at_card */
void doctor_tpm(struct doctor *doctor);  /* only where certificates may be in one */
enum outcome doctor_domain(struct doctor *doctor, struct why *why); /* and its DNS, and krb5.conf */
void doctor_ticket(struct doctor *doctor);
enum outcome doctor_reach(struct doctor *doctor, struct why *why); /* each DC, its ports */
enum outcome doctor_kdc(struct doctor *doctor, struct why *why);   /* each KDC, its clock */
enum outcome doctor_certificates(struct doctor *doctor, struct why *why);
enum outcome doctor_ldap(struct doctor *doctor, struct why *why);

/* The share of the time that is left, at most so many ms. */
int doctor_share(const struct doctor *doctor, int most_ms);

/* The address with another port, for those who do not know of DNS. */
struct sockaddr_storage doctor_at(const struct patient *dc, int port);

/* Time as a person reads it, UTC. */
enum { DOCTOR_TIME = 32 };
const char *doctor_time(time_t at, char text[DOCTOR_TIME]);

#endif
