/* SPDX-License-Identifier: MIT */
#include "directory/netlogon.h"

#include <lber.h>
#include <ldap.h>
#include <string.h>

#include "base/text.h"
#include "base/der.h"
#include "directory/dns.h"

/* NETLOGON_NT_VERSION_5, _5EX and _5EX_WITH_CLOSEST_SITE (MS-ADTS 6.3.1.1), 4 bytes little-endian.
 */
enum { NT_VERSION = 0x16, NT_VERSION_BYTES = 4 };

/* Opcodes, MS-ADTS 6.3.1.3. */
enum { SAM_LOGON_RESPONSE_EX = 23, SAM_PAUSE_RESPONSE_EX = 24, SAM_USER_UNKNOWN_EX = 25 };

enum { HEAD = 8, GUID = 16, TAIL = 8, LABEL_MOST = 63, POINTER = 0xc0 };

size_t netlogon_ask(const char *domain, int id, unsigned char bytes[NETLOGON_REQUEST])
{
    const char version[NT_VERSION_BYTES] = { NT_VERSION };
    BerElement *ber = dns_is_name(domain) ? ber_alloc_t(LBER_USE_DER) : NULL;
    struct berval *message = NULL;
    size_t length = 0;

    if (!ber)
        return 0;
    if (ber_printf(ber, "{it{seeiibt{t{ss}t{so}}{s}}}", id, LDAP_REQ_SEARCH, "", LDAP_SCOPE_BASE,
                   LDAP_DEREF_NEVER, 0, 0, 0, LDAP_FILTER_AND, LDAP_FILTER_EQUALITY, "DnsDomain",
                   domain, LDAP_FILTER_EQUALITY, "NtVer", version, (ber_len_t)sizeof version,
                   "netlogon") != -1 &&
        !ber_flatten(ber, &message) && message->bv_len <= NETLOGON_REQUEST) {
        length = message->bv_len;
        memcpy(bytes, message->bv_val, length);
    }
    ber_bvfree(message);
    ber_free(ber, 1);
    return length;
}

/* Finds the one value of the one attribute; false if the message is malformed. No entry at all
 * leaves value->at NULL. */
static bool find_value(struct der message, int id, struct der *value)
{
    struct der envelope, number, entry, list, attribute, type;
    ber_tag_t tag;
    int got = 0;

    value->at = NULL;
    if (!der_take_as(&message, LBER_SEQUENCE, &envelope) ||
        !der_take_as(&envelope, LBER_INTEGER, &number) || number.end - number.at > 4 ||
        !der_take(&envelope, &tag, &entry))
        return false;
    while (number.at < number.end)
        got = (int)((unsigned)got << 8 | *number.at++);
    if (got != id)
        return false;
    if (tag == LDAP_RES_SEARCH_RESULT)
        return true;
    return tag == LDAP_RES_SEARCH_ENTRY && der_take_as(&entry, LBER_OCTETSTRING, &type) &&
           der_take_as(&entry, LBER_SEQUENCE, &list) &&
           der_take_as(&list, LBER_SEQUENCE, &attribute) &&
           der_take_as(&attribute, LBER_OCTETSTRING, &type) &&
           der_take_as(&attribute, LBER_SET, &list) && der_take_as(&list, LBER_OCTETSTRING, value);
}

/* Reads the name at *at, compressed as RFC 1035 4.1.4 says; pointers go backward only, so that they
 * end. Moves *at behind it. */
static bool take_name(const struct der *blob, const unsigned char **at, char name[NETLOGON_NAME])
{
    const unsigned char *read = *at, *lowest = *at;
    size_t used = 0;
    bool jumped = false;

    for (;;) {
        if (read >= blob->end)
            return false;
        unsigned size = *read++;
        if ((size & POINTER) == POINTER) {
            if (read >= blob->end)
                return false;
            size_t offset = (size & ~(unsigned)POINTER) << 8 | *read++;
            if (!jumped)
                *at = read;
            jumped = true;
            if (offset >= (size_t)(lowest - blob->at))
                return false;
            lowest = read = blob->at + offset;
            continue;
        }
        if (size > LABEL_MOST || size > (size_t)(blob->end - read) ||
            used + size + 2 > NETLOGON_NAME)
            return false;
        if (!size)
            break;
        if (used)
            name[used++] = '.';
        memcpy(name + used, read, size);
        used += size;
        read += size;
    }
    name[used] = '\0';
    if (!jumped)
        *at = read;
    return text_is_clean(name, used);
}

static bool take_names(const struct der *blob, struct netlogon *answer)
{
    char *const names[] = { answer->forest,         answer->domain,       answer->host,
                            answer->netbios_domain, answer->netbios_host, answer->user,
                            answer->dc_site,        answer->client_site };
    const unsigned char *at = blob->at + HEAD + GUID;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!take_name(blob, &at, names[i]))
            return false;
    /* The next site is there only if the DC knows of one. */
    if (blob->end - at > TAIL && !take_name(blob, &at, answer->next_site))
        return false;
    return blob->end - at >= TAIL && dns_is_name(answer->forest) && dns_is_name(answer->domain) &&
           dns_is_name(answer->host);
}

enum outcome netlogon_parse(const unsigned char *bytes, size_t length, int id,
                            struct netlogon *answer, struct why *why)
{
    struct der blob;

    memset(answer, 0, sizeof *answer);
    if (!find_value((struct der){ bytes, bytes + length }, id, &blob))
        return fail(why, REASON_BAD_ANSWER, "its answer to the ping is malformed");
    if (!blob.at || blob.at == blob.end)
        return fail(why, REASON_NO_DOMAIN, "it does not serve the domain");
    if (blob.end - blob.at < HEAD + GUID)
        return fail(why, REASON_BAD_ANSWER, "its answer to the ping is too short");
    int opcode = blob.at[0] | blob.at[1] << 8;
    if (opcode == SAM_PAUSE_RESPONSE_EX)
        return fail(why, REASON_NO_SERVER, "it is paused");
    if (opcode != SAM_LOGON_RESPONSE_EX && opcode != SAM_USER_UNKNOWN_EX)
        return fail(why, REASON_BAD_ANSWER, "its answer to the ping is of kind %d", opcode);
    answer->flags = blob.at[4] | (uint32_t)blob.at[5] << 8 | (uint32_t)blob.at[6] << 16 |
                    (uint32_t)blob.at[7] << 24;
    memcpy(answer->domain_guid, blob.at + HEAD, GUID);
    if (!take_names(&blob, answer)) {
        memset(answer, 0, sizeof *answer);
        return fail(why, REASON_BAD_ANSWER, "its answer to the ping has malformed names");
    }
    return OUTCOME_OK;
}
