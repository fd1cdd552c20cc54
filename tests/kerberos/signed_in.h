/* SPDX-License-Identifier: MIT
 *
 * Tickets that no KDC ever saw, put where sign-in would put them. For the tests of kerberos.
 */
#ifndef TESTS_KERBEROS_SIGNED_IN_H
#define TESTS_KERBEROS_SIGNED_IN_H

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kerberos/cache.h"
#include "kerberos/tickets.h"

static struct why why;
static char key_bytes[32] = "THIS-IS-THE-MARKED-SESSION-KEY!!";
static char ticket_bytes[400];

static inline krb5_context open_context(void)
{
    krb5_context context;

    (void)setenv("KRB5_CONFIG", "/dev/null", 1);
    assert_int_equal(krb5_init_context(&context), 0);
    return context;
}

static inline krb5_principal principal(krb5_context context, const char *name)
{
    krb5_principal made;

    assert_int_equal(krb5_parse_name(context, name, &made), 0);
    return made;
}

/* A ticket-granting ticket that no KDC ever saw; borrowed parts but for the names. */
static inline krb5_creds creds_of(krb5_context context, const char *name)
{
    krb5_creds creds = { 0 };
    const char *realm = strchr(name, '@') + 1;
    char server[200];

    (void)snprintf(server, sizeof server, "krbtgt/%s@%s", realm, realm);
    creds.client = principal(context, name);
    creds.server = principal(context, server);
    creds.keyblock.enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96;
    creds.keyblock.length = sizeof key_bytes;
    creds.keyblock.contents = (krb5_octet *)key_bytes;
    creds.times.endtime = 2000000000;
    creds.times.renew_till = 2000600000;
    creds.ticket_flags = TKT_FLG_RENEWABLE;
    creds.ticket.length = sizeof ticket_bytes;
    creds.ticket.data = ticket_bytes;
    return creds;
}

/* Signs name in as sign-in would: chooses, then writes. Tells where to, in full. */
static inline enum outcome sign_in(const char *ccache, const char *name, char *where, size_t size)
{
    krb5_context context = open_context();
    krb5_creds creds = creds_of(context, name);
    krb5_ccache cache;
    char *full;
    enum outcome out = cache_choose(context, ccache, creds.client, &cache, &why);

    if (!out) {
        assert_int_equal(krb5_cc_get_full_name(context, cache, &full), 0);
        (void)snprintf(where, size, "%s", full);
        krb5_free_string(context, full);
        out = cache_write(context, cache, &creds, &why);
        (void)krb5_cc_close(context, cache);
    }
    krb5_free_principal(context, creds.client);
    krb5_free_principal(context, creds.server);
    krb5_free_context(context);
    return out;
}

static inline enum outcome find(const char *ccache, const char *hint, const char *name,
                                struct ticket *ticket)
{
    tickets_auto *tickets = NULL;

    (void)setenv("KRB5_CONFIG", "/dev/null", 1);
    assert_int_equal(tickets_open(&tickets, &why), 0);
    return tickets_find(tickets, ccache, hint, name, ticket, &why);
}

/* "FILE:/.../name" */
static inline const char *cache_name(const char *type, const char *name)
{
    static char text[300];

    (void)snprintf(text, sizeof text, "%s:%s/%s", type, test_folder(), name);
    return text;
}
#endif
