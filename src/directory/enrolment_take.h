/* SPDX-License-Identifier: MIT
 *
 * Within directory: entries of the authorities' containers as plain data. For enrolment.c.
 */
#ifndef DIRECTORY_ENROLMENT_TAKE_H
#define DIRECTORY_ENROLMENT_TAKE_H

#include "directory/enrolment.h"
#include "directory/entry.h"

extern const char *const enrolment_service_attributes[],
    *const enrolment_template_attributes[], *const enrolment_certificate_attributes[];

/* Each adds what one result holds. BAD_ANSWER never; NO_MEMORY. */
enum outcome enrolment_take_services(LDAP *handle, LDAPMessage *result, struct enrolment *enrolment,
                                     struct why *why);
enum outcome enrolment_take_templates(LDAP *handle, LDAPMessage *result,
                                      const struct person *person, struct enrolment *enrolment,
                                      struct why *why);
enum outcome enrolment_take_certificates(LDAP *handle, LDAPMessage *result,
                                         struct enrolment_ders *ders, struct why *why);

/* Of a value: a name that fits, or false. */
bool enrolment_name(const struct berval *value, char name[ENROLMENT_NAME]);

/* Of a value: numbers of priority, authentication and whether for renewal alone, the address, and
 * what is behind that, a line each; or false. */
bool enrolment_server_parse(const struct berval *value, struct enrolment_server *server);

/* Whether it is one SEQUENCE and nothing else. */
bool enrolment_is_der(const struct berval *value);

#endif
