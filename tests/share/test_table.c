/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "share/table.h"

static const struct url team = { .server = "files.corp.example", .path = "Team A/x" };

static bool finds(const char *line, const char *folder, struct table_entry *entry)
{
    test_write("fstab", line, strlen(line));
    return table_find("fstab", &team, folder, entry);
}

#define SOURCE "//files.corp.example/Team\\040A/x "

static void found(void **state)
{
    static const char *const lines[] = {
        SOURCE "/mnt cifs user,sec=krb5 0 0\n",
        "# a comment\n\n" SOURCE "/mnt smb3 rw,noauto,users,sec=krb5i\n",
        "/dev/sda1 / ext4 defaults 0 1\n//FILES.corp.example/team\\040a/X /mnt cifs "
        "sec=krb5p,user 0 0\n",
        "garbage\n\xff\xfe\n" SOURCE "/mnt\tcifs\tuser=alice,sec=krb5\n",
    };
    struct table_entry entry;

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_true(finds(lines[i], "", &entry));
        assert_string_equal(entry.folder, "/mnt");
        assert_true(finds(lines[i], "/mnt", &entry));
        assert_false(finds(lines[i], "/mnt/", &entry));
    }
    assert_true(finds(SOURCE "/the\\040team cifs user,sec=krb5\n", "/the team", &entry));
    assert_string_equal(entry.folder, "/the team");
    assert_string_equal(entry.source, "//files.corp.example/Team A/x");
}

static void not_found(void **state)
{
    static const char *const lines[] = {
        "",
        SOURCE "/mnt cifs user 0 0\n",
        SOURCE "/mnt cifs sec=krb5 0 0\n",
        SOURCE "/mnt cifs user,sec=ntlmssp 0 0\n",
        SOURCE "/mnt cifs nouser,sec=krb5 0 0\n",
        SOURCE "/mnt nfs user,sec=krb5 0 0\n",
        SOURCE "mnt cifs user,sec=krb5 0 0\n",
        "#" SOURCE "/mnt cifs user,sec=krb5 0 0\n",
        "//other.corp.example/Team\\040A/x /mnt cifs user,sec=krb5 0 0\n",
        "//files.corp.example/Team\\040A /mnt cifs user,sec=krb5 0 0\n",
        "//files.corp.example/Team\\040A/x/y /mnt cifs user,sec=krb5 0 0\n",
    };
    struct table_entry entry;

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_false(finds(lines[i], "", &entry));
    assert_false(table_find("no such file", &team, "", &entry));
}

static void is_mounted(void **state)
{
    struct table_entry entry = { .source = "proc", .folder = "/proc" };

    (void)state;
    assert_true(table_is_mounted(&entry));
    (void)strcpy(entry.source, "//files.corp.example/team");
    assert_false(table_is_mounted(&entry));
    (void)strcpy(entry.source, "proc");
    (void)strcpy(entry.folder, "/pro");
    assert_false(table_is_mounted(&entry));
}

FACTS(FACT(found, "table_find: an entry of type cifs, with user and sec=krb5"),
      FACT(not_found, "table_find: no entry of others, other security or another share"),
      FACT(is_mounted, "table_is_mounted: what is there, from where it should be"))
