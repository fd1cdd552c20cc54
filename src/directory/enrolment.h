/* SPDX-License-Identifier: MIT
 *
 * The company's certification authorities and certificate templates as Active Directory lists them
 * (MS-WCCE 2.2.2.11, MS-CRTD), for a client of the web pages: two flights of searches over a
 * signed-in connection, so nobody between can name another authority.
 *
 * Names are clean UTF-8 of one line and at most ENROLMENT_NAME bytes, hosts are host names, and
 * certificates are one DER element each, not looked into. What does not fit is left out, as if it
 * were not there.
 */
#ifndef DIRECTORY_ENROLMENT_H
#define DIRECTORY_ENROLMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/asker.h"
#include "base/outcome.h"
#include "directory/acl.h"
#include "directory/dns_parse.h"
#include "directory/server.h"

enum {
    ENROLMENT_NAME = 256,          /* bytes with NUL; a cn has 64 characters */
    ENROLMENT_SERVICES = 64,       /* read at most */
    ENROLMENT_TEMPLATES = 1000,    /* read at most, also of one service */
    ENROLMENT_CERTIFICATES = 64,   /* of one list */
    ENROLMENT_DER_MOST = 16 << 10, /* bytes of a certificate */
    ENROLMENT_SERVERS = 16,        /* read at most, of one service */
    ENROLMENT_URL = 1024,
    ENROLMENT_OID = 128,
};

struct enrolment_der {
    unsigned char *bytes;
    size_t length;
};

struct enrolment_ders {
    size_t count;
    struct enrolment_der *der;
};

/* An enrolment web service of an authority: a value of msPKI-Enrollment-Servers. */
struct enrolment_server {
    unsigned priority;       /* the lower, the sooner */
    unsigned authentication; /* as MS-XCEP 3.1.4.1.3.5 has it */
    bool renewal_only;
    char url[ENROLMENT_URL]; /* clean, and not looked into */
};

/* An authority that issues: pKIEnrollmentService. */
struct enrolment_service {
    char name[ENROLMENT_NAME]; /* of the authority */
    char host[DNS_NAME];       /* its server */
    size_t template_count;
    char (*templates)[ENROLMENT_NAME];  /* names of those that it issues by */
    struct enrolment_ders certificates; /* its own: several after a renewal */
    size_t server_count;
    struct enrolment_server *servers;
};

/* pKICertificateTemplate. */
struct enrolment_template {
    char name[ENROLMENT_NAME];  /* cn: what a request names */
    char shown[ENROLMENT_NAME]; /* what people call it; the name if nothing is said */
    bool for_machines;
    bool subject_by_request; /* else the authority takes it from the directory */
    bool waits;              /* for a person who approves each request */
    bool for_clients;        /* to prove to servers who somebody is */
    unsigned key_bits;       /* at least; 0: not said */
    char oid[ENROLMENT_OID]; /* "": it is of version 1, and has none */
    unsigned major, minor;   /* its revision */
    enum acl_answer may;     /* the person enrol */
};

struct enrolment {
    size_t service_count, template_count;
    struct enrolment_service *services;
    struct enrolment_template *templates;
    struct enrolment_ders roots;     /* Certification Authorities */
    struct enrolment_ders between;   /* AIA: authorities between a root and an issuer */
    struct enrolment_ders for_logon; /* NTAuthCertificates: may issue for sign-in */
};

/* The person is as person_read gave it, and may be NULL: then nobody may be told. Without AD CS in
 * the forest everything is empty. CONNECTION_LOST, TIME_OUT, REFUSED, BAD_ANSWER, CANCELLED. The
 * enrolment is the caller's. */
enum outcome enrolment_read(struct server *server, const struct person *person, int budget_ms,
                            struct asker *asker, struct enrolment **enrolment, struct why *why);
void enrolment_free(struct enrolment **enrolment);
#define enrolment_auto __attribute__((cleanup(enrolment_free))) struct enrolment

/* NULL if there is none. Names are compared as the directory does, without regard to the case of
 * ASCII letters. */
const struct enrolment_template *enrolment_find(const struct enrolment *enrolment,
                                                const char *name);
bool enrolment_offers(const struct enrolment_service *service, const char *name);

#endif
