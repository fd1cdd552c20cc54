/* SPDX-License-Identifier: MIT */
#include "faults.h"
#include "test.h"

#include <string.h>
#include <sys/stat.h>

#include "conf/conf.h"

static struct why why;

static bool load(void *data)
{
    conf_auto *conf = NULL;

    (void)data;
    enum outcome out = conf_load("f", "f", &conf, &why);
    assert_true(!out || why.reason == REASON_NO_MEMORY);
    return !out && !strcmp(conf_text(conf, "x", SETTING_USER), "bob");
}

static void fails_everywhere(void **state)
{
    static const char text[] = "[identity]\nuser=alice\nuser=alice2\n[identity x]\nuser=bob\n";

    (void)state;
    assert_int_equal(mkdir("f", 0755) | mkdir("f/conf.d", 0755), 0);
    test_write("f/chatelaine.conf", text, sizeof text - 1);
    test_write("f/conf.d/1.conf", text, sizeof text - 1);
    assert_true(faults_everywhere(FAULTS_MEMORY, load, NULL) > 20);
}

FACTS(FACT(fails_everywhere, "conf_load: without memory at any point it is no-memory"))
