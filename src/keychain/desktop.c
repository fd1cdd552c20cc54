/* SPDX-License-Identifier: MIT
 *
 * The desktop's keychain. An empty answer is never taken for "not stored" before the default
 * collection is seen to be unlocked: KeePassXC hides what is locked.
 */
#include <string.h>

#include "keychain/item.h"
#include "keychain/prompter.h"
#include "keychain/service.h"

/* What a search must match; the name goes along as xdg:schema. */
static const SecretSchema schema = { "org.chatelaine.Item",
                                     SECRET_SCHEMA_NONE,
                                     { { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                       { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                       { "realm", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                       { "id", SECRET_SCHEMA_ATTRIBUTE_STRING } } };

static void free_items(GList **items)
{
    g_list_free_full(*items, g_object_unref);
    *items = NULL;
}
#define items_auto __attribute__((cleanup(free_items))) GList

static void free_collection(SecretCollection **collection)
{
    g_clear_object(collection);
}
#define collection_auto __attribute__((cleanup(free_collection))) SecretCollection

static GHashTable *attributes_of(const struct item *item, const char *id)
{
    return id ? secret_attributes_build(&schema, "kind", item->kind, "user", item->user, "realm",
                                        item->realm, "id", id, NULL)
              : secret_attributes_build(&schema, "kind", item->kind, "user", item->user, "realm",
                                        item->realm, NULL);
}

/* KWallet calls even a wallet locked that the login opened, until a prompt has run that shows
 * nothing. It tells in its own words which wallets are open; who is not KWallet does not know the
 * call. */
static bool is_open_wallet(const struct service *service, SecretCollection *collection)
{
    static const char *const paths[] = { "/modules/kwalletd5", "/modules/kwalletd6" };
    char *name = secret_collection_get_label(collection);
    gboolean open = FALSE;

    for (size_t i = 0; name && !open && i < sizeof paths / sizeof *paths; i++) {
        GVariant *told = g_dbus_connection_call_sync(
            g_dbus_proxy_get_connection(G_DBUS_PROXY(service->secrets)),
            g_dbus_proxy_get_name(G_DBUS_PROXY(service->secrets)), paths[i], "org.kde.KWallet",
            "isOpen", g_variant_new("(s)", name), G_VARIANT_TYPE("(b)"),
            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, service->stop, NULL);
        if (told)
            g_variant_get(told, "(b)", &open);
        g_clear_pointer(&told, g_variant_unref);
    }
    g_free(name);
    return open;
}

static enum outcome unlock_collection(struct service *service, SecretCollection *collection,
                                      struct why *why)
{
    GList locked = { .data = collection };
    bool silent = is_open_wallet(service, collection);
    enum prompts before = prompter_allow(service->secrets, PROMPTS_SILENT);

    if (!silent)
        (void)prompter_allow(service->secrets, before);
    enum outcome out = service_unlock(service, &locked, why);
    (void)prompter_allow(service->secrets, before);
    return out;
}

/* The default collection, unlocked; none is ever made. */
static enum outcome open_collection(struct service *service, SecretCollection **collection,
                                    struct why *why)
{
    GError *error = NULL;

    *collection = secret_collection_for_alias_sync(service->secrets, SECRET_COLLECTION_DEFAULT,
                                                   SECRET_COLLECTION_NONE, service->stop, &error);
    if (error)
        return service_fail(service, error, REASON_BAD_ANSWER, "opening the collection", why);
    if (!*collection)
        return fail(why, REASON_NO_KEYCHAIN, "%s has no default collection", service->name);
    return secret_collection_get_locked(*collection) ? unlock_collection(service, *collection, why)
                                                     : OUTCOME_OK;
}

static enum outcome search(struct service *service, const struct item *item, GList **items,
                           struct why *why)
{
    GError *error = NULL;
    GHashTable *attributes = attributes_of(item, item->id);

    free_items(items);
    *items = secret_service_search_sync(service->secrets, &schema, attributes, SECRET_SEARCH_ALL,
                                        service->stop, &error);
    g_hash_table_unref(attributes);
    return error ? service_fail(service, error, REASON_BAD_ANSWER, "searching", why) : OUTCOME_OK;
}

/* Borrowed items, the list is the caller's. */
static GList *locked_of(GList *items)
{
    GList *locked = NULL;

    for (GList *at = items; at; at = at->next)
        if (secret_item_get_locked(at->data))
            locked = g_list_prepend(locked, at->data);
    return locked;
}

static enum outcome unlock_items(struct service *service, GList *items, struct why *why)
{
    GList *locked = locked_of(items);
    enum outcome out = locked ? service_unlock(service, locked, why) : OUTCOME_OK;

    g_list_free(locked);
    return out;
}

/* All of them, unlocked. None is OK, and then the default collection was open. */
static enum outcome find_items(struct service *service, const struct item *item, GList **items,
                               struct why *why)
{
    collection_auto *collection = NULL;
    enum outcome out = search(service, item, items, why);
    GList *locked = locked_of(*items);

    if (!out && (!*items || locked) && !(out = open_collection(service, &collection, why)))
        out = search(service, item, items, why);
    g_list_free(locked);
    return out ? out : unlock_items(service, *items, why);
}

static SecretItem *newest(GList *items)
{
    SecretItem *found = items->data;

    for (GList *at = items->next; at; at = at->next)
        if (secret_item_get_modified(at->data) > secret_item_get_modified(found))
            found = at->data;
    return found;
}

static enum outcome copy_id(const struct service *service, SecretItem *item, char id[ID_LENGTH + 1],
                            struct why *why)
{
    GHashTable *attributes = secret_item_get_attributes(item);
    const char *there = g_hash_table_lookup(attributes, "id");
    bool good = item_is_id(there);

    if (good)
        (void)strcpy(id, there);
    g_hash_table_unref(attributes);
    return good ? OUTCOME_OK
                : fail(why, REASON_BAD_ANSWER, "%s: an item without an id", service->name);
}

static enum outcome copy_secret(const struct service *service, SecretValue *value,
                                struct secret **secret, struct why *why)
{
    gsize length;
    const char *bytes = secret_value_get(value, &length);

    if (!length || length > ITEM_MOST)
        return fail(why, REASON_BAD_ANSWER, "%s: a secret of %zu bytes", service->name, length);
    if (!(*secret = secret_new(length)))
        return fail_memory(why);
    (void)secret_append(*secret, bytes, length);
    return OUTCOME_OK;
}

static enum outcome read_item(struct service *service, SecretItem *item, char id[ID_LENGTH + 1],
                              struct secret **secret, struct why *why)
{
    GError *error = NULL;
    enum outcome out = copy_id(service, item, id, why);

    if (out)
        return out;
    if (!secret_item_load_secret_sync(item, service->stop, &error))
        return service_fail(service, error, REASON_BAD_ANSWER, "reading the item", why);
    SecretValue *value = secret_item_get_secret(item);
    if (!value)
        return fail(why, REASON_KEYCHAIN_LOCKED, "%s keeps the item locked", service->name);
    out = copy_secret(service, value, secret, why);
    secret_value_unref(value);
    return out;
}

static enum outcome desktop_find(const struct item *item, char id[ID_LENGTH + 1],
                                 struct secret **secret, struct why *why)
{
    service_auto service = { 0 };
    items_auto *items = NULL;
    enum outcome out;

    if ((out = service_open(&service, true, item->may_prompt, why)) ||
        (out = find_items(&service, item, &items, why)))
        return out;
    if (!items)
        return fail(why, REASON_NOT_STORED, "%s does not have it", service.name);
    return read_item(&service, newest(items), id, secret, why);
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
    SecretItem *item = secret_item_create_sync(collection, &schema, attributes, label, value,
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
           secret_item_set_attributes_sync(item, &schema, attributes, service->stop, error) &&
           (same || secret_item_set_label_sync(item, label, service->stop, error));
}

/* The old item is changed rather than removed: there are never two, and KeePassXC asks the person
 * before it removes one. */
static enum outcome desktop_store(const struct item *item, const char *id,
                                  const struct secret *secret, struct why *why)
{
    service_auto service = { 0 };
    collection_auto *collection = NULL;
    items_auto *old = NULL;
    GError *error = NULL;
    enum outcome out;

    if ((out = service_open(&service, true, item->may_prompt, why)) ||
        (out = open_collection(&service, &collection, why)) ||
        (out = find_items(&service, item, &old, why)) ||
        (out = remove_items(&service, old ? old->next : NULL, why)))
        return out;
    GHashTable *attributes = attributes_of(item, id);
    /* Without a copy: the bytes are ours, and outlive it. */
    SecretValue *value = secret_value_new_full((char *)secret_peek(secret),
                                               (gssize)secret_length(secret), "text/plain", NULL);
    bool stored = old ? change_item(&service, old->data, item->label, attributes, value, &error)
                      : create_item(&service, collection, item->label, attributes, value, &error);
    secret_value_unref(value);
    g_hash_table_unref(attributes);
    return stored ? OUTCOME_OK
                  : service_fail(&service, error, REASON_CANNOT_WRITE, "storing the item", why);
}

static enum outcome desktop_remove(const struct item *item, struct why *why)
{
    service_auto service = { 0 };
    items_auto *items = NULL;
    enum outcome out;

    if ((out = service_open(&service, false, item->may_prompt, why)) ||
        (out = find_items(&service, item, &items, why)))
        return out;
    return remove_items(&service, items, why);
}

const struct place place_desktop = { "desktop", desktop_find, desktop_store, desktop_remove };
