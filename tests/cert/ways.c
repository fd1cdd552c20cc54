/* SPDX-License-Identifier: MIT */
#include "cert/ways.h"

enum { VALUE_MOST = 4096 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool read_values(const struct token *token, CK_OBJECT_HANDLE key)
{
    static const CK_ATTRIBUTE_TYPE secrets[] = { CKA_VALUE,      CKA_PRIVATE_EXPONENT,
                                                 CKA_PRIME_1,    CKA_PRIME_2,
                                                 CKA_EXPONENT_1, CKA_EXPONENT_2,
                                                 CKA_COEFFICIENT };
    unsigned char value[VALUE_MOST];

    for (size_t i = 0; i < COUNT(secrets); i++) {
        CK_ATTRIBUTE wanted = { secrets[i], value, sizeof value };
        if (!token->module->C_GetAttributeValue(token->session, key, &wanted, 1) &&
            wanted.ulValueLen && wanted.ulValueLen != CK_UNAVAILABLE_INFORMATION)
            return true;
    }
    return false;
}

static bool set_attributes(const struct token *token, CK_OBJECT_HANDLE key)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE wishes[] = { ATTRIBUTE(CKA_EXTRACTABLE, &yes, sizeof yes),
                              ATTRIBUTE(CKA_SENSITIVE, &no, sizeof no) };

    for (size_t i = 0; i < COUNT(wishes); i++)
        (void)token->module->C_SetAttributeValue(token->session, key, &wishes[i], 1);
    return read_values(token, key);
}

static bool copy_with(const struct token *token, CK_OBJECT_HANDLE key, CK_ATTRIBUTE *wishes,
                      CK_ULONG count)
{
    CK_OBJECT_HANDLE made;

    if (token->module->C_CopyObject(token->session, key, wishes, count, &made))
        return false;
    bool out = set_attributes(token, made);
    (void)token->module->C_DestroyObject(token->session, made);
    return out;
}

static bool copy(const struct token *token, CK_OBJECT_HANDLE key)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE wishes[] = { ATTRIBUTE(CKA_TOKEN, &no, sizeof no),
                              ATTRIBUTE(CKA_EXTRACTABLE, &yes, sizeof yes),
                              ATTRIBUTE(CKA_SENSITIVE, &no, sizeof no),
                              ATTRIBUTE(CKA_PRIVATE, &no, sizeof no) };
    bool out = false;

    for (CK_ULONG count = 0; count <= COUNT(wishes); count++)
        out = copy_with(token, key, wishes, count) || out;
    return out;
}

static bool wrap_with(const struct token *token, CK_OBJECT_HANDLE key, CK_OBJECT_HANDLE by,
                      CK_MECHANISM_TYPE type)
{
    unsigned char bytes[VALUE_MOST];
    CK_ULONG size = sizeof bytes;
    CK_MECHANISM how = { type, NULL, 0 };

    return !token->module->C_WrapKey(token->session, &how, by, key, bytes, &size) && size;
}

/* By a key whose value we know. */
static bool wrap(const struct token *token, CK_OBJECT_HANDLE key)
{
    static const CK_MECHANISM_TYPE mechanisms[] = { CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_PAD,
                                                    CKM_AES_ECB, CKM_AES_CBC_PAD };
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_BBOOL yes = CK_TRUE;
    CK_OBJECT_HANDLE by;
    CK_ATTRIBUTE known[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                             ATTRIBUTE(CKA_KEY_TYPE, &type, sizeof type),
                             ATTRIBUTE(CKA_VALUE, "0123456789abcdef0123456789abcdef", 32),
                             ATTRIBUTE(CKA_WRAP, &yes, sizeof yes),
                             ATTRIBUTE(CKA_ENCRYPT, &yes, sizeof yes) };
    bool out = false;

    if (token->module->C_CreateObject(token->session, known, COUNT(known), &by))
        return true; /* nothing would be shown */
    for (size_t i = 0; i < COUNT(mechanisms); i++)
        out = wrap_with(token, key, by, mechanisms[i]) || out;
    return out;
}

const struct way ways[WAYS] = { { "its numbers are read", read_values },
                                { "it is made extractable", set_attributes },
                                { "a copy is made extractable", copy },
                                { "it is wrapped by a known key", wrap } };
