/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/conf.h"

static struct why why;

static void put(const char *name, const char *text)
{
    test_write(name, text, strlen(text));
}

static void order(void **state)
{
    conf_auto *conf = NULL;

    (void)state;
    assert_int_equal(mkdir("a", 0755) | mkdir("a/conf.d", 0755) | mkdir("p", 0755), 0);
    put("a/chatelaine.conf", "[identity]\nuser=main\ndomain=main.example\nrenewable=1d\n");
    put("a/conf.d/20-b.conf", "[identity]\nuser=twenty\nrenewable=2d\n");
    put("a/conf.d/10-a.conf", "[identity]\nuser=ten\ndomain=ten.example\n");
    put("a/conf.d/.hidden.conf", "nonsense\n");
    put("a/conf.d/note.txt", "nonsense\n");
    put("a/conf.d/.conf", "nonsense\n");
    put("p/chatelaine.conf", "[identity]\nrenewable=3d\n");
    assert_int_equal(conf_load("a", "p", &conf, &why), 0);
    assert_string_equal(conf_text(conf, "default", SETTING_USER), "twenty");
    assert_string_equal(conf_text(conf, "default", SETTING_DOMAIN), "ten.example");
    assert_int_equal(conf_seconds(conf, "default", SETTING_RENEWABLE), 3 * 86400);
    assert_string_equal(conf_origin(conf, "default", SETTING_USER), "a/conf.d/20-b.conf:2");
    assert_string_equal(conf_origin(conf, "default", SETTING_RENEWABLE), "p/chatelaine.conf:2");
}

static void none(void **state)
{
    conf_auto *conf = NULL, *again = NULL;

    (void)state;
    assert_int_equal(conf_load(NULL, NULL, &conf, &why), 0);
    assert_int_equal(conf_load("no/such", "none/either", &again, &why), 0);
    assert_string_equal(conf_text(again, "default", SETTING_PROTECTION), "sasl");
}

static void links(void **state)
{
    conf_auto *conf = NULL;

    (void)state;
    assert_int_equal(mkdir("l", 0755) | mkdir("l/conf.d", 0755), 0);
    put("elsewhere", "[identity]\nuser=a\n");
    assert_int_equal(symlink("../elsewhere", "l/chatelaine.conf"), 0);
    test_reason(conf_load("l", NULL, &conf, &why), &why, REASON_OTHER_OWNER,
                "reading the settings in l: chatelaine.conf: is a link");
    assert_int_equal(unlink("l/chatelaine.conf"), 0);
    assert_int_equal(symlink("../../elsewhere", "l/conf.d/1.conf"), 0);
    test_reason(conf_load("l", NULL, &conf, &why), &why, REASON_OTHER_OWNER, "1.conf: is a link");
    assert_null(conf);
}

static void loose(void **state)
{
    conf_auto *conf = NULL;

    (void)state;
    assert_int_equal(mkdir("w", 0755), 0);
    put("w/chatelaine.conf", "[identity]\nuser=a\n");
    assert_int_equal(chmod("w/chatelaine.conf", 0666), 0);
    test_reason(conf_load("w", NULL, &conf, &why), &why, REASON_OTHER_OWNER, "mode 666");
    test_reason(conf_load(NULL, "w", &conf, &why), &why, REASON_OTHER_OWNER, "mode 666");
}

static void owner(void **state)
{
    conf_auto *conf = NULL;

    (void)state;
    if (geteuid())
        test_skip("only root can give a file away");
    assert_int_equal(mkdir("o", 0755), 0);
    put("o/chatelaine.conf", "[identity]\nuser=a\n");
    assert_int_equal(chown("o/chatelaine.conf", 65534, 65534), 0);
    test_reason(conf_load(NULL, "o", &conf, &why), &why, REASON_OTHER_OWNER,
                "belongs to user 65534");
}

static int unreadable_child(void *data)
{
    conf_auto *conf = NULL;

    (void)data;
    if (!geteuid() && setresuid(65534, 65534, 65534))
        return 77;
    test_reason(conf_load("u", NULL, &conf, &why), &why, REASON_BAD_SETTING,
                "reading the settings in u: chatelaine.conf: Permission denied");
    return 0;
}

static void unreadable(void **state)
{
    (void)state;
    assert_int_equal(mkdir("u", 0755) | chmod(".", 0755), 0);
    put("u/chatelaine.conf", "[identity]\nuser=a\n");
    assert_int_equal(chmod("u/chatelaine.conf", 0), 0);
    assert_int_equal(test_child(unreadable_child, NULL), 0);
}

static void no_folder(void **state)
{
    conf_auto *conf = NULL;

    (void)state;
    assert_int_equal(mkdir("n", 0755), 0);
    put("n/conf.d", "a file");
    test_reason(conf_load("n", NULL, &conf, &why), &why, REASON_BAD_SETTING, "n/conf.d");
    put("plain", "a file");
    assert_int_equal(conf_load("plain", NULL, &conf, &why) != OUTCOME_OK, 1);
}

static void too_large(void **state)
{
    static char much[300 << 10];
    conf_auto *conf = NULL;

    (void)state;
    assert_int_equal(mkdir("t", 0755), 0);
    memset(much, '\n', sizeof much);
    test_write("t/chatelaine.conf", much, sizeof much);
    test_reason(conf_load("t", NULL, &conf, &why), &why, REASON_BAD_SETTING,
                "more than 262144 bytes");
}

static void all_or_nothing(void **state)
{
    conf_auto *conf = NULL;

    (void)state;
    assert_int_equal(mkdir("e", 0755), 0);
    put("e/chatelaine.conf", "[identity]\nuser=a\ncolour=red\n");
    test_reason(conf_load("e", NULL, &conf, &why), &why, REASON_BAD_SETTING,
                "e/chatelaine.conf:3: unknown setting \"colour\"");
    assert_null(conf);
}

FACTS(FACT(order, "conf_load: main file, drop-ins by name, then the person's"),
      FACT(none, "conf_load: no files at all give the defaults"),
      FACT(links, "conf_load: a settings file that is a link is refused"),
      FACT(loose, "conf_load: a file that others may write is refused"),
      FACT(owner, "conf_load: another owner's file is refused"),
      FACT(unreadable, "conf_load: an unreadable file is told by name"),
      FACT(no_folder, "conf_load: conf.d that is a file is told"),
      FACT(too_large, "conf_load: a file of more than 256 KiB is refused"),
      FACT(all_or_nothing, "conf_load: one mistake and nothing is used"))
