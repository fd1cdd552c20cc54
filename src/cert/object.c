/* SPDX-License-Identifier: MIT */
#include "cert/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOUND_MOST = 8192, STEP = 64 };

void objects_free(struct objects *objects)
{
    free(objects->all);
    *objects = (struct objects){ .count = 0 };
}

static CK_RV find_all(const struct token *token, struct objects *objects)
{
    CK_ULONG found = 0;

    do {
        CK_OBJECT_HANDLE *all = realloc(objects->all, (objects->count + STEP) * sizeof *all);
        if (!all || objects->count > FOUND_MOST)
            return CKR_HOST_MEMORY;
        objects->all = all;
        CK_RV code =
            token->module->C_FindObjects(token->session, all + objects->count, STEP, &found);
        if (code)
            return code;
        objects->count += found;
    } while (found);
    return CKR_OK;
}

enum outcome objects_find(const struct token *token, const CK_ATTRIBUTE *match, size_t count,
                          struct objects *objects, struct why *why)
{
    int tries = 0;
    CK_RV code;

    do {
        objects_free(objects);
        code = token->module->C_FindObjectsInit(token->session, (CK_ATTRIBUTE *)match, count);
        if (!code) {
            code = find_all(token, objects);
            (void)token->module->C_FindObjectsFinal(token->session);
        }
    } while (session_again(token, code, &tries));
    return code ? session_fail(token, code, "looking into the token", why) : OUTCOME_OK;
}

enum outcome object_get(const struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                        void *value, size_t room, size_t *size, struct why *why)
{
    CK_ATTRIBUTE attribute;
    int tries = 0;
    CK_RV code;

    do {
        attribute = ATTRIBUTE(type, value, room);
        code = token->module->C_GetAttributeValue(token->session, object, &attribute, 1);
    } while (session_again(token, code, &tries));
    *size = code == CKR_ATTRIBUTE_TYPE_INVALID ? 0 : attribute.ulValueLen;
    if (code == CKR_ATTRIBUTE_TYPE_INVALID)
        return OUTCOME_OK;
    if (code || *size > room)
        return session_fail(token, code, "reading from the token", why);
    return OUTCOME_OK;
}

bool object_is_ours(const struct token *token, CK_OBJECT_HANDLE object, const char *name)
{
    char label[OBJECT_LABEL_MOST], whole[OBJECT_LABEL_MOST];
    size_t size = 0;
    struct why why;

    if (object_get(token, object, CKA_LABEL, label, sizeof label, &size, &why) || !size)
        return false;
    int length = snprintf(whole, sizeof whole, OBJECT_LABEL "%s", name ? name : "");
    return name ? (size_t)length == size && !memcmp(label, whole, size)
                : (size_t)length <= size && !memcmp(label, whole, (size_t)length);
}

CK_BBOOL object_begin(const struct token *token)
{
    return token->is_softhsm ? CK_FALSE : CK_TRUE;
}

/* On a full disk SoftHSM says that all went well, and the object is not there. */
static CK_RV look_for(const struct token *token, CK_OBJECT_HANDLE object)
{
    CK_OBJECT_CLASS class;
    CK_ATTRIBUTE attribute = ATTRIBUTE(CKA_CLASS, &class, sizeof class);

    return token->module->C_GetAttributeValue(token->session, object, &attribute, 1)
               ? CKR_FUNCTION_FAILED
               : CKR_OK;
}

CK_RV object_settle(const struct token *token, CK_OBJECT_HANDLE object)
{
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE there = ATTRIBUTE(CKA_TOKEN, &yes, sizeof yes);
    CK_OBJECT_HANDLE copy;

    if (object_begin(token))
        return look_for(token, object);
    CK_RV code = token->module->C_CopyObject(token->session, object, &there, 1, &copy);
    CK_RV left = token->module->C_DestroyObject(token->session, object);
    return code ? code : left ? left : look_for(token, copy);
}

enum outcome object_make(const struct token *token, const CK_ATTRIBUTE *attributes, size_t count,
                         struct why *why)
{
    CK_OBJECT_HANDLE object;
    int tries = 0;
    CK_RV code;

    do {
        code = token->module->C_CreateObject(token->session, (CK_ATTRIBUTE *)attributes, count,
                                             &object);
        if (!code)
            code = object_settle(token, object);
    } while (session_again(token, code, &tries));
    return code ? session_fail(token, code, "storing in the token", why) : OUTCOME_OK;
}

enum outcome object_remove(const struct token *token, CK_OBJECT_HANDLE object, struct why *why)
{
    int tries = 0;
    CK_RV code;

    do
        code = token->module->C_DestroyObject(token->session, object);
    while (session_again(token, code, &tries));
    if (code && code != CKR_OBJECT_HANDLE_INVALID) /* by another process of ours */
        return session_fail(token, code, "removing from the token", why);
    return OUTCOME_OK;
}

enum outcome objects_remove(const struct token *token, const CK_ATTRIBUTE *match, size_t count,
                            struct why *why)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = objects_find(token, match, count, &objects, why);

    for (size_t i = 0; !out && i < objects.count; i++)
        if (object_is_ours(token, objects.all[i], NULL))
            out = object_remove(token, objects.all[i], why);
    return out;
}
