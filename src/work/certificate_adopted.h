/* SPDX-License-Identifier: MIT
 *
 * Within work: certificates that were in a token already, and are in our care: which they are is
 * written down (certificates/NAME.adopted, no secret), with the certificate as it was then, so that
 * its end is known while its card is elsewhere. Nothing in the token is ever changed.
 */
#ifndef WORK_CERTIFICATE_ADOPTED_H
#define WORK_CERTIFICATE_ADOPTED_H

#include "cert/card.h"
#include "work/certificate.h"

struct adopted {
    char name[KEY_NAME_MOST + 1];
    char identity[NAME_IDENTITY_MOST + 1];
    char uri[TOKEN_URI], key_uri[TOKEN_URI]; /* of these and no other ones */
    gnutls_x509_crt_t certificate;
};

void adopted_free(struct adopted *adopted);
#define adopted_auto __attribute__((cleanup(adopted_free))) struct adopted

/* OK with has false: there is none of that name of the errand's identity. other-kind: another
 * identity has it. */
enum outcome adopted_read(const struct certificates *all, const char *name, struct adopted *adopted,
                          bool *has, struct why *why);
enum outcome adopted_write(const struct certificates *all, const struct adopted *adopted,
                           struct why *why);
enum outcome adopted_forget(const struct certificates *all, const char *name, struct why *why);

/* Its lines in the file; false if they are damaged. */
bool adopted_parse(struct adopted *adopted, const char *lines, size_t length);

/* Calls for each of the identity's, in the order of their names. */
typedef enum outcome adopted_function(struct certificates *all, const struct adopted *adopted,
                                      struct why *why);
enum outcome adopted_each(struct certificates *all, adopted_function *function, struct why *why);

/* Its row of the result. */
void adopted_tell(struct certificates *all, const struct adopted *adopted, const char *did);

/* What the setting certificate of the identity means; the caller's. */
enum outcome card_of_settings(struct errand *errand, struct card *card, struct why *why);

/* certificate adopt. */
enum outcome certificate_adopt(struct certificates *all, struct why *why);

/* What the verb does for one of that name: tells it, and by its name or in time that it has to be
 * renewed elsewhere. OK with has false: there is none, or one of our own is to take its place. */
enum outcome adopted_do(struct certificates *all, const struct wanted *wanted, bool named,
                        bool *has, struct why *why);

/* The same of a name that is not in the settings, and of all those. */
enum outcome adopted_do_other(struct certificates *all, const char *name, struct why *why);
enum outcome adopted_do_rest(struct certificates *all, struct why *why);

/* certificate remove: the care ends, and that is all. */
enum outcome adopted_end_care(struct certificates *all, const char *name, bool *has,
                              struct why *why);

#endif
