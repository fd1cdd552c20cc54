/* SPDX-License-Identifier: MIT */
#include "cert/key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/lock.h"
#include "cert/object.h"

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

/* Those of a class, with an id unless NULL. */
static enum outcome find(const struct token *token, CK_OBJECT_CLASS class, const struct key_id *id,
                         struct objects *objects, struct why *why)
{
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                                   ATTRIBUTE(CKA_ID, id ? id->bytes : NULL, KEY_ID) };

    return objects_find(token, match, id ? 2 : 1, objects, why);
}

enum outcome key_look(const struct token *token, const struct key_id *id, enum key_state *state,
                      struct why *why)
{
    objects_auto public = { .count = 0 }, private = { .count = 0 };
    enum outcome out;

    if ((out = find(token, CKO_PUBLIC_KEY, id, &public, why)) ||
        (out = find(token, CKO_PRIVATE_KEY, id, &private, why)))
        return out;
    *state = public.count && private.count   ? KEY_WHOLE
             : public.count || private.count ? KEY_HALF
                                             : KEY_ABSENT;
    return OUTCOME_OK;
}

enum outcome key_remove(const struct token *token, const struct key_id *id, struct why *why)
{
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_ID, id->bytes, KEY_ID) };
    return objects_remove(token, match, 1, why);
}

/* Removes those of this class whose other half is not there. */
static enum outcome sweep(const struct token *token, CK_OBJECT_CLASS class, struct why *why)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = find(token, class, NULL, &objects, why);
    enum key_state state = KEY_WHOLE;
    struct key_id id;
    size_t size = 0;

    for (size_t i = 0; !out && i < objects.count; i++) {
        if (!object_is_ours(token, objects.all[i], NULL))
            continue;
        if (!(out = object_get(token, objects.all[i], CKA_ID, id.bytes, KEY_ID, &size, why)) &&
            size == KEY_ID && !(out = key_look(token, &id, &state, why)) && state == KEY_HALF)
            out = key_remove(token, &id, why);
    }
    return out;
}

enum outcome key_sweep(const struct token *token, struct asker *asker, struct why *why)
{
    fd_auto lock = -1;
    enum outcome out;

    if ((out = lock_take(token->folder, LOCK_OF_KEYS, asker, &lock, why)) ||
        (out = sweep(token, CKO_PUBLIC_KEY, why)) || (out = sweep(token, CKO_PRIVATE_KEY, why)))
        return out;
    return OUTCOME_OK;
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

static int import_curve(gnutls_pubkey_t key, struct number *params, struct number *point)
{
    gnutls_datum_t curve = { params->bytes, (unsigned)params->size };
    gnutls_datum_t at = { point->bytes, (unsigned)point->size };

    return gnutls_pubkey_import_ecc_x962(key, &curve, &at);
}

static int import_rsa(gnutls_pubkey_t key, struct number *modulus, struct number *exponent)
{
    gnutls_datum_t m = { modulus->bytes, (unsigned)modulus->size };
    gnutls_datum_t e = { exponent->bytes, (unsigned)exponent->size };

    return gnutls_pubkey_import_rsa_raw(key, &m, &e);
}

static enum outcome read_public(const struct token *token, CK_OBJECT_HANDLE object,
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
    if ((!is_rsa && type != CKK_EC) ||
        (is_rsa ? import_rsa(key, &first, &second) : import_curve(key, &first, &second)))
        return fail(why, REASON_NO_KEY, "the token shows a public key that makes no sense");
    return OUTCOME_OK;
}

enum outcome key_public(const struct token *token, const struct key_id *id, gnutls_pubkey_t *key,
                        struct why *why)
{
    objects_auto objects = { .count = 0 };
    gnutls_pubkey_t made;
    enum outcome out = find(token, CKO_PUBLIC_KEY, id, &objects, why);

    if (out)
        return out;
    if (objects.count != 1)
        return fail(why, REASON_NO_KEY, "the token has %zu public keys of that id", objects.count);
    if (gnutls_pubkey_init(&made))
        return fail_memory(why);
    if ((out = read_public(token, objects.all[0], made, why)))
        gnutls_pubkey_deinit(made);
    else
        *key = made;
    return out;
}
