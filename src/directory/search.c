/* SPDX-License-Identifier: MIT */
#include "directory/search.h"

void search_result_free(LDAPMessage **result)
{
    (void)ldap_msgfree(*result);
}

enum outcome search_send(const struct search *search, const char *base, int scope,
                         const char *filter, const char *const *attributes, LDAPControl **controls,
                         int *id, struct why *why)
{
    int code = ldap_search_ext(server_handle(search->server), base, scope, filter,
                               (char **)attributes, 0, controls, NULL, NULL, LDAP_NO_LIMIT, id);

    return code ? server_fail(search->server, code, "asking", why) : OUTCOME_OK;
}

enum outcome search_receive(const struct search *search, int id, LDAPMessage **result, int *code,
                            struct why *why)
{
    enum outcome out = server_wait(search->server, id, search->end_ms, search->asker, result, why);

    if (!out &&
        ldap_parse_result(server_handle(search->server), *result, code, NULL, NULL, NULL, NULL, 0))
        return fail(why, REASON_BAD_ANSWER, "%s: malformed result", server_host(search->server));
    return out;
}

enum outcome search_receive_well(const struct search *search, int id, const char *step,
                                 LDAPMessage **result, struct why *why)
{
    int code = 0;
    enum outcome out = search_receive(search, id, result, &code, why);

    return out || !code ? out : server_fail(search->server, code, step, why);
}
