/* SPDX-License-Identifier: MIT
 *
 * Within cert: objects on an open token. Only those are changed or removed that carry our label.
 */
#ifndef CERT_OBJECT_H
#define CERT_OBJECT_H

#include "cert/session.h"

#define OBJECT_LABEL "Chatelaine: " /* what the labels of ours begin with */

enum { OBJECT_LABEL_MOST = 128 };

/* A row of a template; the value is borrowed. */
#define ATTRIBUTE(type, pointer, length)                                                           \
    (CK_ATTRIBUTE)                                                                                 \
    {                                                                                              \
        type, (void *)(pointer), length                                                            \
    }

struct objects {
    CK_OBJECT_HANDLE *all;
    size_t count;
};

void objects_free(struct objects *objects);
#define objects_auto __attribute__((cleanup(objects_free))) struct objects

/* All that match; none is OK. */
enum outcome objects_find(const struct token *token, const CK_ATTRIBUTE *match, size_t count,
                          struct objects *objects, struct why *why);

/* The value of an attribute; absent ones have size 0. token-failed if it has no room. */
enum outcome object_get(const struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                        void *value, size_t room, size_t *size, struct why *why);

/* Is it one of ours, by its label? With a name, by the whole label. */
bool object_is_ours(const struct token *token, CK_OBJECT_HANDLE object, const char *name);

/* CKA_TOKEN of an object that is to be made; object_settle has it in the token then. SoftHSM writes
 * the object's file anew for each attribute of one that is made there, and a few times in all for
 * one that is made in the session and copied. */
CK_BBOOL object_begin(const struct token *token);
CK_RV object_settle(const struct token *token, CK_OBJECT_HANDLE object);

/* The template has CKA_TOKEN of object_begin. */
enum outcome object_make(const struct token *token, const CK_ATTRIBUTE *attributes, size_t count,
                         struct why *why);

enum outcome object_remove(const struct token *token, CK_OBJECT_HANDLE object, struct why *why);

/* Removes all of ours that match. */
enum outcome objects_remove(const struct token *token, const CK_ATTRIBUTE *match, size_t count,
                            struct why *why);

#endif
