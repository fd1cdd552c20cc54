/* SPDX-License-Identifier: MIT */
#include "kerberos/signed_in.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static int files_in(const char *path)
{
    int count = 0;
    const struct dirent *entry;
    DIR *dir = opendir(path);

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    (void)closedir(dir);
    return count;
}
/* The default member of the collection. */
static void primary_of(const char *name, char *text, size_t size)
{
    krb5_context context = open_context();
    krb5_ccache cache;
    krb5_principal there;
    char *user;

    assert_int_equal(krb5_cc_set_default_name(context, name), 0);
    assert_int_equal(krb5_cc_default(context, &cache), 0);
    assert_int_equal(krb5_cc_get_principal(context, cache, &there), 0);
    assert_int_equal(krb5_unparse_name(context, there, &user), 0);
    (void)snprintf(text, size, "%s", user);
    krb5_free_unparsed_name(context, user);
    krb5_free_principal(context, there);
    (void)krb5_cc_close(context, cache);
    krb5_free_context(context);
}

/* The rules of a collection, whatever its kind. */
static void collection(const char *name)
{
    char bobs[300], alices[300], again[300], text[200];
    struct ticket ticket;

    assert_int_equal(sign_in(name, "bob@CORP.EXAMPLE", bobs, sizeof bobs), 0);
    assert_int_equal(sign_in(name, "alice@CORP.EXAMPLE", alices, sizeof alices), 0);
    assert_string_not_equal(bobs, alices);
    primary_of(name, text, sizeof text);
    assert_string_equal(text, "bob@CORP.EXAMPLE");
    assert_int_equal(sign_in(name, "alice@CORP.EXAMPLE", again, sizeof again), 0);
    assert_string_equal(alices, again);
    assert_int_equal(find(name, NULL, "alice@CORP.EXAMPLE", &ticket), 0);
    assert_string_equal(ticket.cache, alices);
    assert_false(ticket.is_default);
    assert_int_equal(find(name, NULL, "bob@CORP.EXAMPLE", &ticket), 0);
    assert_string_equal(ticket.cache, bobs);
    assert_true(ticket.is_default);
}

static void folders(void **state)
{
    struct stat st;

    (void)state;
    (void)umask(0);
    assert_int_equal(mkdir("dir", 0700), 0);
    collection(cache_name("DIR", "dir"));
    assert_int_equal(files_in("dir"), 3); /* primary, bob's, alice's */
    assert_int_equal(stat("dir/tkt", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static int in_keyring(void *data)
{
    char name[100];

    (void)data;
    (void)snprintf(name, sizeof name, "KEYRING:session:chatelaine-test-%d", (int)getpid());
    collection(name);
    return 0;
}

static bool has_keyring(void)
{
    krb5_context context = open_context();
    krb5_ccache cache;
    krb5_principal someone = principal(context, "a@B");
    bool has = !krb5_cc_resolve(context, "KEYRING:process:test", &cache);

    if (has) {
        has = !krb5_cc_initialize(context, cache, someone);
        (void)krb5_cc_destroy(context, cache);
    }
    krb5_free_principal(context, someone);
    krb5_free_context(context);
    return has;
}

static void keyring(void **state)
{
    (void)state;
    if (!has_keyring())
        test_skip("the kernel or libkrb5 here has no keyring for tickets");
    assert_int_equal(test_child(in_keyring, NULL), 0);
}

static void one_of_folder(void **state)
{
    char where[300], name[400];

    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(sign_in(cache_name("DIR", "sub"), "bob@CORP.EXAMPLE", where, sizeof where), 0);
    (void)snprintf(name, sizeof name, "%s", where);
    test_reason(sign_in(name, "alice@CORP.EXAMPLE", where, sizeof where), &why,
                REASON_CACHE_UNUSABLE, "DIR");
}

/* Is the marked key in any file of the folder? */
static int holds_key(const char *path)
{
    char file[600];
    static char bytes[1 << 20];
    int count = 0;
    const struct dirent *entry;
    DIR *dir = opendir(path);

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        struct stat st;
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (lstat(file, &st) || !S_ISREG(st.st_mode))
            continue;
        size_t length = test_read(file, bytes, sizeof bytes);
        count += memmem(bytes, length, key_bytes, sizeof key_bytes) != NULL;
    }
    (void)closedir(dir);
    return count;
}

static int on_full_disk(void *data)
{
    char where[300], before[4096], after[4096];
    const char *type = data;
    static char filler[8192];
    int fd;

    if (!test_small_disk("disk", "64k"))
        return 77;
    ticket_bytes[0] = 'o';
    assert_int_equal(sign_in(cache_name(type, "disk/c"), "alice@CORP.EXAMPLE", where, sizeof where),
                     0);
    char *path = strchr(where, '/');
    size_t length = test_read(path, before, sizeof before);
    assert_int_equal(holds_key(*type == 'D' ? "disk/c" : "disk"), 1);
    FILE *fill = fopen("disk/filler", "we");
    assert_non_null(fill);
    fd = fileno(fill);
    while (write(fd, filler, sizeof filler) > 0)
        ;
    while (write(fd, filler, 1) > 0)
        ;
    (void)fclose(fill);
    int names = files_in(*type == 'D' ? "disk/c" : "disk");
    ticket_bytes[0] = 'n';
    test_reason(sign_in(cache_name(type, "disk/c"), "alice@CORP.EXAMPLE", where, sizeof where),
                &why, REASON_CANNOT_WRITE, "");
    assert_int_equal(test_read(path, after, sizeof after), length);
    assert_memory_equal(before, after, length);
    assert_int_equal(files_in(*type == 'D' ? "disk/c" : "disk"), names);
    assert_int_equal(holds_key(*type == 'D' ? "disk/c" : "disk"), 1);
    /* Somebody else's, which would be a new file. */
    test_reason(sign_in(cache_name(type, "disk/c"), "carol@CORP.EXAMPLE", where, sizeof where),
                &why, REASON_CANNOT_WRITE, "");
    assert_int_equal(files_in(*type == 'D' ? "disk/c" : "disk"), names);
    assert_int_equal(holds_key(*type == 'D' ? "disk/c" : "disk"), 1);
    return 0;
}

static void full_disk(void **state)
{
    (void)state;
    assert_int_equal(mkdir("disk", 0700), 0);
    int status = test_child(on_full_disk, "FILE");
    if (status == 77)
        test_skip("no tmpfs can be mounted in a namespace here");
    assert_int_equal(status, 0);
}

static void full_disk_folder(void **state)
{
    (void)state;
    int status = test_child(on_full_disk, "DIR");
    if (status == 77)
        test_skip("no tmpfs can be mounted in a namespace here");
    assert_int_equal(status, 0);
}
FACTS(FACT(folders, "cache_choose: in a DIR a new member, the default not switched"),
      FACT(keyring, "cache_choose: in a KEYRING a new member, the default not switched"),
      FACT(one_of_folder, "cache_choose: a single member of a DIR is no place for another"),
      FACT(full_disk, "cache_write: on a full disk a FILE stays, no key is left beside it"),
      FACT(full_disk_folder, "cache_write: on a full disk a DIR stays, no key is left in it"))
