/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cert/key_find.h"
#include "cert/lock.h"

enum { VALUE_MOST = 1024 };

/* How long it is; 0 where it makes no sense. What a token does not tell may be there all the same:
 * a key that is taken for half of one is lost. */
static enum outcome size_of(const struct token *token, CK_OBJECT_HANDLE object,
                            CK_ATTRIBUTE_TYPE type, size_t *size, struct why *why)
{
    unsigned char value[VALUE_MOST];
    enum outcome out = object_get(token, object, type, value, sizeof value, size, why);

    if (!out || why->reason != REASON_TOKEN_CANNOT)
        return out;
    *size = 0;
    return OUTCOME_OK;
}

/* SoftHSM makes an object first and its numbers later: whoever is killed between leaves one that
 * looks like a key. */
static enum outcome has_numbers(const struct token *token, CK_OBJECT_HANDLE object,
                                CK_OBJECT_CLASS class, bool *has, struct why *why)
{
    CK_ATTRIBUTE_TYPE of_curve = class == CKO_PUBLIC_KEY ? CKA_EC_POINT : CKA_EC_PARAMS;
    size_t size = 0;
    enum outcome out = size_of(token, object, CKA_MODULUS, &size, why);

    if (!out && !size)
        out = size_of(token, object, of_curve, &size, why);
    *has = !out && size;
    return out;
}

static enum outcome count(const struct token *token, CK_OBJECT_CLASS class, const struct key_id *id,
                          size_t *whole, size_t *all, struct why *why)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = key_find(token, class, id, &objects, why);

    for (size_t i = 0; !out && i < objects.count; i++) {
        bool has = false;
        out = has_numbers(token, objects.all[i], class, &has, why);
        *whole += has;
    }
    *all += objects.count;
    return out;
}

enum outcome key_look(const struct token *token, const struct key_id *id, enum key_state *state,
                      struct why *why)
{
    size_t public = 0, private = 0, all = 0;
    enum outcome out;

    if ((out = count(token, CKO_PUBLIC_KEY, id, &public, &all, why)) ||
        (out = count(token, CKO_PRIVATE_KEY, id, &private, &all, why)))
        return out;
    *state = public && private ? KEY_WHOLE : all ? KEY_HALF : KEY_ABSENT;
    return OUTCOME_OK;
}

enum outcome key_remove(const struct token *token, const struct key_id *id, struct why *why)
{
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_ID, id->bytes, KEY_ID) };
    return objects_remove(token, match, 1, why);
}

/* One object of a pair. */
struct half {
    CK_OBJECT_HANDLE object;
    struct key_id id;
    bool has_id, is_ours, is_whole, is_blank;
};

/* Blank: no label, no id and no numbers, so nothing that any program could use; in our own token.
 */
static enum outcome read_half(const struct token *token, CK_OBJECT_HANDLE object,
                              CK_OBJECT_CLASS class, struct half *half, struct why *why)
{
    unsigned char id[VALUE_MOST];
    size_t size = 0;
    enum outcome out = object_get(token, object, CKA_ID, id, sizeof id, &size, why);

    half->object = object;
    if (out) /* no room for it: none of ours has one of that size */
        return why->reason == REASON_TOKEN_CANNOT ? OUTCOME_OK : out;
    half->has_id = size == KEY_ID;
    if (half->has_id)
        memcpy(half->id.bytes, id, KEY_ID);
    half->is_ours = object_is_ours(token, object, NULL);
    if ((out = has_numbers(token, object, class, &half->is_whole, why)) || size || half->is_whole ||
        !session_is_own(token, &token->info))
        return out;
    out = size_of(token, object, CKA_LABEL, &size, why);
    half->is_blank = !out && !size;
    return out;
}

struct halves {
    struct half *all;
    size_t count;
};

static void halves_free(struct halves *halves)
{
    free(halves->all);
}

/* One look at each object: SoftHSM reads files for each that it is asked for. */
static enum outcome read_halves(const struct token *token, CK_OBJECT_CLASS class,
                                struct halves *halves, struct why *why)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = key_find(token, class, NULL, &objects, why);

    if (out)
        return out;
    if (!(halves->all = calloc(objects.count + 1, sizeof *halves->all)))
        return fail_memory(why);
    for (; !out && halves->count < objects.count; halves->count++)
        out = read_half(token, objects.all[halves->count], class, &halves->all[halves->count], why);
    return out;
}

static bool has_other(const struct half *half, const struct halves *others)
{
    for (size_t i = 0; half->has_id && i < others->count; i++)
        if (others->all[i].has_id && others->all[i].is_whole &&
            !memcmp(&others->all[i].id, &half->id, KEY_ID))
            return true;
    return false;
}

static enum outcome sweep(const struct token *token, const struct halves *halves,
                          const struct halves *others, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < halves->count; i++) {
        const struct half *half = &halves->all[i];
        bool is_pair = half->is_whole && has_other(half, others);
        if (half->is_blank || (half->is_ours && half->has_id && !is_pair))
            out = object_remove(token, half->object, why);
    }
    return out;
}

/* A kill at the very beginning leaves SoftHSM with an object that is of no class; whether it can be
 * removed is of no matter to anybody. */
static enum outcome sweep_nothings(const struct token *token, struct why *why)
{
    objects_auto objects = { .count = 0 };
    CK_OBJECT_CLASS class;
    size_t size = 0;
    struct why other;
    enum outcome out;

    if (!session_is_own(token, &token->info))
        return OUTCOME_OK;
    if ((out = objects_find(token, NULL, 0, &objects, why)))
        return out;
    for (size_t i = 0; i < objects.count; i++)
        if (object_get(token, objects.all[i], CKA_CLASS, &class, sizeof class, &size, &other) &&
            other.reason == REASON_TOKEN_CANNOT)
            (void)object_remove(token, objects.all[i], &other);
    return OUTCOME_OK;
}

enum outcome key_sweep(const struct token *token, struct asker *asker, struct why *why)
{
    __attribute__((cleanup(halves_free))) struct halves public = { NULL, 0 }, private = { NULL, 0 };
    fd_auto lock = -1;
    enum outcome out;

    if (!token->logged_in)
        return fail(why, REASON_BROKEN, "without a PIN every key looks like half a one");
    if ((out = lock_take(token->folder, LOCK_OF_KEYS, asker, &lock, why)) ||
        (out = read_halves(token, CKO_PUBLIC_KEY, &public, why)) ||
        (out = read_halves(token, CKO_PRIVATE_KEY, &private, why)) ||
        (out = sweep(token, &public, &private, why)) ||
        (out = sweep(token, &private, &public, why)) || (out = sweep_nothings(token, why)))
        return out;
    return OUTCOME_OK;
}
