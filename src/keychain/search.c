/* SPDX-License-Identifier: MIT */
#include "keychain/search.h"

#include "keychain/prompter.h"

#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"

GVariant *item_attributes(const struct item *item, const char *id)
{
    GVariantBuilder attributes;

    g_variant_builder_init(&attributes, G_VARIANT_TYPE("a{ss}"));
    g_variant_builder_add(&attributes, "{ss}", "xdg:schema", "org.chatelaine.Item");
    g_variant_builder_add(&attributes, "{ss}", "kind", item->kind);
    g_variant_builder_add(&attributes, "{ss}", "user", item->user);
    g_variant_builder_add(&attributes, "{ss}", "realm", item->realm);
    if (id)
        g_variant_builder_add(&attributes, "{ss}", "id", id);
    return g_variant_builder_end(&attributes);
}

static bool is_open(const struct service *service, const char *path, const char *name)
{
    gboolean open = FALSE;
    GVariant *told = service_call(service, path, "org.kde.KWallet", "isOpen",
                                  g_variant_new("(s)", name), "(b)", NULL);

    if (told)
        g_variant_get(told, "(b)", &open);
    g_clear_pointer(&told, g_variant_unref);
    return open;
}

/* KWallet calls even a wallet locked that the login opened, until a prompt has run that shows
 * nothing. It tells in its own words which wallets are open; who is not KWallet does not know the
 * call. */
static bool is_open_wallet(const struct service *service, const char *collection)
{
    GVariant *label = service_get(service, collection, COLLECTION_INTERFACE, "Label", "s", NULL);
    const char *name = label ? g_variant_get_string(label, NULL) : NULL;
    bool open = name && (is_open(service, "/modules/kwalletd5", name) ||
                         is_open(service, "/modules/kwalletd6", name));

    g_clear_pointer(&label, g_variant_unref);
    return open;
}

static enum outcome unlock_collection(struct service *service, struct why *why)
{
    char *paths[] = { service->collection, NULL };
    bool silent = is_open_wallet(service, service->collection);
    enum prompts before = prompter_allow(service->secrets, PROMPTS_SILENT);

    if (!silent)
        (void)prompter_allow(service->secrets, before);
    enum outcome out = service_unlock(service, paths, why);
    (void)prompter_allow(service->secrets, before);
    return out;
}

enum outcome search_collection(struct service *service, struct why *why)
{
    GVariant *told = NULL;
    GError *error = NULL;

    if (service->collection)
        return OUTCOME_OK;
    service->collection = secret_service_read_alias_dbus_path_sync(
        service->secrets, SECRET_COLLECTION_DEFAULT, service->stop, &error);
    if (!service->collection && !error)
        return fail(why, REASON_NO_KEYCHAIN, "%s has no default collection", service->name);
    if (service->collection)
        told =
            service_get(service, service->collection, COLLECTION_INTERFACE, "Locked", "b", &error);
    if (!told)
        return service_fail(service, error, REASON_BAD_ANSWER, "opening the collection", why);
    bool locked = g_variant_get_boolean(told);
    g_variant_unref(told);
    return locked ? unlock_collection(service, why) : OUTCOME_OK;
}

static char **join(char **some, char **others)
{
    GStrvBuilder *all = g_strv_builder_new();

    g_strv_builder_addv(all, (const char **)some);
    g_strv_builder_addv(all, (const char **)others);
    char **joined = g_strv_builder_end(all);
    g_strv_builder_unref(all);
    return joined;
}

/* Of an item that is locked though its collection is not, KeePassXC asks who may read it. It does
 * so for each connection to the bus, and each helper has a new one. */
static enum outcome unlock_items(struct service *service, char **items, struct why *why)
{
    g_autofree char *collection = g_path_get_dirname(*items);
    enum outcome out = service_unlock(service, items, why);

    if (!out || why->reason != REASON_KEYCHAIN_LOCKED)
        return out;
    GVariant *told = service_get(service, collection, COLLECTION_INTERFACE, "Locked", "b", NULL);
    if (told && !g_variant_get_boolean(told))
        out = fail_as(why, REASON_KEYCHAIN_ASKS);
    g_clear_pointer(&told, g_variant_unref);
    return out;
}

enum outcome search_items(struct service *service, const struct item *item, char ***items,
                          struct why *why)
{
    g_auto(GStrv) open = NULL, locked = NULL;
    GError *error = NULL;
    GVariant *told;
    enum outcome out;

    if (!service->is_gnome && (out = search_collection(service, why)))
        return out;
    if (!(told = service_call(service, SERVICE_PATH, SERVICE_INTERFACE, "SearchItems",
                              g_variant_new("(@a{ss})", item_attributes(item, item->id)), "(aoao)",
                              &error)))
        return service_fail(service, error, REASON_BAD_ANSWER, "searching", why);
    g_variant_get(told, "(^ao^ao)", &open, &locked);
    g_variant_unref(told);
    if ((!*open || *locked) && (out = search_collection(service, why)))
        return out;
    *items = join(open, locked);
    return *locked ? unlock_items(service, locked, why) : OUTCOME_OK;
}
