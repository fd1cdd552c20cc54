/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cert/keep.h"
#include "cert/key_find.h"
#include "cert/names.h"

enum { VALUE_MOST = 64 << 10, ID_MOST = 64 };

/* A certificate object of ours. */
struct entry {
    CK_OBJECT_HANDLE object;
    unsigned char id[ID_MOST];
    size_t id_size;
    char label[OBJECT_LABEL_MOST];
    gnutls_x509_crt_t certificate;
};

struct entries {
    struct entry *all;
    size_t count;
};

static void entries_free(struct entries *entries)
{
    while (entries->count)
        gnutls_x509_crt_deinit(entries->all[--entries->count].certificate);
    free(entries->all);
}

#define entries_auto __attribute__((cleanup(entries_free))) struct entries

/* False if it is malformed, or nothing of ours. */
static bool parse(const unsigned char *value, size_t size, gnutls_x509_crt_t *certificate)
{
    gnutls_datum_t der = { (unsigned char *)value, (unsigned)size };

    if (!size || gnutls_x509_crt_init(certificate))
        return false;
    if (!gnutls_x509_crt_import(*certificate, &der, GNUTLS_X509_FMT_DER))
        return true;
    gnutls_x509_crt_deinit(*certificate);
    return false;
}

static enum outcome read_one(const struct token *token, CK_OBJECT_HANDLE object,
                             unsigned char value[VALUE_MOST], struct entries *entries,
                             struct why *why)
{
    static const size_t prefix = sizeof OBJECT_LABEL - 1;
    struct entry *entry = &entries->all[entries->count];
    size_t size = 0, label = 0;
    enum outcome out =
        object_get(token, object, CKA_LABEL, entry->label, sizeof entry->label - 1, &label, why);

    if (out || label < prefix || memcmp(entry->label, OBJECT_LABEL, prefix) != 0)
        return out;
    entry->label[label] = '\0';
    entry->object = object;
    if ((out = object_get(token, object, CKA_ID, entry->id, ID_MOST, &entry->id_size, why)) ||
        (out = object_get(token, object, CKA_VALUE, value, VALUE_MOST, &size, why)))
        return out;
    entries->count += parse(value, size, &entry->certificate);
    return OUTCOME_OK;
}

/* An object that cannot be read is passed over: another process may have removed it by now. */
static enum outcome read_all(const struct token *token, struct entries *entries, struct why *why)
{
    objects_auto objects = { .count = 0 };
    struct why other;
    enum outcome out = key_find(token, CKO_CERTIFICATE, NULL, &objects, why);

    if (out)
        return out;
    unsigned char *value = malloc(VALUE_MOST);
    entries->all = calloc(objects.count + 1, sizeof *entries->all);
    for (size_t i = 0; value && entries->all && i < objects.count; i++)
        (void)read_one(token, objects.all[i], value, entries, &other);
    free(value);
    return value && entries->all ? OUTCOME_OK : fail_memory(why);
}

static int compare(const void *one, const void *other)
{
    const struct kept *a = one, *b = other;
    int by_name = strcmp(a->name, b->name);

    if (by_name || a->is_others != b->is_others)
        return by_name ? by_name : a->is_others - b->is_others;
    return a->begin != b->begin ? (a->begin < b->begin) - (a->begin > b->begin)
                                : (a->end < b->end) - (a->end > b->end);
}

/* Its name can be one of the settings. */
static bool has_name(const struct entry *entry)
{
    const char *name = entry->label + sizeof OBJECT_LABEL - 1;
    size_t length = strlen(name);

    return length && length <= KEY_NAME_MOST && text_is_clean(name, length);
}

static bool has_key(const struct entry *entry)
{
    return entry->id_size == KEY_ID && has_name(entry);
}

/* Of public keys, which are seen without a PIN. */
struct ids {
    struct key_id *all;
    size_t count;
};

static void ids_free(struct ids *ids)
{
    free(ids->all);
}

static enum outcome read_ids(const struct token *token, struct ids *ids, struct why *why)
{
    objects_auto objects = { .count = 0 };
    unsigned char id[ID_MOST];
    size_t size = 0;
    struct why other;
    enum outcome out = key_find(token, CKO_PUBLIC_KEY, NULL, &objects, why);

    if (out)
        return out;
    if (!(ids->all = calloc(objects.count + 1, sizeof *ids->all)))
        return fail_memory(why);
    for (size_t i = 0; i < objects.count; i++)
        if (!object_get(token, objects.all[i], CKA_ID, id, sizeof id, &size, &other) &&
            size == KEY_ID)
            memcpy(&ids->all[ids->count++], id, KEY_ID);
    return OUTCOME_OK;
}

/* A certificate whose key is gone is of no use to anybody. */
static bool is_of_key(const struct entry *entry, const struct ids *ids)
{
    for (size_t i = 0; has_key(entry) && i < ids->count; i++)
        if (!memcmp(&ids->all[i], entry->id, KEY_ID))
            return true;
    return false;
}

void keep_mark(struct kept_list *list, const struct cert_person *person)
{
    for (size_t i = 0; i < list->count; i++)
        list->all[i].is_others = names_differ(list->all[i].certificate, person);
    if (list->count)
        qsort(list->all, list->count, sizeof *list->all, compare);
}

enum outcome keep_list(const struct token *token, struct kept_list *list, struct why *why)
{
    entries_auto entries = { .count = 0 };
    __attribute__((cleanup(ids_free))) struct ids ids = { .count = 0 };
    enum outcome out;

    *list = (struct kept_list){ .count = 0 };
    if ((out = read_all(token, &entries, why)) || (out = read_ids(token, &ids, why)))
        return out;
    if (!(list->all = calloc(entries.count + 1, sizeof *list->all)))
        return fail_memory(why);
    for (size_t i = 0; i < entries.count; i++) {
        struct entry *entry = &entries.all[i];
        struct kept *kept = &list->all[list->count];
        if (!is_of_key(entry, &ids))
            continue;
        memcpy(kept->id.bytes, entry->id, KEY_ID);
        (void)strcpy(kept->name, entry->label + sizeof OBJECT_LABEL - 1);
        kept->begin = gnutls_x509_crt_get_activation_time(entry->certificate);
        kept->end = gnutls_x509_crt_get_expiration_time(entry->certificate);
        kept->certificate = entry->certificate;
        entry->certificate = NULL;
        list->count++;
    }
    if (list->count)
        qsort(list->all, list->count, sizeof *list->all, compare);
    return OUTCOME_OK;
}

void kept_list_free(struct kept_list *list)
{
    while (list->count)
        gnutls_x509_crt_deinit(list->all[--list->count].certificate);
    free(list->all);
    list->all = NULL;
}

static bool has_issued(const struct entries *entries, size_t authority)
{
    for (size_t i = 0; i < entries->count; i++)
        if (i != authority && entries->all[i].object &&
            gnutls_x509_crt_check_issuer(entries->all[i].certificate,
                                         entries->all[authority].certificate))
            return true;
    return false;
}

static const struct entry *find_key_of(const struct entries *entries, const struct key_id *id)
{
    for (size_t i = 0; i < entries->count; i++)
        if (has_key(&entries->all[i]) && !memcmp(entries->all[i].id, id->bytes, KEY_ID))
            return &entries->all[i];
    return NULL;
}

/* Whose signature is on it; NULL for its own, and where that one is not there. */
static const struct entry *find_issuer(const struct entries *entries, const struct entry *of)
{
    if (gnutls_x509_crt_check_issuer(of->certificate, of->certificate))
        return NULL;
    for (size_t i = 0; i < entries->count; i++)
        if (!has_key(&entries->all[i]) &&
            gnutls_x509_crt_check_issuer(of->certificate, entries->all[i].certificate))
            return &entries->all[i];
    return NULL;
}

enum outcome keep_read_chain(const struct token *token, const struct key_id *id,
                             struct chain *chain, struct why *why)
{
    entries_auto entries = { .count = 0 };
    enum outcome out = read_all(token, &entries, why);

    *chain = (struct chain){ .count = 0 };
    if (out)
        return out;
    for (const struct entry *entry = find_key_of(&entries, id); !out && entry;
         entry = find_issuer(&entries, entry))
        out = chain->count == CHAIN_MOST ? fail(why, REASON_TOKEN_FAILED, "a chain without an end")
                                         : chain_add(chain, entry->certificate, why);
    return out || chain->count ? out : fail(why, REASON_NO_CERTIFICATE, "it is gone");
}

/* Removing one may be the end of the one above it. */
enum outcome keep_sweep(const struct token *token, struct why *why)
{
    entries_auto entries = { .count = 0 };
    enum outcome out = read_all(token, &entries, why);
    bool removed = true;

    while (!out && removed) {
        removed = false;
        for (size_t i = 0; !out && i < entries.count; i++) {
            if (!entries.all[i].object || has_key(&entries.all[i]) || has_issued(&entries, i))
                continue;
            out = object_remove(token, entries.all[i].object, why);
            entries.all[i].object = 0;
            removed = true;
        }
    }
    return out;
}
