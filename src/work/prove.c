/* SPDX-License-Identifier: MIT */
#include "work/prove.h"

enum outcome prove(struct tickets *tickets, const struct prove_request *request,
                   struct asker *asker, struct why *why)
{
    server_auto *server = NULL;
    enum outcome out;

    if (request->keytab >= 0) {
        out = tickets_verify(tickets, request->ticket, request->keytab, why);
        return out ? fail_in(why, "proving %s by this computer's key", request->dc->host)
                   : OUTCOME_OK;
    }
    struct server_request open = { .dc = request->dc,
                                   .ccache = request->ticket->cache,
                                   .protection = SERVER_LDAPS,
                                   .ca_file = request->ca_file,
                                   .budget_ms = request->budget_ms };
    out = server_open(&open, asker, &server, why);
    return out ? fail_in(why, "proving %s by TLS", request->dc->host) : OUTCOME_OK;
}
