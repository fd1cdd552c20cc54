/* SPDX-License-Identifier: MIT */
#include "cert/keep.h"

#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cert/key_find.h"
#include "cert/lock.h"

enum { AUTHORITY_ID = 20 /* bytes, by which they are told from those with a key */ };

static const char authority_name[] = "CA";

/* A certificate and what PKCS#11 wants to be told of it. */
struct parts {
    gnutls_datum_t der, subject, issuer;
    unsigned char serial[64];
    size_t serial_size;
};

static void parts_free(struct parts *parts)
{
    gnutls_free(parts->der.data);
    gnutls_free(parts->subject.data);
    gnutls_free(parts->issuer.data);
}

#define parts_auto __attribute__((cleanup(parts_free))) struct parts

/* The serial number is told as DER; X.509 has it in at most 20 bytes (RFC 5280 4.1.2.2). */
static enum outcome take_apart(gnutls_x509_crt_t certificate, struct parts *parts, struct why *why)
{
    parts->serial_size = sizeof parts->serial - 2;
    if (gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &parts->der) ||
        gnutls_x509_crt_get_raw_dn(certificate, &parts->subject) ||
        gnutls_x509_crt_get_raw_issuer_dn(certificate, &parts->issuer) ||
        gnutls_x509_crt_get_serial(certificate, parts->serial + 2, &parts->serial_size))
        return fail(why, REASON_BAD_ANSWER, "a certificate's names cannot be read");
    parts->serial[0] = 2;
    parts->serial[1] = (unsigned char)parts->serial_size;
    parts->serial_size += 2;
    return OUTCOME_OK;
}

/* Is this very certificate there already, as one of ours? */
static enum outcome is_there(const struct token *token, const struct parts *parts, bool *there,
                             struct why *why)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                                   ATTRIBUTE(CKA_VALUE, parts->der.data, parts->der.size) };
    objects_auto objects = { .count = 0 };
    enum outcome out = objects_find(token, match, 2, &objects, why);

    *there = false;
    for (size_t i = 0; !out && i < objects.count; i++)
        *there = *there || object_is_ours(token, objects.all[i], NULL);
    return out;
}

static enum outcome store(const struct token *token, gnutls_x509_crt_t certificate,
                          const unsigned char *id, size_t size, const char *name, struct why *why)
{
    CK_BBOOL in_token = object_begin(token), no = CK_FALSE;
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    char label[OBJECT_LABEL_MOST];
    parts_auto parts = { .serial_size = 0 };
    bool there = false;
    enum outcome out = take_apart(certificate, &parts, why);

    if (out || (out = is_there(token, &parts, &there, why)) || there)
        return out;
    (void)snprintf(label, sizeof label, OBJECT_LABEL "%s", name);
    const CK_ATTRIBUTE attributes[] = {
        ATTRIBUTE(CKA_CLASS, &class, sizeof class),
        ATTRIBUTE(CKA_CERTIFICATE_TYPE, &type, sizeof type),
        ATTRIBUTE(CKA_TOKEN, &in_token, sizeof in_token),
        ATTRIBUTE(CKA_PRIVATE, &no, sizeof no),
        ATTRIBUTE(CKA_ID, id, size),
        ATTRIBUTE(CKA_LABEL, label, strlen(label)),
        ATTRIBUTE(CKA_SUBJECT, parts.subject.data, parts.subject.size),
        ATTRIBUTE(CKA_ISSUER, parts.issuer.data, parts.issuer.size),
        ATTRIBUTE(CKA_SERIAL_NUMBER, parts.serial, parts.serial_size),
        ATTRIBUTE(CKA_VALUE, parts.der.data, parts.der.size),
    };
    return object_make(token, attributes, sizeof attributes / sizeof *attributes, why);
}

static enum outcome store_authority(const struct token *token, gnutls_x509_crt_t certificate,
                                    struct why *why)
{
    unsigned char id[AUTHORITY_ID];
    size_t size = sizeof id;

    if (gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA1, id, &size))
        return fail(why, REASON_BAD_ANSWER, "an authority's key cannot be read");
    return store(token, certificate, id, size, authority_name, why);
}

/* The certificate last: where it is, all is. */
static enum outcome store_all(const struct token *token, const struct key_id *id, const char *name,
                              const struct chain *chain, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (unsigned i = 1; !out && i < chain->count; i++)
        out = store_authority(token, chain->all[i], why);
    return out ? out : store(token, chain->all[0], id->bytes, KEY_ID, name, why);
}

enum outcome keep_chain(const struct token *token, const struct key_id *id, const char *name,
                        const struct chain *chain, struct asker *asker, struct why *why)
{
    enum key_state state = KEY_ABSENT;
    struct why other;
    fd_auto lock = -1;
    enum outcome out;

    if (strlen(name) > KEY_NAME_MOST)
        return fail(why, REASON_BAD_SETTING, "the name of a certificate is too long");
    if ((out = lock_take(token->folder, LOCK_OF_KEYS, asker, &lock, why)) ||
        (out = key_look(token, id, &state, why)))
        return out;
    if (state != KEY_WHOLE || !chain->count)
        return fail(why, REASON_NO_KEY, "there is no key for the certificate");
    if ((out = store_all(token, id, name, chain, why)) && keep_sweep(token, &other))
        return fail(why, other.reason, "a certificate of an authority is left: %s", other.text);
    return out;
}

enum outcome keep_prune(const struct token *token, const char *name, size_t newest,
                        const struct key_id *but, struct asker *asker, struct why *why)
{
    kept_list_auto list = { .count = 0 };
    size_t seen = but ? 1 : 0;
    fd_auto lock = -1;
    enum outcome out = lock_take(token->folder, LOCK_OF_KEYS, asker, &lock, why);

    if (!out)
        out = keep_list(token, &list, why);
    for (size_t i = 0; !out && i < list.count; i++) {
        const struct kept *kept = &list.all[i];
        enum key_state state = KEY_WHOLE;
        bool stays = but && !memcmp(&kept->id, but, sizeof *but);
        if (stays || strcmp(kept->name, name) != 0 ||
            (out = key_look(token, &kept->id, &state, why)))
            continue;
        /* What another program has put there takes nobody's place. */
        if (state != KEY_WHOLE || ++seen > (newest ? newest : 1))
            out = key_remove(token, &kept->id, why);
    }
    return out ? out : keep_sweep(token, why);
}

static bool fill_uri(P11KitUri *uri, const struct token *token, const struct key_id *id,
                     CK_OBJECT_CLASS class, char text[TOKEN_URI])
{
    CK_ATTRIBUTE attributes[] = { ATTRIBUTE(CKA_ID, id->bytes, KEY_ID),
                                  ATTRIBUTE(CKA_CLASS, &class, sizeof class) };
    char *whole = NULL;

    *p11_kit_uri_get_token_info(uri) = session_info(token);
    if (p11_kit_uri_set_attributes(uri, attributes, 2) ||
        p11_kit_uri_format(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, &whole))
        return false;
    bool fits = (size_t)snprintf(text, TOKEN_URI, "%s", whole) < TOKEN_URI;
    free(whole);
    return fits;
}

enum outcome keep_uri(const struct token *token, const struct key_id *id, enum keep_what what,
                      char uri[TOKEN_URI], struct why *why)
{
    P11KitUri *whole = p11_kit_uri_new();

    if (!whole)
        return fail_memory(why);
    bool done =
        fill_uri(whole, token, id, what == KEEP_KEY ? CKO_PRIVATE_KEY : CKO_CERTIFICATE, uri);
    p11_kit_uri_free(whole);
    return done ? OUTCOME_OK : fail(why, REASON_TOKEN_FAILED, "the key has no URI");
}
