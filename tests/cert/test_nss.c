/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/nss.h"

#define PROXY "/usr/lib/p11-kit-proxy.so"
#define OWN                                                                                        \
    "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:/x' flags= \n"         \
    "NSS=Flags=internal,critical slotParams=(1={slotFlags=[ECC,RSA]})\n\n"
#define OURS "library=" PROXY "\nname=tokens\n\n"

static struct why why;

static int folder(void)
{
    int fd = open(test_folder(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    return fd;
}

static void write_as(const char *name, const char *text)
{
    test_write(name, text, strlen(text));
}

/* The file after the library was added to this one; NULL: to none. */
static const char *added(const char *before)
{
    static char after[4096];
    fd_auto fd = folder();
    text_auto *text = NULL;

    (void)unlink(NSS_FILE);
    if (before)
        write_as(NSS_FILE, before);
    assert_int_equal(nss_read(fd, &text, &why), OUTCOME_OK);
    assert_false(nss_has(text, PROXY));
    assert_int_equal(nss_add(fd, text, PROXY, "tokens", &why), OUTCOME_OK);
    after[test_read(NSS_FILE, after, sizeof after - 1)] = '\0';
    text_free(&text);
    assert_int_equal(nss_read(fd, &text, &why), OUTCOME_OK);
    assert_true(nss_has(text, PROXY));
    return after;
}

static void adds(void **state)
{
    struct stat st;

    (void)state;
    assert_string_equal(added(NULL), OURS);
    assert_string_equal(added(""), OURS);
    assert_string_equal(added(OWN), OWN OURS);
    assert_string_equal(added("library=/x.so\nname=x\n"), "library=/x.so\nname=x\n\n" OURS);
    assert_string_equal(added("library=/x.so\nname=x"), "library=/x.so\nname=x\n\n" OURS);
    assert_int_equal(stat(NSS_FILE, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void has(void **state)
{
    static const char *const with[] = { OWN OURS,
                                        OURS OWN,
                                        "library=p11-kit-proxy.so\n",
                                        "library=/other/p11-kit-proxy.so \nname=x\n",
                                        "library=\"/other/p11-kit-proxy.so\"",
                                        "library='p11-kit-proxy.so'\n" };
    static const char *const without[] = { OWN,
                                           "#library=" PROXY "\n",
                                           "library=/usr/lib/xp11-kit-proxy.so\n",
                                           "library=" PROXY ".1\n",
                                           "name=" PROXY "\n",
                                           "library=so\n",
                                           "library=\n" };
    fd_auto fd = folder();

    (void)state;
    for (size_t i = 0; i < COUNT(with) + COUNT(without); i++) {
        text_auto *text = NULL;
        bool is = i < COUNT(with);
        write_as(NSS_FILE, is ? with[i] : without[i - COUNT(with)]);
        assert_int_equal(nss_read(fd, &text, &why), OUTCOME_OK);
        assert_int_equal(nss_has(text, PROXY), is);
    }
}

static void refuses(void **state)
{
    static const char nul[] = "library=/x.so\n\0name=x\n";
    static const char *const bad[] = {
        "SQLite format 3",       "library",       "=x\n", "library=\tx\n",
        "library=a\n  name=b\n", "library=\xff\n"
    };
    fd_auto fd = folder();
    text_auto *text = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        write_as(NSS_FILE, bad[i]);
        test_reason(nss_read(fd, &text, &why), &why, REASON_BROWSER_FILE, "line");
        assert_null(text);
    }
    test_write(NSS_FILE, nul, sizeof nul - 1);
    test_reason(nss_read(fd, &text, &why), &why, REASON_BROWSER_FILE, "NUL");
    assert_int_equal(unlink(NSS_FILE), 0);
    write_as("elsewhere", OURS);
    assert_int_equal(symlink("elsewhere", NSS_FILE), 0);
    test_reason(nss_read(fd, &text, &why), &why, REASON_OTHER_OWNER, "link");
    assert_int_equal(unlink(NSS_FILE), 0);
}

static void finds_profiles(void **state)
{
    fd_auto fd = folder();
    struct profiles profiles;
    char many[4096] = "";

    (void)state;
    assert_int_equal(profiles_read(fd, &profiles, &why), OUTCOME_OK);
    assert_int_equal(profiles.count, 0);
    write_as("profiles.ini",
             "[Install1]\nDefault=a.b\nPath=none\n\n[Profile0]\nName=x\nIsRelative=1\n"
             "Path=a.default\r\nDefault=1\n[Profile1]\nPath=/else/where");
    assert_int_equal(profiles_read(fd, &profiles, &why), OUTCOME_OK);
    assert_int_equal(profiles.count, 2);
    assert_string_equal(profiles.path[0], "a.default");
    assert_string_equal(profiles.path[1], "/else/where");
    for (int i = 0; i <= PROFILES_MOST; i++)
        (void)sprintf(many + strlen(many), "[Profile%d]\nPath=p%d\n", i, i);
    write_as("profiles.ini", many);
    test_reason(profiles_read(fd, &profiles, &why), &why, REASON_BROWSER_FILE, "profiles.ini");
    write_as("profiles.ini", "[Profile0]\nPath=\r\n");
    test_reason(profiles_read(fd, &profiles, &why), &why, REASON_BROWSER_FILE, "bad Path");
    write_as("profiles.ini", "[Profile0]\nPath=a\033b\n");
    test_reason(profiles_read(fd, &profiles, &why), &why, REASON_BROWSER_FILE, "bad Path");
}

FACTS(FACT(adds, "nss_add: what was there stays as it is, each module ended by an empty line"),
      FACT(has, "nss_has: by the library's file name, in quotes or not, and by nothing else"),
      FACT(refuses, "nss_read: what NSS would not have written is left alone, links too"),
      FACT(finds_profiles, "profiles_read: the Path of each profile, and of nothing else"))
