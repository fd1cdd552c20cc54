/* SPDX-License-Identifier: MIT */
#include "kerberos/tickets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kerberos/ahead.h"
#include "kerberos/cache.h"
#include "kerberos/error.h"
#include "kerberos/open.h"

enum outcome tickets_open(struct tickets **tickets, struct why *why)
{
    struct tickets *made = calloc(1, sizeof *made);

    if (!made)
        return fail_memory(why);
    krb5_error_code code = krb5_init_context(&made->context);
    if (code) {
        free(made);
        return error_fail(why, NULL, code, "starting libkrb5");
    }
    carry_all(made);
    *tickets = made;
    return OUTCOME_OK;
}

void tickets_close(struct tickets **tickets)
{
    if (*tickets) {
        ahead_end(*tickets);
        krb5_free_context((*tickets)->context);
    }
    free(*tickets);
    *tickets = NULL;
}

bool tickets_spent(const struct tickets *tickets)
{
    return tickets->spent;
}

bool tickets_accepted(const struct tickets *tickets)
{
    return tickets->accepted;
}

static bool is_default(krb5_context context, const char *name)
{
    krb5_ccache cache;
    char *standard = NULL;

    if (krb5_cc_default(context, &cache))
        return false;
    bool same = !krb5_cc_get_full_name(context, cache, &standard) && !strcmp(standard, name);
    krb5_free_string(context, standard);
    (void)krb5_cc_close(context, cache);
    return same;
}

enum outcome ticket_describe(krb5_context context, krb5_ccache cache, const krb5_creds *creds,
                             struct ticket *ticket, struct why *why)
{
    char *principal = NULL, *user = NULL, *name = NULL;
    krb5_error_code code;

    *ticket = (struct ticket){ .end = (time_t)(uint32_t)creds->times.endtime };
    if (creds->ticket_flags & TKT_FLG_RENEWABLE)
        ticket->renewable_end = (time_t)(uint32_t)creds->times.renew_till;
    if (!(code = krb5_unparse_name(context, creds->client, &principal)) &&
        !(code = krb5_unparse_name_flags(
              context, creds->client,
              KRB5_PRINCIPAL_UNPARSE_NO_REALM | KRB5_PRINCIPAL_UNPARSE_DISPLAY, &user)) &&
        !(code = krb5_cc_get_full_name(context, cache, &name))) {
        const krb5_data *realm = &creds->client->realm;
        (void)snprintf(ticket->principal, sizeof ticket->principal, "%s", principal);
        (void)snprintf(ticket->user, sizeof ticket->user, "%s", user);
        (void)snprintf(ticket->realm, sizeof ticket->realm, "%.*s", (int)realm->length,
                       realm->data);
        (void)snprintf(ticket->cache, sizeof ticket->cache, "%s", name);
        ticket->is_default = is_default(context, name);
    }
    krb5_free_unparsed_name(context, principal);
    krb5_free_unparsed_name(context, user);
    krb5_free_string(context, name);
    return code ? error_fail(why, context, code, "reading the ticket") : OUTCOME_OK;
}

/* Is it the ticket-granting ticket of its own realm: krbtgt/REALM@REALM? */
static bool is_tgt(krb5_context context, const krb5_creds *creds)
{
    krb5_const_principal server = creds->server;

    return server->length == 2 && server->data[0].length == strlen(KRB5_TGS_NAME) &&
           !memcmp(server->data[0].data, KRB5_TGS_NAME, server->data[0].length) &&
           server->data[1].length == creds->client->realm.length &&
           !memcmp(server->data[1].data, creds->client->realm.data, server->data[1].length) &&
           krb5_realm_compare(context, server, creds->client);
}

/* The entry of the cache that is the TGT. */
krb5_error_code ticket_entry(krb5_context context, krb5_ccache cache, krb5_creds *creds)
{
    krb5_cc_cursor cursor;
    krb5_error_code code = krb5_cc_start_seq_get(context, cache, &cursor);

    if (code)
        return code;
    while (!(code = krb5_cc_next_cred(context, cache, &cursor, creds))) {
        if (is_tgt(context, creds))
            break;
        krb5_free_cred_contents(context, creds);
    }
    (void)krb5_cc_end_seq_get(context, cache, &cursor);
    return code == KRB5_CC_END ? KRB5_CC_NOTFOUND : code;
}

enum outcome ticket_read(krb5_context context, krb5_ccache cache, struct ticket *ticket,
                         struct why *why)
{
    krb5_creds creds = { 0 };
    krb5_error_code code = ticket_entry(context, cache, &creds);
    enum outcome out = code ? error_fail(why, context, code, krb5_cc_get_name(context, cache))
                            : ticket_describe(context, cache, &creds, ticket, why);

    krb5_free_cred_contents(context, &creds);
    return out;
}

enum outcome tickets_find(struct tickets *tickets, const char *ccache, const char *hint,
                          const char *principal, struct ticket *ticket, struct why *why)
{
    krb5_ccache cache;
    enum outcome out = cache_find(tickets->context, ccache, hint, principal, &cache, why);

    if (out)
        return out;
    out = ticket_read(tickets->context, cache, ticket, why);
    (void)krb5_cc_close(tickets->context, cache);
    return out;
}

enum outcome tickets_check(struct tickets *tickets, const char *ccache, struct why *why)
{
    return cache_check(tickets->context, ccache, why);
}

static enum outcome renew_in(struct tickets *tickets, krb5_ccache cache, struct ticket *ticket,
                             struct why *why)
{
    krb5_context context = tickets->context;
    krb5_creds creds = { 0 };
    bool was_default = ticket->is_default;
    enum outcome out;

    if (!(out = ahead_renew(tickets, cache, ticket, &creds, why)) &&
        !(out = cache_write(context, cache, &creds, why)))
        out = ticket_describe(context, cache, &creds, ticket, why);
    ticket->is_default = was_default;
    krb5_free_cred_contents(context, &creds);
    return out;
}

enum outcome tickets_renew(struct tickets *tickets, struct ticket *ticket, struct why *why)
{
    krb5_context context = tickets->context;
    krb5_ccache cache;

    if (ticket->renewable_end <= time(NULL) || ticket->end <= time(NULL))
        return fail(why, REASON_TICKET_EXPIRED, "%s: the ticket %s", ticket->principal,
                    ticket->end <= time(NULL) ? "has expired" : "cannot be renewed");
    krb5_error_code code = krb5_cc_resolve(context, ticket->cache, &cache);
    if (code)
        return error_fail(why, context, code, ticket->cache);
    enum outcome out = renew_in(tickets, cache, ticket, why);
    (void)krb5_cc_close(context, cache);
    return out;
}

enum outcome tickets_destroy(struct tickets *tickets, const struct ticket *ticket, struct why *why)
{
    krb5_ccache cache;
    krb5_error_code code = krb5_cc_resolve(tickets->context, ticket->cache, &cache);

    if (!code)
        code = krb5_cc_destroy(tickets->context, cache);
    return code ? error_fail(why, tickets->context, code, ticket->cache) : OUTCOME_OK;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* The path in the name of a cache that has one; without a kind it is a FILE. */
static const char *cache_path(const char *name)
{
    static const char *const kinds[] = { "FILE:", "DIR::", "DIR:" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(name, kinds[i], strlen(kinds[i])))
            return name + strlen(kinds[i]);
    return strchr(name, ':') ? NULL : name;
}

/* A collection in a folder that is there stays in it; one that is not must be made first. */
static enum outcome find_folder(const char *name, struct ticket_place *place, struct why *why)
{
    const char *path = cache_path(name), *slash = path ? strrchr(path, '/') : NULL;
    bool whole = path && !strncmp(name, "DIR:", 4) && path == name + 4 && is_folder(path);
    int n = 0;

    if (whole)
        n = snprintf(place->folder, sizeof place->folder, "%s", path);
    else if (slash)
        n = snprintf(place->folder, sizeof place->folder, "%.*s",
                     (int)(slash - path) + (slash == path), path);
    else if (path)
        n = snprintf(place->folder, sizeof place->folder, ".");
    if (n < 0 || (size_t)n >= sizeof place->folder)
        return fail(why, REASON_CACHE_UNUSABLE, "the name is too long: %.100s", name);
    return OUTCOME_OK;
}

enum outcome tickets_place(const char *ccache, struct ticket_place *place, struct why *why)
{
    tickets_auto *tickets = NULL;
    enum outcome out;

    *place = (struct ticket_place){ .folder = "" };
    if (!ccache && (out = tickets_open(&tickets, why)))
        return out;
    const char *name = ccache ? ccache : krb5_cc_default_name(tickets->context);
    place->local_socket = !strncmp(name, "KCM:", 4);
    place->keyring = !strncmp(name, "KEYRING:", 8);
    return find_folder(name, place, why);
}
