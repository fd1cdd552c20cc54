/* SPDX-License-Identifier: MIT */
#include "keychain/search.h"

#include "keychain/prompter.h"

const SecretSchema item_schema = { "org.chatelaine.Item",
                                   SECRET_SCHEMA_NONE,
                                   { { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                     { "user", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                     { "realm", SECRET_SCHEMA_ATTRIBUTE_STRING },
                                     { "id", SECRET_SCHEMA_ATTRIBUTE_STRING } } };

void items_free(GList **items)
{
    g_list_free_full(*items, g_object_unref);
    *items = NULL;
}

void collection_free(SecretCollection **collection)
{
    g_clear_object(collection);
}

GHashTable *item_attributes(const struct item *item, const char *id)
{
    return id ? secret_attributes_build(&item_schema, "kind", item->kind, "user", item->user,
                                        "realm", item->realm, "id", id, NULL)
              : secret_attributes_build(&item_schema, "kind", item->kind, "user", item->user,
                                        "realm", item->realm, NULL);
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

enum outcome search_collection(struct service *service, SecretCollection **collection,
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

/* Borrowed items, the list is the caller's. */
static GList *locked_of(GList *items)
{
    GList *locked = NULL;

    for (GList *at = items; at; at = at->next)
        if (secret_item_get_locked(at->data))
            locked = g_list_prepend(locked, at->data);
    return locked;
}

enum outcome search_items(struct service *service, const struct item *item, GList **items,
                          struct why *why)
{
    GError *error = NULL;
    GHashTable *attributes = item_attributes(item, item->id);

    *items = secret_service_search_sync(service->secrets, &item_schema, attributes,
                                        SECRET_SEARCH_ALL, service->stop, &error);
    g_hash_table_unref(attributes);
    if (error)
        return service_fail(service, error, REASON_BAD_ANSWER, "searching", why);
    GList *locked = locked_of(*items);
    enum outcome out = locked ? service_unlock(service, locked, why) : OUTCOME_OK;
    g_list_free(locked);
    return out;
}
