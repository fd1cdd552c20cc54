/* SPDX-License-Identifier: MIT */
#include "cert/receipt.h"

#include <string.h>

#include "cert/names.h"

enum { DAY = 86400, DAYS_MOST = 3660, KEY_ID_BYTES = 32 };

static bool is_of_key(gnutls_x509_crt_t certificate, const unsigned char wanted[KEY_ID_BYTES])
{
    unsigned char id[KEY_ID_BYTES];
    size_t size = sizeof id;

    return !gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, id, &size) &&
           size == sizeof id && !memcmp(id, wanted, sizeof id);
}

static enum outcome find(const struct receipt *receipt, const struct chain *came,
                         gnutls_x509_crt_t *certificate, struct why *why)
{
    unsigned char wanted[KEY_ID_BYTES];
    size_t size = sizeof wanted;

    if (gnutls_pubkey_get_key_id(receipt->key, GNUTLS_KEYID_USE_SHA256, wanted, &size) ||
        size != sizeof wanted)
        return fail_memory(why);
    for (unsigned i = 0; i < came->count; i++)
        if (is_of_key(came->all[i], wanted)) {
            *certificate = came->all[i];
            return OUTCOME_OK;
        }
    return fail(why, REASON_CERTIFICATE_OTHER_KEY, "none of %u certificates is for our key",
                came->count);
}

static enum outcome check_time(gnutls_x509_crt_t certificate, time_t now, struct why *why)
{
    time_t begin = gnutls_x509_crt_get_activation_time(certificate);
    time_t end = gnutls_x509_crt_get_expiration_time(certificate);

    if (begin < 0 || end < 0 || begin > end)
        return fail(why, REASON_CERTIFICATE_TIME, "it says nothing of when it is valid");
    if (begin > now)
        return fail(why, REASON_CERTIFICATE_TIME, "it will be valid in %ld minutes",
                    (long)(begin - now) / 60 + 1);
    if (end <= now)
        return fail(why, REASON_CERTIFICATE_TIME, "it ended %ld minutes ago",
                    (long)(now - end) / 60);
    if (end - begin > (time_t)DAYS_MOST * DAY)
        return fail(why, REASON_CERTIFICATE_TIME, "it is valid for %ld days",
                    (long)((end - begin) / DAY));
    return OUTCOME_OK;
}

static enum outcome check_use(const struct receipt *receipt, gnutls_x509_crt_t certificate,
                              struct why *why)
{
    unsigned usage = 0, critical;
    int code = gnutls_x509_crt_get_key_usage(certificate, &usage, &critical);

    if (gnutls_x509_crt_get_ca_status(certificate, &critical) > 0)
        return fail(why, REASON_CERTIFICATE_UNFIT, "it is one of an authority");
    if (code != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE &&
        (code || !(usage & GNUTLS_KEY_DIGITAL_SIGNATURE)))
        return fail(why, REASON_CERTIFICATE_UNFIT, "it is not for signatures");
    if (receipt->for_clients &&
        !gnutls_x509_crt_check_key_purpose(certificate, GNUTLS_KP_TLS_WWW_CLIENT, 0))
        return fail(why, REASON_CERTIFICATE_UNFIT,
                    "its uses lack client authentication, which the template has");
    return OUTCOME_OK;
}

/* The list owns those that it takes. */
static enum outcome trust(gnutls_x509_trust_list_t list, const struct chain *authorities,
                          struct why *why)
{
    chain_auto copies = { .count = 0 };
    enum outcome out = OUTCOME_OK;

    for (unsigned i = 0; !out && i < authorities->count; i++)
        out = chain_add(&copies, authorities->all[i], why);
    while (!out && copies.count) {
        if (gnutls_x509_trust_list_add_cas(list, &copies.all[copies.count - 1], 1, 0) != 1)
            return fail_memory(why);
        copies.count--;
    }
    return out;
}

static enum outcome judge(const struct receipt *receipt, gnutls_x509_trust_list_t list,
                          const struct chain *came, gnutls_x509_crt_t certificate, struct why *why)
{
    gnutls_x509_crt_t shown[CHAIN_MOST] = { certificate };
    unsigned count = 1, verdict = 0;
    enum outcome out = trust(list, receipt->authorities, why);

    for (unsigned i = 0; i < came->count; i++)
        if (came->all[i] != certificate)
            shown[count++] = came->all[i];
    if (out)
        return out;
    if (gnutls_x509_trust_list_verify_crt2(
            list, shown, count, NULL, 0, (unsigned)GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM),
            &verdict, NULL))
        return fail(why, REASON_BAD_ANSWER, "the certificate cannot be checked");
    if (verdict & GNUTLS_CERT_INSECURE_ALGORITHM)
        return fail(why, REASON_CERTIFICATE_UNFIT, "it, or an authority of it, is too weak");
    if (verdict)
        return fail(why, REASON_CERTIFICATE_OTHER_CA,
                    "it is not from the authority that was asked (0x%x)", verdict);
    return OUTCOME_OK;
}

static enum outcome check_authority(const struct receipt *receipt, const struct chain *came,
                                    gnutls_x509_crt_t certificate, struct why *why)
{
    gnutls_x509_trust_list_t list;

    if (gnutls_x509_trust_list_init(&list, 0))
        return fail_memory(why);
    enum outcome out = judge(receipt, list, came, certificate, why);
    gnutls_x509_trust_list_deinit(list, 1);
    return out;
}

/* Not every one that has the name has signed. */
static bool has_issued(gnutls_x509_crt_t authority, gnutls_x509_crt_t certificate)
{
    unsigned verdict = 0;

    return gnutls_x509_crt_check_issuer(certificate, authority) &&
           !gnutls_x509_crt_verify(certificate, &authority, 1, 0, &verdict) && !verdict;
}

static gnutls_x509_crt_t issuer_of(gnutls_x509_crt_t certificate, const struct chain *among)
{
    for (unsigned i = 0; i < among->count; i++)
        if (has_issued(among->all[i], certificate))
            return among->all[i];
    return NULL;
}

/* From the certificate up, to the authority or what is above it. */
static enum outcome put_in_order(const struct receipt *receipt, const struct chain *came,
                                 gnutls_x509_crt_t certificate, struct chain *kept, struct why *why)
{
    gnutls_x509_crt_t next = certificate;
    enum outcome out = OUTCOME_OK;

    *kept = (struct chain){ .count = 0 };
    while (next && kept->count < CHAIN_MOST && !(out = chain_add(kept, next, why))) {
        gnutls_x509_crt_t above = issuer_of(next, receipt->authorities);
        if (!above)
            above = issuer_of(next, came);
        next = above && !gnutls_x509_crt_equals(above, next) ? above : NULL;
    }
    if (out)
        chain_free(kept);
    return out;
}

enum outcome receipt_check(const struct receipt *receipt, const struct chain *came,
                           struct chain *kept, struct why *why)
{
    gnutls_x509_crt_t certificate = NULL;
    enum outcome out;

    if ((out = find(receipt, came, &certificate, why)) ||
        (out = check_time(certificate, receipt->now, why)) ||
        (out = check_use(receipt, certificate, why)) ||
        (out = check_authority(receipt, came, certificate, why)) ||
        (out = names_check(certificate, receipt->person, why)))
        return fail_in(why, "the certificate that came");
    return put_in_order(receipt, came, certificate, kept, why);
}
