/* SPDX-License-Identifier: MIT
 *
 * A look at the certificate of a domain controller.
 */
#include "net/look.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "work/errand.h"

enum { LDAPS_PORT_NUMBER = 636, SENTENCE_MOST = 600 };

enum outcome errand_look(struct errand *errand, const struct dc *dc, struct why *why)
{
    const char *ca = conf_text(errand->conf, errand->identity, SETTING_CA_FILE);
    struct sockaddr_storage address = { 0 };
    text_auto *sentence = text_new(SENTENCE_MOST);
    struct look look;
    enum outcome out;

    if (!sentence)
        return fail_memory(why);
    memcpy(&address, &dc->address, sizeof dc->address);
    if (address.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&address)->sin6_port = htons(LDAPS_PORT_NUMBER);
    else
        ((struct sockaddr_in *)&address)->sin_port = htons(LDAPS_PORT_NUMBER);
    if ((out = look_at(&address, dc->host, *ca ? ca : NULL,
                       errand_left(errand) - errand_reserve(errand), errand->asker, &look, why)))
        return out;
    if (!look_is_good(&look, dc->host, sentence))
        return fail(why, REASON_NOT_AUTHENTIC, "the certificate of %s: %s", dc->host,
                    text_peek(sentence));
    return OUTCOME_OK;
}
