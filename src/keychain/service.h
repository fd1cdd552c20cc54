/* SPDX-License-Identifier: MIT
 *
 * The Secret Service of this session (specifications.freedesktop.org/secret-service, 0.2), as it is
 * already running: none is ever started. It is addressed by its unique name on the bus, which no
 * other can take and which starts nothing. libsecret has the session and the prompts; what it would
 * make an object of, with all its properties and signals, is a path here and a call or two.
 */
#ifndef KEYCHAIN_SERVICE_H
#define KEYCHAIN_SERVICE_H

#include <libsecret/secret.h>

#include "base/outcome.h"
#include "base/secret.h"

#define SERVICE_PATH      "/org/freedesktop/secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define ITEM_INTERFACE    "org.freedesktop.Secret.Item"

struct service {
    SecretService *secrets;
    GCancellable *stop; /* borrowed; set before it is opened: see deadline */
    char name[160];     /* for why: "the Secret Service (kwalletd5)" */
    bool is_gnome;
    char *collection; /* the default one, once it was opened: see search_collection */
};

/* no-keychain without bus or provider. With a session: keychain-unsafe unless it encrypts. */
enum outcome service_open(struct service *service, bool session, bool may_prompt, struct why *why);
void service_close(struct service *service);
#define service_auto __attribute__((cleanup(service_close))) struct service

/* An answer of this type, the caller's; else NULL and an error. */
GVariant *service_call(const struct service *service, const char *path, const char *interface,
                       const char *method, GVariant *arguments, const char *type, GError **error);

/* The same of a property. */
GVariant *service_get(const struct service *service, const char *path, const char *interface,
                      const char *property, const char *type, GError **error);

/* Without a copy: the secret must outlive it. */
SecretValue *service_value(const struct secret *secret);

/* Encrypted for the session. */
GVariant *service_encode(const struct service *service, const struct secret *secret);

/* Unlocks collections or items. keychain-locked if the person did not, or may not be asked. */
enum outcome service_unlock(struct service *service, char **paths, struct why *why);

/* What an error means, from a table by code; otherwise for all that is not in it. Takes over the
 * error. */
enum outcome service_fail(const struct service *service, GError *error, enum reason otherwise,
                          const char *step, struct why *why);

#endif
