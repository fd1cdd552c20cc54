/* SPDX-License-Identifier: MIT */
#include "cert/plant.h"

#include <string.h>

#include "cert/key.h"

static enum outcome plant_both(const struct token *token, const gnutls_datum_t *der,
                               const struct key_id *id, const char *label, bool with_key,
                               struct why *why)
{
    static unsigned char curve[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 }, point[67];
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_OBJECT_CLASS certificate = CKO_CERTIFICATE, public = CKO_PUBLIC_KEY;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_KEY_TYPE ec = CKK_EC;
    const CK_ATTRIBUTE both[] = { ATTRIBUTE(CKA_TOKEN, &yes, sizeof yes),
                                  ATTRIBUTE(CKA_PRIVATE, &no, sizeof no),
                                  ATTRIBUTE(CKA_ID, id->bytes, KEY_ID),
                                  ATTRIBUTE(CKA_LABEL, label, strlen(label)) };
    CK_ATTRIBUTE one[8] = { ATTRIBUTE(CKA_CLASS, &certificate, sizeof certificate),
                            ATTRIBUTE(CKA_CERTIFICATE_TYPE, &type, sizeof type),
                            ATTRIBUTE(CKA_SUBJECT, "0", 1),
                            ATTRIBUTE(CKA_VALUE, der->data, der->size) };
    CK_ATTRIBUTE key[8] = { ATTRIBUTE(CKA_CLASS, &public, sizeof public),
                            ATTRIBUTE(CKA_KEY_TYPE, &ec, sizeof ec),
                            ATTRIBUTE(CKA_EC_PARAMS, curve, sizeof curve),
                            ATTRIBUTE(CKA_EC_POINT, point, sizeof point) };

    memcpy(one + 4, both, sizeof both);
    memcpy(key + 4, both, sizeof both);
    enum outcome out = object_make(token, one, 8, why);
    return out || !with_key ? out : object_make(token, key, 8, why);
}

enum outcome plant(const struct token *token, gnutls_x509_crt_t certificate, const char *label,
                   bool with_key, struct why *why)
{
    gnutls_datum_t der = { 0 };
    struct key_id id;
    enum outcome out;

    if ((out = key_new_id(&id, why)))
        return out;
    if (gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_DER, &der))
        return fail_memory(why);
    out = plant_both(token, &der, &id, label, with_key, why);
    gnutls_free(der.data);
    return out;
}
