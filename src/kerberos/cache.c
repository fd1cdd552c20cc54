/* SPDX-License-Identifier: MIT */
#include "kerberos/cache.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kerberos/error.h"

enum holds { HOLDS_NOTHING, HOLDS_OURS, HOLDS_ANOTHER };

static bool is_type(krb5_context context, krb5_ccache cache, const char *type)
{
    return !strcmp(krb5_cc_get_type(context, cache), type);
}

/* As mktemp leaves it. */
static bool is_empty_file(krb5_context context, krb5_ccache cache)
{
    struct stat st;

    return is_type(context, cache, "FILE") && !lstat(krb5_cc_get_name(context, cache), &st) &&
           S_ISREG(st.st_mode) && !st.st_size;
}

static enum holds holds(krb5_context context, krb5_ccache cache, krb5_const_principal principal)
{
    krb5_principal there = NULL;
    krb5_error_code code = krb5_cc_get_principal(context, cache, &there);

    if (code == KRB5_FCC_NOFILE || code == KRB5_CC_NOTFOUND || code == KRB5_CC_END ||
        (code && is_empty_file(context, cache)))
        return HOLDS_NOTHING;
    bool same = !code && krb5_principal_compare(context, there, principal);
    krb5_free_principal(context, there);
    return same ? HOLDS_OURS : HOLDS_ANOTHER;
}

/* A ticket must outlive us, and a file must be the person's own and no link. */
enum outcome cache_check_kind(krb5_context context, krb5_ccache cache, struct why *why)
{
    const char *type = krb5_cc_get_type(context, cache);
    const char *name = krb5_cc_get_name(context, cache);
    struct stat st;

    if (!strcmp(type, "MEMORY") || (!strcmp(type, "KEYRING") && (!strncmp(name, "process:", 8) ||
                                                                 !strncmp(name, "thread:", 7))))
        return fail(why, REASON_CACHE_UNUSABLE, "%s:%s ends with the process that made it", type,
                    name);
    if (strcmp(type, "FILE") != 0)
        return OUTCOME_OK;
    if (lstat(name, &st))
        return errno == ENOENT ? OUTCOME_OK
                               : fail(why, REASON_CACHE_UNUSABLE, "%s: %s", name, strerror(errno));
    if (S_ISLNK(st.st_mode))
        return fail(why, REASON_OTHER_OWNER, "ticket cache %s is a link, which is not followed",
                    name);
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
        return fail(why, REASON_OTHER_OWNER, "ticket cache %s belongs to user %u or is no file",
                    name, (unsigned)st.st_uid);
    return OUTCOME_OK;
}

static enum outcome open_default(krb5_context context, const char *name, krb5_ccache *cache,
                                 struct why *why)
{
    krb5_error_code code = krb5_cc_set_default_name(context, name);
    enum outcome out;

    if (!code)
        code = krb5_cc_default(context, cache);
    if (code)
        return error_fail(why, context, code, name ? name : "the default ticket cache");
    if ((out = cache_check_kind(context, *cache, why)))
        (void)krb5_cc_close(context, *cache);
    return out;
}

/* FILE:/tmp/krb5cc_1000 holds somebody else: /tmp/krb5cc_1000.alice@CORP.EXAMPLE. */
static enum outcome file_beside(krb5_context context, const char *path,
                                krb5_const_principal principal, krb5_ccache *cache, struct why *why)
{
    char name[1024], *user = NULL;
    enum outcome out;

    krb5_error_code code = krb5_unparse_name(context, principal, &user);
    if (code)
        return error_fail(why, context, code, "the principal's name");
    for (char *c = user; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("@.-_", *c))
            *c = '_';
    int n = snprintf(name, sizeof name, "FILE:%s.%s", path, user);
    krb5_free_unparsed_name(context, user);
    if (n < 0 || (size_t)n >= sizeof name)
        return fail(why, REASON_CACHE_UNUSABLE, "%s: the name is too long", path);
    if ((code = krb5_cc_resolve(context, name, cache)))
        return error_fail(why, context, code, name);
    if (!(out = cache_check_kind(context, *cache, why)) &&
        holds(context, *cache, principal) == HOLDS_ANOTHER)
        out = fail(why, REASON_OTHER_PRINCIPAL, "ticket caches %s and %s hold other accounts", path,
                   name);
    if (out)
        (void)krb5_cc_close(context, *cache);
    return out;
}

/* The member of the collection that holds this principal, else a new one. */
static enum outcome member(krb5_context context, const char *type, krb5_principal principal,
                           krb5_ccache *cache, struct why *why)
{
    krb5_error_code code = krb5_cc_cache_match(context, principal, cache);

    if (code == KRB5_CC_NOTFOUND)
        code = krb5_cc_new_unique(context, type, NULL, cache);
    return code ? error_fail(why, context, code, type) : OUTCOME_OK;
}

enum outcome cache_check(krb5_context context, const char *name, struct why *why)
{
    krb5_ccache cache;
    enum outcome out = open_default(context, name, &cache, why);

    if (!out)
        (void)krb5_cc_close(context, cache);
    return out;
}

enum outcome cache_choose(krb5_context context, const char *name, krb5_const_principal principal,
                          krb5_ccache *cache, struct why *why)
{
    krb5_ccache standard;
    enum outcome out = open_default(context, name, &standard, why);

    if (out)
        return out;
    if (holds(context, standard, principal) != HOLDS_ANOTHER) {
        *cache = standard;
        return OUTCOME_OK;
    }
    const char *type = krb5_cc_get_type(context, standard);
    if (krb5_cc_support_switch(context, type))
        out = member(context, type, (krb5_principal)principal, cache, why);
    else if (is_type(context, standard, "FILE"))
        out = file_beside(context, krb5_cc_get_name(context, standard), principal, cache, why);
    else
        out = fail(why, REASON_OTHER_PRINCIPAL, "ticket cache %s:%s holds another account", type,
                   krb5_cc_get_name(context, standard));
    (void)krb5_cc_close(context, standard);
    return out;
}

/* The hint is where it was last; used if it still holds this principal. */
static bool hint_holds(krb5_context context, const char *hint, krb5_const_principal principal,
                       krb5_ccache *cache)
{
    struct why ignored;

    if (!hint || krb5_cc_resolve(context, hint, cache))
        return false;
    if (!cache_check_kind(context, *cache, &ignored) &&
        holds(context, *cache, principal) == HOLDS_OURS)
        return true;
    (void)krb5_cc_close(context, *cache);
    return false;
}

enum outcome cache_find(krb5_context context, const char *name, const char *hint,
                        const char *principal, krb5_ccache *cache, struct why *why)
{
    krb5_principal client = NULL;
    enum outcome out;

    if (!principal)
        return open_default(context, name, cache, why);
    krb5_error_code code = krb5_cc_set_default_name(context, name);
    if (!code)
        code = krb5_parse_name(context, principal, &client);
    if (code)
        return error_fail(why, context, code, principal);
    if (hint_holds(context, hint, client, cache)) {
        krb5_free_principal(context, client);
        return OUTCOME_OK;
    }
    out = cache_choose(context, name, client, cache, why);
    if (!out && holds(context, *cache, client) != HOLDS_OURS) {
        (void)krb5_cc_close(context, *cache);
        out = fail(why, REASON_NOT_SIGNED_IN, "no ticket cache holds a ticket of %s", principal);
    }
    krb5_free_principal(context, client);
    return out;
}

/* Some servers of collections make the newest member the default: it is made what it was. */
static krb5_error_code keep_default(krb5_context context, krb5_ccache before)
{
    krb5_ccache now;

    if (!krb5_cc_support_switch(context, krb5_cc_get_type(context, before)))
        return 0;
    krb5_error_code code = krb5_cc_default(context, &now);
    if (code)
        return code;
    if (strcmp(krb5_cc_get_name(context, now), krb5_cc_get_name(context, before)) != 0)
        code = krb5_cc_switch(context, before);
    (void)krb5_cc_close(context, now);
    return code;
}

/* Two files change names: on ext4, who renames onto a file has its bytes written to the disk first
 * (auto_da_alloc in ext4(5)), which takes ten times as long. Not every file system can do that. */
static krb5_error_code put_in_place(const char *beside, const char *path)
{
    if (!renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE)) {
        (void)unlink(beside);
        return 0;
    }
    if (!rename(beside, path))
        return 0;
    krb5_error_code code = errno == EPERM || errno == EACCES ? KRB5_FCC_PERM : KRB5_CC_IO;
    (void)unlink(beside);
    return code;
}

/* Of the same folder, and nobody's: whoever reads the file sees the old ticket or the new one. */
static krb5_error_code open_beside(krb5_context context, const char *path, krb5_ccache *beside)
{
    char name[1100];
    uint64_t random;

    if (getrandom(&random, sizeof random, 0) != sizeof random ||
        (size_t)snprintf(name, sizeof name, "FILE:%s.%" PRIx64, path, random) >= sizeof name)
        return KRB5_CC_IO;
    return krb5_cc_resolve(context, name, beside);
}

/* What is in memory goes there, and memory ends. */
static krb5_error_code move(krb5_context context, krb5_ccache memory, krb5_ccache cache)
{
    krb5_error_code code = krb5_cc_move(context, memory, cache);

    if (code)
        (void)krb5_cc_destroy(context, memory);
    return code;
}

static krb5_error_code move_to_file(krb5_context context, krb5_ccache memory, const char *path)
{
    krb5_ccache beside;
    krb5_error_code code = open_beside(context, path, &beside);

    if (code) {
        (void)krb5_cc_destroy(context, memory);
        return code;
    }
    if (!(code = move(context, memory, beside)))
        code = put_in_place(krb5_cc_get_name(context, beside), path);
    (void)krb5_cc_close(context, beside);
    return code;
}

static krb5_error_code replace(krb5_context context, krb5_ccache cache, krb5_creds *creds)
{
    const char *name = krb5_cc_get_name(context, cache);
    krb5_ccache memory;
    krb5_error_code code = krb5_cc_new_unique(context, "MEMORY", NULL, &memory);

    if (code)
        return code;
    if ((code = krb5_cc_initialize(context, memory, creds->client)) ||
        (code = krb5_cc_store_cred(context, memory, creds))) {
        (void)krb5_cc_destroy(context, memory);
        return code;
    }
    if (is_type(context, cache, "FILE") || is_type(context, cache, "DIR"))
        return move_to_file(context, memory, name + (*name == ':'));
    return move(context, memory, cache);
}

enum outcome cache_write(krb5_context context, krb5_ccache cache, krb5_creds *creds,
                         struct why *why)
{
    krb5_ccache standard = NULL;
    char *name = NULL;
    enum outcome out = OUTCOME_OK;

    krb5_error_code code = krb5_cc_get_full_name(context, cache, &name);
    if (code || (code = krb5_cc_default(context, &standard)) ||
        (code = replace(context, cache, creds)) || (code = keep_default(context, standard)))
        out = error_fail(why, context, code, name ? name : "the ticket cache");
    if (out && why->reason == REASON_NOT_SIGNED_IN) /* "no such file" means the folder here */
        out = fail_as(why, REASON_CACHE_UNUSABLE);
    if (standard)
        (void)krb5_cc_close(context, standard);
    krb5_free_string(context, name);
    return out;
}
