/* SPDX-License-Identifier: MIT */
#include "keychain/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keychain/bus.h"
#include "keychain/prompter.h"

static const char encrypted[] = "dh-ietf1024-sha256-aes128-cbc-pkcs7";

static enum reason reason_of(const GError *error, enum reason otherwise)
{
    const struct {
        GQuark domain;
        int code;
        enum reason reason;
    } codes[] = {
        { PROMPT_ERROR, 0, REASON_KEYCHAIN_LOCKED },
        { SECRET_ERROR, SECRET_ERROR_IS_LOCKED, REASON_KEYCHAIN_LOCKED },
        { SECRET_ERROR, SECRET_ERROR_PROTOCOL, REASON_BAD_ANSWER },
        { G_IO_ERROR, G_IO_ERROR_CANCELLED, REASON_TIME_OUT },
        { G_IO_ERROR, G_IO_ERROR_TIMED_OUT, REASON_TIME_OUT },
        { G_IO_ERROR, G_IO_ERROR_CLOSED, REASON_NO_KEYCHAIN },
        { G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT, REASON_TIME_OUT },
        { G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT, REASON_TIME_OUT },
        { G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY, REASON_NO_KEYCHAIN }, /* it ended meanwhile */
        { G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN, REASON_NO_KEYCHAIN },
        { G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER, REASON_NO_KEYCHAIN },
        { G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED, REASON_NO_KEYCHAIN },
    };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (g_error_matches(error, codes[i].domain, codes[i].code))
            return codes[i].reason;
    return otherwise;
}

enum outcome service_fail(const struct service *service, GError *error, enum reason otherwise,
                          const char *step, struct why *why)
{
    enum reason reason = error ? reason_of(error, otherwise) : otherwise;

    if (error)
        (void)g_dbus_error_strip_remote_error(error);
    if (g_cancellable_is_cancelled(service->stop))
        reason = REASON_TIME_OUT;
    (void)fail(why, reason, "%s: %s: %s", service->name, step,
               error ? error->message : "an empty answer");
    g_clear_error(&error);
    return reason_outcome(reason);
}

/* Anything that runs as this person may offer a keychain; who does not is none of theirs. */
static enum outcome look_at_owner(struct service *service, const struct bus_owner *owner,
                                  struct why *why)
{
    (void)snprintf(service->name, sizeof service->name, "the Secret Service (%s)", owner->program);
    service->is_gnome = !strncmp(owner->program, "gnome-keyring", 13);
    if (owner->uid != getuid())
        return fail(why, REASON_NO_KEYCHAIN, "%s runs as another user", service->name);
    return OUTCOME_OK;
}

static enum outcome check_session(const struct service *service, struct why *why)
{
    const char *algorithm = secret_service_get_session_algorithms(service->secrets);

    if (!algorithm || strcmp(algorithm, encrypted) != 0)
        return fail(why, REASON_KEYCHAIN_UNSAFE, "%s offers no encryption but \"%s\"",
                    service->name, algorithm ? algorithm : "");
    return OUTCOME_OK;
}

enum outcome service_open(struct service *service, bool session, bool may_prompt, struct why *why)
{
    struct bus_owner owner;
    GError *error = NULL;
    enum outcome out;

    (void)strcpy(service->name, "the Secret Service");
    if ((out = bus_find("org.freedesktop.secrets", service->stop, &owner, why)) ||
        (out = look_at_owner(service, &owner, why)))
        return out;
    service->secrets = secret_service_open_sync(
        prompter_get_type(), owner.name,
        session ? SECRET_SERVICE_OPEN_SESSION : SECRET_SERVICE_NONE, service->stop, &error);
    if (!service->secrets)
        return service_fail(service, error, REASON_BAD_ANSWER, "opening a session", why);
    (void)prompter_allow(service->secrets, may_prompt ? PROMPTS_PERSON : PROMPTS_NONE);
    return session ? check_session(service, why) : OUTCOME_OK;
}

void service_close(struct service *service)
{
    g_clear_object(&service->secrets);
    g_clear_pointer(&service->collection, g_free);
}

GVariant *service_call(const struct service *service, const char *path, const char *interface,
                       const char *method, GVariant *arguments, const char *type, GError **error)
{
    GDBusProxy *proxy = G_DBUS_PROXY(service->secrets);

    return g_dbus_connection_call_sync(
        g_dbus_proxy_get_connection(proxy), g_dbus_proxy_get_name(proxy), path, interface, method,
        arguments, G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, service->stop, error);
}

GVariant *service_get(const struct service *service, const char *path, const char *interface,
                      const char *property, const char *type, GError **error)
{
    GVariant *value = NULL,
             *answer = service_call(service, path, "org.freedesktop.DBus.Properties", "Get",
                                    g_variant_new("(ss)", interface, property), "(v)", error);

    if (!answer)
        return NULL;
    g_variant_get(answer, "(v)", &value);
    g_variant_unref(answer);
    if (g_variant_is_of_type(value, G_VARIANT_TYPE(type)))
        return value;
    g_variant_unref(value);
    g_set_error(error, SECRET_ERROR, SECRET_ERROR_PROTOCOL, "%s is of another type", property);
    return NULL;
}

SecretValue *service_value(const struct secret *secret)
{
    return secret_value_new_full((char *)secret_peek(secret), (gssize)secret_length(secret),
                                 "text/plain", NULL);
}

GVariant *service_encode(const struct service *service, const struct secret *secret)
{
    SecretValue *value = service_value(secret);
    GVariant *encoded = secret_service_encode_dbus_secret(service->secrets, value);

    secret_value_unref(value);
    return encoded;
}

enum outcome service_unlock(struct service *service, char **paths, struct why *why)
{
    GError *error = NULL;
    int count = secret_service_unlock_dbus_paths_sync(service->secrets, (const char **)paths,
                                                      service->stop, NULL, &error);

    if (error)
        return service_fail(service, error, REASON_KEYCHAIN_LOCKED, "unlocking", why);
    if (count < 0 || (guint)count < g_strv_length(paths))
        return fail(why, REASON_KEYCHAIN_LOCKED, "%s stays locked", service->name);
    return OUTCOME_OK;
}
