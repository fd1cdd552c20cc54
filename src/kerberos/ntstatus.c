/* SPDX-License-Identifier: MIT */
#include "kerberos/ntstatus.h"

#include "base/der.h"

enum { TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_SEQUENCE = 0x30, TAG_1 = 0xa1, TAG_2 = 0xa2 };
enum { ERROR_TYPE_EXTENDED = 3, EXTENDED_SIZE = 12, DEPTH_MOST = 2 };

static const struct {
    uint32_t status;
    enum reason reason;
} statuses[] = {
    { 0xc000006a, REASON_WRONG_PASSWORD },       /* WRONG_PASSWORD */
    { 0xc000006d, REASON_WRONG_PASSWORD },       /* LOGON_FAILURE */
    { 0xc0000064, REASON_UNKNOWN_USER },         /* NO_SUCH_USER */
    { 0xc0000071, REASON_PASSWORD_EXPIRED },     /* PASSWORD_EXPIRED */
    { 0xc0000224, REASON_MUST_CHANGE },          /* PASSWORD_MUST_CHANGE */
    { 0xc0000234, REASON_ACCOUNT_LOCKED },       /* ACCOUNT_LOCKED_OUT */
    { 0xc0000072, REASON_DISABLED },             /* ACCOUNT_DISABLED */
    { 0xc0000193, REASON_ACCOUNT_EXPIRED },      /* ACCOUNT_EXPIRED */
    { 0xc000006f, REASON_OUTSIDE_HOURS },        /* INVALID_LOGON_HOURS */
    { 0xc0000070, REASON_NOT_THIS_COMPUTER },    /* INVALID_WORKSTATION */
    { 0xc00002fa, REASON_NEEDS_CERTIFICATE },    /* SMARTCARD_LOGON_REQUIRED */
    { 0xc00002f9, REASON_CERTIFICATE_UNMAPPED }, /* PKINIT_NAME_MISMATCH */
    { 0xc0000389, REASON_CERTIFICATE_REVOKED },  /* SMARTCARD_CERT_REVOKED */
    { 0xc000038a, REASON_CERTIFICATE_REFUSED },  /* ISSUING_CA_UNTRUSTED */
    { 0xc000038b, REASON_REVOCATION_UNKNOWN },   /* REVOCATION_OFFLINE_C */
    { 0xc000038c, REASON_CERTIFICATE_REFUSED },  /* PKINIT_CLIENT_FAILURE */
    { 0xc000038d, REASON_CERTIFICATE_ENDED },    /* SMARTCARD_CERT_EXPIRED */
};

/* Type [1] INTEGER, value [2] OCTET STRING: of PA-DATA and of KERB-ERROR-DATA alike. */
static bool read_typed(struct der typed, uint32_t *status)
{
    struct der tagged, type, value;

    if (!der_take_as(&typed, TAG_1, &tagged) || !der_take_as(&tagged, TAG_INTEGER, &type) ||
        type.end - type.at != 1 || *type.at != ERROR_TYPE_EXTENDED ||
        !der_take_as(&typed, TAG_2, &tagged) || !der_take_as(&tagged, TAG_OCTETS, &value) ||
        value.end - value.at != EXTENDED_SIZE)
        return false;
    *status = (uint32_t)value.at[0] | (uint32_t)value.at[1] << 8 | (uint32_t)value.at[2] << 16 |
              (uint32_t)value.at[3] << 24;
    return true;
}

static bool find_in(struct der bytes, int depth, uint32_t *status)
{
    struct der sequence;

    while (der_take_as(&bytes, TAG_SEQUENCE, &sequence))
        if (read_typed(sequence, status) ||
            (depth < DEPTH_MOST && find_in(sequence, depth + 1, status)))
            return true;
    return false;
}

bool ntstatus_find(const unsigned char *bytes, size_t length, uint32_t *status)
{
    return find_in((struct der){ bytes, bytes + length }, 1, status);
}

bool ntstatus_reason(uint32_t status, enum reason *reason)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i].status == status) {
            *reason = statuses[i].reason;
            return true;
        }
    return false;
}
