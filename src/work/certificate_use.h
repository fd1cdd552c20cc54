/* SPDX-License-Identifier: MIT
 *
 * Within work: certificate use, which tells programs of the computer of a certificate. What can use
 * one is a row of the table in certificate_use.c.
 */
#ifndef WORK_CERTIFICATE_USE_H
#define WORK_CERTIFICATE_USE_H

#include "work/certificate.h"

/* What is to use what; borrowed for the call. */
struct use {
    struct certificates *all;
    const char *what, *where; /* where is "" of what there is one */
    bool prints;              /* what would be set, with use_line, and nothing is */
    /* Of what needs one; without it all is empty. */
    struct wanted wanted;
    const struct kept *kept;                 /* that is good now */
    char uri[TOKEN_URI], key_uri[TOKEN_URI]; /* of the certificate and of its key */
};

/* Adds a line to what is printed. */
void use_line(const struct use *use, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Which certificate of the settings it is, and how programs name it. */
enum outcome use_find(struct use *use, const struct wanted *wanted, struct why *why);

/* NetworkManager. */
void use_network_prepare(struct certificates *all);
enum outcome use_network(const struct use *use, struct why *why);
enum outcome use_vpn(const struct use *use, struct why *why);

/* The person's browsers, mail and ssh: rows of what was done for each. */
enum outcome use_browser(const struct use *use, struct why *why);

/* Where they have their databases; what there must be is made if that may be. Before files are
 * fenced off. */
void browsers_find(struct certificates *all, bool may_make);

#endif
