/* SPDX-License-Identifier: MIT
 *
 * The desktop's keychain.
 */
#include <string.h>

#include "keychain/deadline.h"
#include "keychain/item.h"
#include "keychain/prompter.h"
#include "keychain/search.h"

enum { TRIES = 3 };

/* What is to be done with an item, and what was found. */
struct job {
    const struct item *item;
    char *id;                    /* find: room for it */
    struct secret **found;       /* find */
    const char *new_id;          /* store */
    const struct secret *secret; /* store */
    bool session;                /* does a secret cross the bus? */
    enum outcome (*run)(struct service *service, SecretCollection *collection,
                        const struct job *job, struct why *why);
};

static SecretItem *newest(GList *items)
{
    SecretItem *found = items->data;

    for (GList *at = items->next; at; at = at->next)
        if (secret_item_get_modified(at->data) > secret_item_get_modified(found))
            found = at->data;
    return found;
}

static bool is_told(GHashTable *attributes, const char *name, const char *value)
{
    const char *told = g_hash_table_lookup(attributes, name);
    return told && !strcmp(told, value);
}

/* The id, if the provider found what it was to find: a password goes to no other realm. */
static enum outcome copy_id(const struct service *service, const struct item *item,
                            SecretItem *found, char id[ID_LENGTH + 1], struct why *why)
{
    GHashTable *attributes = secret_item_get_attributes(found);
    const char *there = g_hash_table_lookup(attributes, "id");
    bool good = item_is_id(there) && is_told(attributes, "kind", item->kind) &&
                is_told(attributes, "user", item->user) &&
                is_told(attributes, "realm", item->realm);

    if (good)
        (void)strcpy(id, there);
    g_hash_table_unref(attributes);
    return good ? OUTCOME_OK
                : fail(why, REASON_BAD_ANSWER, "%s: an item for another, or without an id",
                       service->name);
}

static enum outcome copy_secret(const struct service *service, SecretValue *value,
                                struct secret **secret, struct why *why)
{
    gsize length;
    const char *bytes = secret_value_get(value, &length);

    if (!length) /* KWallet, if it ended before it wrote */
        return fail(why, REASON_NOT_STORED, "%s has an empty item", service->name);
    if (length > ITEM_MOST)
        return fail(why, REASON_BAD_ANSWER, "%s: a secret of %zu bytes", service->name, length);
    if (!(*secret = secret_new(length)))
        return fail_memory(why);
    (void)secret_append(*secret, bytes, length);
    return OUTCOME_OK;
}

static enum outcome read_item(struct service *service, const struct job *job, SecretItem *item,
                              struct why *why)
{
    GError *error = NULL;
    enum outcome out = copy_id(service, job->item, item, job->id, why);

    if (out)
        return out;
    if (!secret_item_load_secret_sync(item, service->stop, &error))
        return service_fail(service, error, REASON_BAD_ANSWER, "reading the item", why);
    SecretValue *value = secret_item_get_secret(item);
    if (!value)
        return fail(why, REASON_KEYCHAIN_LOCKED, "%s keeps the item locked", service->name);
    out = copy_secret(service, value, job->found, why);
    secret_value_unref(value);
    return out;
}

static enum outcome find(struct service *service, SecretCollection *collection,
                         const struct job *job, struct why *why)
{
    items_auto *items = NULL;
    enum outcome out = search_items(service, job->item, &items, why);

    (void)collection;
    if (out)
        return out;
    if (!items)
        return fail(why, REASON_NOT_STORED, "%s does not have it", service->name);
    return read_item(service, job, newest(items), why);
}

static enum outcome remove_items(struct service *service, GList *items, struct why *why)
{
    for (; items; items = items->next) {
        GError *error = NULL;
        if (!secret_item_delete_sync(items->data, service->stop, &error) &&
            !g_error_matches(error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
            return service_fail(service, error, REASON_CANNOT_WRITE, "removing the item", why);
        g_clear_error(&error);
    }
    return OUTCOME_OK;
}

/* The collection is open, so nobody need be asked. */
static bool create_item(struct service *service, SecretCollection *collection, const char *label,
                        GHashTable *attributes, SecretValue *value, GError **error)
{
    enum prompts before = prompter_allow(service->secrets, PROMPTS_SILENT);
    SecretItem *item = secret_item_create_sync(collection, &item_schema, attributes, label, value,
                                               SECRET_ITEM_CREATE_NONE, service->stop, error);

    (void)prompter_allow(service->secrets, before);
    if (item)
        g_object_unref(item);
    return item;
}

/* The id comes last: if we end half way, the new secret is taken for one that was tried already,
 * never an old one for new. */
static bool change_item(struct service *service, SecretItem *item, const char *label,
                        GHashTable *attributes, SecretValue *value, GError **error)
{
    char *there = secret_item_get_label(item);
    bool same = !strcmp(there ? there : "", label);

    g_free(there);
    return secret_item_set_secret_sync(item, value, service->stop, error) &&
           secret_item_set_attributes_sync(item, &item_schema, attributes, service->stop, error) &&
           (same || secret_item_set_label_sync(item, label, service->stop, error));
}

/* The old item is changed rather than removed: there are never two, and KeePassXC asks the person
 * before it removes one. */
static enum outcome store(struct service *service, SecretCollection *collection,
                          const struct job *job, struct why *why)
{
    items_auto *old = NULL;
    GError *error = NULL;
    enum outcome out;

    if ((out = search_items(service, job->item, &old, why)) ||
        (out = remove_items(service, old ? old->next : NULL, why)))
        return out;
    GHashTable *attributes = item_attributes(job->item, job->new_id);
    const char *label = job->item->label;
    /* Without a copy: the bytes are ours, and outlive it. */
    SecretValue *value = secret_value_new_full(
        (char *)secret_peek(job->secret), (gssize)secret_length(job->secret), "text/plain", NULL);
    bool stored = old ? change_item(service, old->data, label, attributes, value, &error)
                      : create_item(service, collection, label, attributes, value, &error);
    secret_value_unref(value);
    g_hash_table_unref(attributes);
    return stored ? OUTCOME_OK
                  : service_fail(service, error, REASON_CANNOT_WRITE, "storing the item", why);
}

static enum outcome clear(struct service *service, SecretCollection *collection,
                          const struct job *job, struct why *why)
{
    items_auto *items = NULL;
    enum outcome out = search_items(service, job->item, &items, why);

    (void)collection;
    return out ? out : remove_items(service, items, why);
}

static enum outcome try(const struct job *job, GCancellable *stop, struct why *why)
{
    service_auto service = { .stop = stop };
    collection_auto *collection = NULL;
    enum outcome out;

    if ((out = service_open(&service, job->session, job->item->may_prompt, why)) ||
        (out = search_collection(&service, &collection, why)))
        return out;
    return job->run(&service, collection, job, why);
}

/* In one of a hundred sessions KWallet drops a zero at the front of a number of the key exchange
 * and then understands nothing: the next session has other numbers. */
static enum outcome run(const struct job *job, struct why *why)
{
    GCancellable *stop = deadline(CALLS_MS);
    enum outcome out;
    int tries = 0;

    do
        out = try(job, stop, why);
    while (out && (why->reason == REASON_BAD_ANSWER || why->reason == REASON_CANNOT_WRITE) &&
           ++tries < TRIES);
    return out;
}

static enum outcome desktop_find(const struct item *item, char id[ID_LENGTH + 1],
                                 struct secret **secret, struct why *why)
{
    const struct job job = {
        .item = item, .id = id, .found = secret, .session = true, .run = find
    };
    return run(&job, why);
}

static enum outcome desktop_store(const struct item *item, const char *id,
                                  const struct secret *secret, struct why *why)
{
    const struct job job = {
        .item = item, .new_id = id, .secret = secret, .session = true, .run = store
    };
    /* KeePassXC would give back something else. */
    if (!g_utf8_validate(secret_peek(secret), (gssize)secret_length(secret), NULL))
        return fail(why, REASON_CANNOT_WRITE, "a keychain of the desktop keeps text, not bytes");
    return run(&job, why);
}

static enum outcome desktop_remove(const struct item *item, struct why *why)
{
    const struct job job = { .item = item, .run = clear };
    return run(&job, why);
}

const struct place place_desktop = { "desktop", desktop_find, desktop_store, desktop_remove };
