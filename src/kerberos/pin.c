/* SPDX-License-Identifier: MIT */
#include "kerberos/pin.h"

#include <ctype.h>
#include <errno.h>
#include <profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"

enum { PIN_MOST = 64 << 10 };

/* Read after the system's files, so that those win. */
static const char defaults[] = "[libdefaults]\n"
                               "dns_uri_lookup = false\n"
                               "udp_preference_limit = 1\n" /* AD's replies need TCP anyway */
                               /* AD has no SPAKE; it loads libcrypto */
                               "[plugins]\n"
                               "clpreauth = {\n"
                               "disable = spake\n";

/* PKINIT wants no password, and loads libcrypto as well. */
static const char no_certificates[] = "disable = pkinit\n";
static const char end_of_defaults[] = "}\n";

/* Read before them: the name of a server is what the ticket is for, not what the DNS makes of it.
 */
static const char no_canonical_names[] = "[libdefaults]\n"
                                         "dns_canonicalize_hostname = false\n"
                                         "rdns = false\n";

/* A file in memory that libkrb5 can open by its name for as long as the process lives. */
static enum outcome memory_file(const char *name, const struct text *text, int *fd, struct why *why)
{
    if (!text_ok(text))
        return fail_memory(why);
    *fd = memfd_create(name, MFD_CLOEXEC);
    if (*fd < 0 || write(*fd, text_peek(text), text_length(text)) != (ssize_t)text_length(text))
        return fail(why, REASON_BROKEN, "a file in memory for libkrb5: %s", strerror(errno));
    return OUTCOME_OK;
}

static bool is_server(const char *key)
{
    return !strcmp(key, "kdc") || !strcmp(key, "primary_kdc") || !strcmp(key, "master_kdc") ||
           !strcmp(key, "kpasswd_server");
}

static void write_value(struct text *pin, const char *key, const char *value)
{
    text_add(pin, "%s = \"", key);
    for (; *value; value++)
        text_add(pin, strchr("\"\\", *value) ? "\\%c" : *value == '\n' ? "\\n" : "%c", *value);
    text_add(pin, "\"\n");
}

/* What the system's files say of the realm but for its servers, to a depth that libkrb5 uses. */
static void copy_settings(struct text *pin, profile_t profile, const char *const *names, int depth)
{
    char *key = NULL, *value = NULL;
    void *iterator = NULL;

    if (profile_iterator_create(profile, names, PROFILE_ITER_LIST_SECTION, &iterator))
        return;
    while (!profile_iterator(&iterator, &key, &value) && key) {
        const char *const inner[] = { names[0], names[1], key, NULL };
        if (value && (depth || !is_server(key)))
            write_value(pin, key, value);
        if (!value && !depth) {
            text_add(pin, "%s = {\n", key);
            copy_settings(pin, profile, inner, 1);
            text_add(pin, "}\n");
        }
        profile_release_string(key);
        profile_release_string(value);
    }
    profile_iterator_free(&iterator);
}

/* Only a whole section can be final (the * at its end), so that later files for it do not count:
 * it takes over what they say otherwise. */
static enum outcome write_pin(struct text *pin, const char *system, const char *realm,
                              const char *address, const char *host, struct why *why)
{
    const char *open = strchr(address, ':') ? "[" : "", *close = *open ? "]" : "";
    const char *const names[] = { "realms", realm, NULL };
    static const char special[] = "{}[]=*#; \t\n\"";
    profile_t profile = NULL;

    if (strpbrk(realm, special) || strpbrk(address, special) || (host && strpbrk(host, special)))
        return fail(why, REASON_BAD_NAME, "\"%s\" cannot name a realm", realm);
    text_add(pin, "[realms]\n%s = {\n", realm);
    text_add(pin, "kdc = %s%s%s:88\n", open, address, close);
    text_add(pin, "primary_kdc = %s%s%s:88\n", open, address, close);
    text_add(pin, "kpasswd_server = %s%s%s:464\n", open, address, close);
    if (host) /* AD's certificates name the host (MS-PKCA 3.1.5.3), and not the realm as RFC 4556
                 has it */
        text_add(pin, "pkinit_kdc_hostname = %s\n", host);
    if (!profile_init_path(system, &profile)) { /* without it there is nothing to take over */
        copy_settings(pin, profile, names, 0);
        profile_release(profile);
    }
    text_add(pin, "}*\n");
    return OUTCOME_OK;
}

static enum outcome pin_all(const char *realm, const char *address, const char *host,
                            struct why *why)
{
    static char *own; /* the caller's KRB5_CONFIG, for a second pin */
    const char *system = getenv("KRB5_CONFIG");
    enum outcome out;
    int first, last;

    if (!own && !(own = strdup(system ? system : "/etc/krb5.conf")))
        return fail_memory(why);
    text_auto *pin = text_new(PIN_MOST), *path = text_new(8192), *behind = text_new(1024);
    if (!pin || !path || !behind)
        return fail_memory(why);
    text_add(pin, "%s", no_canonical_names);
    text_add(behind, "%s%s%s", defaults, host ? "" : no_certificates, end_of_defaults);
    if ((realm && (out = write_pin(pin, own, realm, address, host, why))) ||
        (out = memory_file("pin", pin, &first, why)) ||
        (out = memory_file("defaults", behind, &last, why)))
        return out;
    text_add(path, "/proc/self/fd/%d:%s:/proc/self/fd/%d", first, own, last);
    if (!text_ok(path) || setenv("KRB5_CONFIG", text_peek(path), 1))
        return fail_memory(why);
    return OUTCOME_OK;
}

enum outcome pin_realm(const char *realm, const char *address, struct why *why)
{
    return pin_all(realm, address, NULL, why);
}

enum outcome pin_realm_for_certificates(const char *realm, const char *address, const char *host,
                                        struct why *why)
{
    return pin_all(realm, address, host, why);
}
