/* SPDX-License-Identifier: MIT */
#include "kerberos/pin.h"

#include <ctype.h>
#include <errno.h>
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"

/* Read after the system's files, so that those win. */
static const char defaults[] = "[libdefaults]\n"
                               "dns_canonicalize_hostname = false\n"
                               "rdns = false\n"
                               "dns_uri_lookup = false\n"
                               "udp_preference_limit = 1\n"; /* AD's replies need TCP anyway */

/* A file in memory that libkrb5 can open by its name for as long as the process lives. */
static enum outcome memory_file(const char *name, const char *text, int *fd, struct why *why)
{
    *fd = memfd_create(name, MFD_CLOEXEC);
    if (*fd < 0 || write(*fd, text, strlen(text)) != (ssize_t)strlen(text))
        return fail(why, REASON_BROKEN, "a file in memory for libkrb5: %s", strerror(errno));
    return OUTCOME_OK;
}

/* The * makes a value final: those of later files for the same key do not count. */
static enum outcome write_pin(struct text *pin, const char *realm, const char *address,
                              struct why *why)
{
    const char *open = strchr(address, ':') ? "[" : "", *close = *open ? "]" : "";

    if (strpbrk(realm, "{}[]=*#; \t\n\"") || strpbrk(address, "{}[]=*#; \t\n\""))
        return fail(why, REASON_BAD_NAME, "\"%s\" cannot name a realm", realm);
    text_add(pin, "[realms]\n%s = {\n", realm);
    text_add(pin, "kdc* = %s%s%s:88\n", open, address, close);
    text_add(pin, "primary_kdc* = %s%s%s:88\n", open, address, close);
    text_add(pin, "kpasswd_server* = %s%s%s:464\n}\n", open, address, close);
    return text_ok(pin) ? OUTCOME_OK : fail_memory(why);
}

enum outcome pin_realm(const char *realm, const char *address, struct why *why)
{
    static char *own; /* the caller's KRB5_CONFIG, for a second pin */
    const char *system = getenv("KRB5_CONFIG");
    enum outcome out;
    int first, last;

    if (!own && !(own = strdup(system ? system : "/etc/krb5.conf")))
        return fail_memory(why);
    text_auto *pin = text_new(4096), *path = text_new(8192);
    if (!pin || !path)
        return fail_memory(why);
    if ((realm && (out = write_pin(pin, realm, address, why))) ||
        (out = memory_file("pin", text_peek(pin), &first, why)) ||
        (out = memory_file("defaults", defaults, &last, why)))
        return out;
    text_add(path, "/proc/self/fd/%d:%s:/proc/self/fd/%d", first, own, last);
    if (!text_ok(path) || setenv("KRB5_CONFIG", text_peek(path), 1))
        return fail_memory(why);
    return OUTCOME_OK;
}
