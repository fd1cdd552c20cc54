/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <profile.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "kerberos/inspect.h"

const char *inspect_files(void)
{
    const char *files = getenv("KRB5_CONFIG");

    return files && *files ? files : "/etc/krb5.conf";
}

enum outcome inspect_parse(struct why *why)
{
    char *copy = strdup(inspect_files()), *rest = copy;
    enum outcome out = copy ? OUTCOME_OK : fail_memory(why);

    for (char *file; !out && (file = strsep(&rest, ":"));) {
        profile_t profile = NULL;
        long code = *file ? profile_init_path(file, &profile) : 0;
        if (!code && profile)
            profile_release(profile);
        else if (code && code != ENOENT && code != PROF_NO_PROFILE)
            out = fail(why, REASON_KERBEROS_SETTINGS, "%s %s", file,
                       code == EACCES || code == EPERM ? "may not be read" : "has a mistake in it");
    }
    free(copy);
    return out;
}

static const char *gap(const struct text *text)
{
    return text_length(text) ? "; " : "";
}

static enum outcome check_default(profile_t profile, const char *realm, struct text *odd,
                                  struct why *why)
{
    char *named = NULL;
    enum outcome out = OUTCOME_OK;

    (void)profile_get_string(profile, "libdefaults", "default_realm", NULL, NULL, &named);
    if (named && strcasecmp(named, realm) != 0)
        text_add(odd, "%sdefault_realm is %s, not %s", gap(odd), named, realm);
    else if (named && strcmp(named, realm) != 0)
        out = fail(why, REASON_KERBEROS_SETTINGS,
                   "default_realm is %s; realms are written in capitals: %s", named, realm);
    profile_release_string(named);
    return out;
}

/* As libkrb5 does: the name, ".its.domain", "its.domain" and so on. */
static char *mapped_realm(profile_t profile, const char *host)
{
    char *realm = NULL;

    for (const char *name = host; name && *name && !realm;
         name = *name == '.' ? name + 1 : strchr(name, '.'))
        (void)profile_get_string(profile, "domain_realm", name, NULL, NULL, &realm);
    return realm;
}

static enum outcome check_mapping(profile_t profile, const char *realm, const char *const *servers,
                                  struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (; !out && *servers; servers++) {
        char *mapped = mapped_realm(profile, *servers);
        if (mapped && *mapped && strcmp(mapped, realm) != 0)
            out = fail(why, REASON_KERBEROS_SETTINGS,
                       "[domain_realm] puts %s into the realm %s, not %s", *servers, mapped, realm);
        profile_release_string(mapped);
    }
    return out;
}

/* "dc1.corp.example", "10.1.2.3:88", "[2001:db8::1]:88". */
static bool is_one_of(const char *kdc, const char *const *servers)
{
    for (; *servers; servers++) {
        size_t length = strlen(*servers);
        const char *begin = kdc + (*kdc == '[');
        if (!strncasecmp(begin, *servers, length) && strchr(":]/", begin[length]))
            return true; /* strchr finds the NUL too */
    }
    return false;
}

static void check_servers(profile_t profile, const char *realm, const char *const *servers,
                          struct text *odd)
{
    const char *names[] = { "realms", realm, "kdc", NULL };
    char **kdcs = NULL;

    if (!*servers || profile_get_values(profile, names, &kdcs))
        return;
    for (char **kdc = kdcs; kdc && *kdc; kdc++)
        if (!is_one_of(*kdc, servers))
            text_add(odd, "%s[realms] names a kdc that the DNS does not: %s", gap(odd), *kdc);
    profile_free_list(kdcs);
}

enum outcome inspect_settings(const char *realm, const char *const *servers, struct text *odd,
                              struct why *why)
{
    profile_t profile = NULL;
    enum outcome out = inspect_parse(why);

    if (out || !*realm || profile_init_path(inspect_files(), &profile))
        return out;
    if (!(out = check_default(profile, realm, odd, why)) &&
        !(out = check_mapping(profile, realm, servers, why)))
        check_servers(profile, realm, servers, odd);
    profile_release(profile);
    return out;
}
