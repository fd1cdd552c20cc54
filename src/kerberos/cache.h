/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: which ticket cache is ours. A cache that holds another principal is never
 * touched: in a collection (DIR, KEYRING, KCM) ours is another member and the default is not
 * switched; beside a FILE it is a file of its own, named after the principal.
 */
#ifndef KERBEROS_CACHE_H
#define KERBEROS_CACHE_H

#include <krb5.h>

#include "base/outcome.h"

/* Where a ticket of this principal goes. name is the caller's KRB5CCNAME, NULL for libkrb5's
 * default. The handle is the caller's. */
enum outcome cache_choose(krb5_context context, const char *name, krb5_const_principal principal,
                          krb5_ccache *cache, struct why *why);

/* The cache that holds a ticket of this principal ("user@REALM"; NULL: of whoever is in the
 * default one): named by hint, or where cache_choose would put it. not-signed-in if none. */
enum outcome cache_find(krb5_context context, const char *name, const char *hint,
                        const char *principal, krb5_ccache *cache, struct why *why);

/* NOT_OURS for a file of another or a link; CACHE_UNUSABLE for a kind that does not outlive us. */
enum outcome cache_check_kind(krb5_context context, krb5_ccache cache, struct why *why);

/* Can a ticket be kept in the caller's cache (NULL: the default)? */
enum outcome cache_check(krb5_context context, const char *name, struct why *why);

/* Replaces the content by these credentials, whole or not at all. The default of a collection
 * stays. */
enum outcome cache_write(krb5_context context, krb5_ccache cache, krb5_creds *creds,
                         struct why *why);

#endif
