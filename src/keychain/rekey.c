/* SPDX-License-Identifier: MIT */
#include "keychain/rekey.h"

#include <string.h>

#include "keychain/deadline.h"
#include "keychain/service.h"

#define GUILT "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"

static enum reason reason_of(const GError *error)
{
    static const struct {
        const char *name;
        enum reason reason;
    } errors[] = {
        { "org.gnome.keyring.Error.Denied", REASON_WRONG_KEYRING_PASSWORD },
        { "org.freedesktop.Secret.Error.NoSuchObject", REASON_NO_KEYRING },
        { "org.freedesktop.DBus.Error.UnknownMethod", REASON_KEYRING_BY_HAND },
        { "org.freedesktop.DBus.Error.UnknownInterface", REASON_KEYRING_BY_HAND },
    };
    enum reason reason = REASON_CANNOT_WRITE;
    char *name = g_dbus_error_get_remote_error(error);

    for (size_t i = 0; name && i < sizeof errors / sizeof *errors; i++)
        if (!strcmp(name, errors[i].name))
            reason = errors[i].reason;
    g_free(name);
    return reason;
}

/* Changes it, which gnome-keyring does only if the old one opens it; from one to the same proves
 * it. The collection must be there. */
static enum outcome change(struct service *service, const char *path, const struct secret *old,
                           const struct secret *now, struct why *why)
{
    GError *error = NULL;
    GVariant *arguments = g_variant_new("(o@(oayays)@(oayays))", path, service_encode(service, old),
                                        service_encode(service, now));
    GVariant *answer = service_call(service, SERVICE_PATH, GUILT, "ChangeWithMasterPassword",
                                    arguments, "()", &error);

    g_clear_pointer(&answer, g_variant_unref);
    return error ? service_fail(service, error, reason_of(error), "changing its own password", why)
                 : OUTCOME_OK;
}

/* Who logs in without a password has a login keyring without one. While it is locked, it takes any
 * password for the old one, and would have one from then on. It, and no other, can be changed from
 * none to none. */
static enum outcome refuse_open(struct service *service, const char *path, struct why *why)
{
    secret_auto *none = secret_new(1);
    enum outcome out;

    if (!none)
        return fail_memory(why);
    out = change(service, path, none, none, why);
    if (!out)
        return fail(why, REASON_NO_KEYRING, "the login keyring of %s has no password",
                    service->name);
    return why->reason == REASON_WRONG_KEYRING_PASSWORD ? OUTCOME_OK : out;
}

enum outcome rekey(const struct secret *old, const struct secret *now, bool *changed,
                   struct why *why)
{
    service_auto service = { .stop = deadline(CALLS_MS) };
    GError *error = NULL;
    enum outcome out;

    if ((out = service_open(&service, true, false, why)))
        return out;
    char *path =
        secret_service_read_alias_dbus_path_sync(service.secrets, "login", service.stop, &error);
    if (error)
        return service_fail(&service, error, REASON_BAD_ANSWER, "looking for it", why);
    if (!path)
        return service.is_gnome
                   ? fail(why, REASON_NO_KEYRING, "%s has none", service.name)
                   : fail(why, REASON_KEYRING_BY_HAND, "%s keeps its own password", service.name);
    if (!(out = refuse_open(&service, path, why)))
        out = change(&service, path, old ? old : now, now, why);
    *changed = old && !out;
    if (old && out && why->reason == REASON_WRONG_KEYRING_PASSWORD)
        out = change(&service, path, now, now, why);
    g_free(path);
    return out;
}
