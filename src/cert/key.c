/* SPDX-License-Identifier: MIT */
#include "cert/key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "cert/key_find.h"

enum { NUMBER_MOST = 1024 };

enum outcome key_new_id(struct key_id *id, struct why *why)
{
    if (getrandom(id->bytes, KEY_ID, 0) != KEY_ID)
        return fail(why, REASON_BROKEN, "no random bytes: %s", strerror(errno));
    return OUTCOME_OK;
}

void key_id_text(const struct key_id *id, char text[KEY_ID_TEXT])
{
    for (size_t i = 0; i < KEY_ID; i++)
        (void)sprintf(text + 2 * i, "%02x", id->bytes[i]);
}

bool key_id_parse(const char *text, struct key_id *id)
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(text) != KEY_ID_TEXT - 1 || strspn(text, digits) != KEY_ID_TEXT - 1)
        return false;
    for (size_t i = 0; i < KEY_ID; i++)
        id->bytes[i] = (unsigned char)((strchr(digits, text[2 * i]) - digits) << 4 |
                                       (strchr(digits, text[2 * i + 1]) - digits));
    return true;
}

enum outcome key_find(const struct token *token, CK_OBJECT_CLASS class, const struct key_id *id,
                      struct objects *objects, struct why *why)
{
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                                   ATTRIBUTE(CKA_ID, id ? id->bytes : NULL, KEY_ID) };

    return objects_find(token, match, id ? 2 : 1, objects, why);
}

/* A number or a text of the public key. */
struct number {
    unsigned char bytes[NUMBER_MOST];
    size_t size;
};

static enum outcome get(const struct token *token, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type,
                        struct number *number, struct why *why)
{
    return object_get(token, key, type, number->bytes, NUMBER_MOST, &number->size, why);
}

static int import_numbers(gnutls_pubkey_t key, bool is_rsa, struct number *first,
                          struct number *second)
{
    gnutls_datum_t one = { first->bytes, (unsigned)first->size };
    gnutls_datum_t other = { second->bytes, (unsigned)second->size };

    return is_rsa ? gnutls_pubkey_import_rsa_raw(key, &one, &other)
                  : gnutls_pubkey_import_ecc_x962(key, &one, &other);
}

/* GnuTLS counts the bits of a curve only in a key that it has read as a whole. */
static int import(gnutls_pubkey_t key, bool is_rsa, struct number *first, struct number *second)
{
    gnutls_pubkey_t raw;
    gnutls_datum_t der = { 0 };
    int code = gnutls_pubkey_init(&raw);

    if (code)
        return code;
    if (!(code = import_numbers(raw, is_rsa, first, second)) &&
        !(code = gnutls_pubkey_export2(raw, GNUTLS_X509_FMT_DER, &der)))
        code = gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER);
    gnutls_free(der.data);
    gnutls_pubkey_deinit(raw);
    return code;
}

enum outcome key_read_public(const struct token *token, CK_OBJECT_HANDLE object,
                             gnutls_pubkey_t key, struct why *why)
{
    struct number first, second;
    CK_KEY_TYPE type = 0;
    size_t size = 0;
    enum outcome out = object_get(token, object, CKA_KEY_TYPE, &type, sizeof type, &size, why);
    bool is_rsa = type == CKK_RSA;

    if (out || (out = get(token, object, is_rsa ? CKA_MODULUS : CKA_EC_PARAMS, &first, why)) ||
        (out = get(token, object, is_rsa ? CKA_PUBLIC_EXPONENT : CKA_EC_POINT, &second, why)))
        return out;
    if ((!is_rsa && type != CKK_EC) || import(key, is_rsa, &first, &second))
        return fail(why, REASON_NO_KEY, "the token shows a public key that makes no sense");
    return OUTCOME_OK;
}

enum outcome key_public(const struct token *token, const struct key_id *id, gnutls_pubkey_t *key,
                        struct why *why)
{
    objects_auto objects = { .count = 0 };
    gnutls_pubkey_t made;
    enum outcome out = key_find(token, CKO_PUBLIC_KEY, id, &objects, why);

    if (out)
        return out;
    if (objects.count != 1)
        return fail(why, REASON_NO_KEY, "the token has %zu public keys of that id", objects.count);
    if (gnutls_pubkey_init(&made))
        return fail_memory(why);
    if ((out = key_read_public(token, objects.all[0], made, why)))
        gnutls_pubkey_deinit(made);
    else
        *key = made;
    return out;
}
