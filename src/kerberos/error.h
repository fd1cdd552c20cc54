/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: codes of libkrb5 become reasons, by a table and never by text.
 */
#ifndef KERBEROS_ERROR_H
#define KERBEROS_ERROR_H

#include <krb5.h>

#include "base/outcome.h"

/* What a code of libkrb5 means. */
enum reason error_reason(krb5_error_code code);

/* Fails with the reason of the code and libkrb5's own sentence after "what". */
enum outcome error_fail(struct why *why, krb5_context context, krb5_error_code code,
                        const char *what);

/* The same for a KRB-ERROR that a KDC sent: its NTSTATUS tells apart what one code hides, and its
 * clock how far ours is off. kdc names the server; error may be NULL. */
enum outcome error_fail_kdc(struct why *why, krb5_context context, krb5_error_code code,
                            const krb5_error *error, const char *kdc);

#endif
