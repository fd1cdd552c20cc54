/* SPDX-License-Identifier: MIT */
#include "kerberos/change.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "kerberos/attempt.h"
#include "kerberos/exchange.h"
#include "kerberos/kpasswd.h"

enum { REPLY_MS = 10000 };

struct change {
    krb5_context context;
    krb5_creds creds;
    struct kdc server;
    char name[256];
};

enum outcome change_begin(struct tickets *tickets, const struct ticket_request *request,
                          struct change **change, struct why *why)
{
    char other_realm[256];
    struct change *made = calloc(1, sizeof *made);

    if (!made)
        return fail_memory(why);
    made->context = tickets->context;
    made->server = (struct kdc){ .name = made->name,
                                 .address = request->address,
                                 .asker = request->asker,
                                 .budget_ms = request->budget_ms };
    (void)snprintf(made->name, sizeof made->name, "%s", request->kdc);
    asker_step(request->asker, "Checking the password of %s at %s", request->user, request->kdc);
    enum outcome out =
        attempt_run(tickets, request, "kadmin/changepw", &made->creds, other_realm, why);
    if (out)
        change_free(&made);
    *change = made;
    return out;
}

void change_free(struct change **change)
{
    if (*change)
        krb5_free_cred_contents((*change)->context, &(*change)->creds);
    free(*change);
    *change = NULL;
}

bool change_principal(const struct change *change, char *principal, size_t size)
{
    char *name = NULL;

    if (krb5_unparse_name(change->context, change->creds.client, &name))
        return false;
    bool fits = (size_t)snprintf(principal, size, "%s", name) < size;
    krb5_free_unparsed_name(change->context, name);
    return fits;
}

/* From here on the request may have arrived: whatever goes wrong, only a sign-in can tell. */
static enum outcome send_once(struct change *change, struct kpasswd *kpasswd, int fd,
                              const krb5_data *request, struct why *why)
{
    krb5_data reply = { 0 };

    enum outcome out = exchange_on(&change->server, fd, request, &reply, why);

    if (out) {
        return fail_as(why, REASON_CHANGE_UNKNOWN);
    }
    out = kpasswd_reply(kpasswd, &reply, why);
    free(reply.data);
    return out;
}

enum outcome change_finish(struct change *change, const struct secret *new_password,
                           struct why *why)
{
    struct kpasswd kpasswd = { .context = change->context, .server = change->name };
    krb5_data request = { 0 };
    fd_auto fd = -1;
    enum outcome out;

    change->server.budget_ms = REPLY_MS; /* each try anew */
    change->server.reserve_ms = 0;
    asker_step(change->server.asker, "Changing the password at %s", change->name);
    if (!(out = exchange_dial(&change->server, KPASSWD_PORT, &fd, why)) &&
        !(out = kpasswd_request(&kpasswd, &change->creds, fd, new_password, &request, why)))
        out = send_once(change, &kpasswd, fd, &request, why);
    free(request.data);
    kpasswd_end(&kpasswd);
    return out;
}
