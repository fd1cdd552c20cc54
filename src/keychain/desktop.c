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
    enum outcome (*run)(struct service *service, const struct job *job, struct why *why);
};

/* Which of them was changed last? */
static enum outcome newest(const struct service *service, char **items, const char **found,
                           struct why *why)
{
    guint64 last = 0;

    *found = items[0];
    for (char **at = items; items[1] && *at; at++) {
        GError *error = NULL;
        GVariant *told = service_get(service, *at, ITEM_INTERFACE, "Modified", "t", &error);
        if (!told)
            return service_fail(service, error, REASON_BAD_ANSWER, "choosing the item", why);
        if (g_variant_get_uint64(told) > last) {
            last = g_variant_get_uint64(told);
            *found = *at;
        }
        g_variant_unref(told);
    }
    return OUTCOME_OK;
}

static bool is_told(GVariant *attributes, const char *name, const char *value)
{
    const char *told;

    return g_variant_lookup(attributes, name, "&s", &told) && !strcmp(told, value);
}

/* The id, if the provider found what it was to find: a password goes to no other realm. */
static enum outcome copy_id(const struct service *service, const struct item *item,
                            const char *found, char id[ID_LENGTH + 1], struct why *why)
{
    GError *error = NULL;
    GVariant *attributes =
        service_get(service, found, ITEM_INTERFACE, "Attributes", "a{ss}", &error);
    const char *there = NULL;

    if (!attributes)
        return service_fail(service, error, REASON_BAD_ANSWER, "reading the item", why);
    (void)g_variant_lookup(attributes, "id", "&s", &there);
    bool good = item_is_id(there) && is_told(attributes, "kind", item->kind) &&
                is_told(attributes, "user", item->user) &&
                is_told(attributes, "realm", item->realm);
    if (good)
        (void)strcpy(id, there);
    g_variant_unref(attributes);
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

static enum outcome read_item(struct service *service, const struct job *job, const char *item,
                              struct why *why)
{
    const char *session = secret_service_get_session_dbus_path(service->secrets);
    GError *error = NULL;
    GVariant *answer = service_call(service, item, ITEM_INTERFACE, "GetSecret",
                                    g_variant_new("(o)", session), "((oayays))", &error);
    enum outcome out;

    if (!answer)
        return service_fail(service, error, REASON_BAD_ANSWER, "reading the item", why);
    GVariant *encoded = g_variant_get_child_value(answer, 0);
    SecretValue *value = secret_service_decode_dbus_secret(service->secrets, encoded);
    g_variant_unref(encoded);
    g_variant_unref(answer);
    if (!value)
        return fail(why, REASON_BAD_ANSWER, "%s: a secret that is not for us", service->name);
    out = copy_secret(service, value, job->found, why);
    secret_value_unref(value);
    return out;
}

static enum outcome find(struct service *service, const struct job *job, struct why *why)
{
    g_auto(GStrv) items = NULL;
    const char *item;
    enum outcome out;

    if ((out = search_items(service, job->item, &items, why)))
        return out;
    if (!*items)
        return fail(why, REASON_NOT_STORED, "%s does not have it", service->name);
    if ((out = newest(service, items, &item, why)) ||
        (out = copy_id(service, job->item, item, job->id, why)))
        return out;
    return read_item(service, job, item, why);
}

static enum outcome remove_items(struct service *service, char **items, struct why *why)
{
    for (; *items; items++) {
        GError *error = NULL;
        if (!secret_service_delete_item_dbus_path_sync(service->secrets, *items, service->stop,
                                                       &error) &&
            !g_error_matches(error, SECRET_ERROR, SECRET_ERROR_NO_SUCH_OBJECT))
            return service_fail(service, error, REASON_CANNOT_WRITE, "removing the item", why);
        g_clear_error(&error);
    }
    return OUTCOME_OK;
}

/* The collection is open, so nobody need be asked. */
static bool create_item(struct service *service, const struct job *job, GError **error)
{
    enum prompts before = prompter_allow(service->secrets, PROMPTS_SILENT);
    GHashTable *properties =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_variant_unref);
    SecretValue *value = service_value(job->secret);

    (void)g_hash_table_insert(properties, ITEM_INTERFACE ".Label",
                              g_variant_ref_sink(g_variant_new_string(job->item->label)));
    (void)g_hash_table_insert(properties, ITEM_INTERFACE ".Attributes",
                              g_variant_ref_sink(item_attributes(job->item, job->new_id)));
    char *item = secret_service_create_item_dbus_path_sync(
        service->secrets, service->collection, properties, value, SECRET_ITEM_CREATE_NONE,
        service->stop, error);
    secret_value_unref(value);
    g_hash_table_unref(properties);
    (void)prompter_allow(service->secrets, before);
    bool made = item;
    g_free(item);
    return made;
}

static bool call(struct service *service, const char *item, const char *interface,
                 const char *method, GVariant *arguments, GError **error)
{
    GVariant *answer = service_call(service, item, interface, method, arguments, "()", error);
    bool done = answer;

    g_clear_pointer(&answer, g_variant_unref);
    return done;
}

static bool set(struct service *service, const char *item, const char *property, GVariant *value,
                GError **error)
{
    return call(service, item, "org.freedesktop.DBus.Properties", "Set",
                g_variant_new("(ssv)", ITEM_INTERFACE, property, value), error);
}

static bool has_label(const struct service *service, const char *item, const char *label)
{
    GVariant *told = service_get(service, item, ITEM_INTERFACE, "Label", "s", NULL);
    bool same = told && !strcmp(g_variant_get_string(told, NULL), label);

    g_clear_pointer(&told, g_variant_unref);
    return same;
}

/* The id comes last: if we end half way, the new secret is taken for one that was tried already,
 * never an old one for new. */
static bool change_item(struct service *service, const char *item, const struct job *job,
                        GError **error)
{
    const char *label = job->item->label;

    return call(service, item, ITEM_INTERFACE, "SetSecret",
                g_variant_new("(@(oayays))", service_encode(service, job->secret)), error) &&
           set(service, item, "Attributes", item_attributes(job->item, job->new_id), error) &&
           (has_label(service, item, label) ||
            set(service, item, "Label", g_variant_new_string(label), error));
}

/* The old item is changed rather than removed: there are never two, and KeePassXC asks the person
 * before it removes one. */
static enum outcome store(struct service *service, const struct job *job, struct why *why)
{
    g_auto(GStrv) old = NULL;
    GError *error = NULL;
    enum outcome out;

    if ((out = search_collection(service, why)) ||
        (out = search_items(service, job->item, &old, why)) ||
        (*old && (out = remove_items(service, old + 1, why))))
        return out;
    bool stored =
        *old ? change_item(service, *old, job, &error) : create_item(service, job, &error);
    return stored ? OUTCOME_OK
                  : service_fail(service, error, REASON_CANNOT_WRITE, "storing the item", why);
}

static enum outcome clear(struct service *service, const struct job *job, struct why *why)
{
    g_auto(GStrv) items = NULL;
    enum outcome out = search_items(service, job->item, &items, why);

    return out ? out : remove_items(service, items, why);
}

static enum outcome try(const struct job *job, GCancellable *stop, struct why *why)
{
    service_auto service = { .stop = stop };
    enum outcome out = service_open(&service, job->session, job->item->may_prompt, why);

    return out ? out : job->run(&service, job, why);
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
