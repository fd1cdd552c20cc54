/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/uses.h"

#define UUID  "41bcf3e5-ca28-847c-ab1d-237d56d41ba0"
#define OTHER "16c38711-7e5b-892b-a8c1-ec4bbd3b8784"

static struct why why;

static int use(const char *name)
{
    int folder = -1;

    assert_int_equal(file_open_folder(test_folder(), name, &folder, &why), 0);
    return folder;
}

static void again(void **state)
{
    fd_auto folder = use("again");
    struct uses uses = { .count = 0 }, read;
    struct use_row *row = uses_add(&uses, UUID);

    (void)state;
    (void)strcpy(row->what, "wifi");
    (void)strcpy(row->identity, "default");
    (void)strcpy(row->certificate, "wifi");
    (void)strcpy(row->where, "K\xc3\xb6ln  - net ");
    row = uses_add(&uses, OTHER);
    (void)strcpy(row->what, "wired");
    (void)strcpy(row->identity, "admin");
    (void)strcpy(row->certificate, "lan");
    (void)strcpy(row->wanted, "00ff");
    (void)strcpy(row->digest, "ff00");
    assert_int_equal(uses_write(folder, &uses, &why), 0);
    assert_int_equal(uses_read(folder, &read, &why), 0);
    assert_int_equal(read.count, 2);
    assert_string_equal(uses_find(&read, UUID)->where, "K\xc3\xb6ln  - net ");
    assert_string_equal(uses_find(&read, UUID)->digest, "");
    assert_string_equal(uses_find(&read, OTHER)->digest, "ff00");
    assert_string_equal(uses_find(&read, OTHER)->where, "");
    assert_ptr_equal(uses_add(&read, OTHER), uses_find(&read, OTHER));
    uses_drop(&read, UUID);
    assert_null(uses_find(&read, UUID));
    assert_non_null(uses_find(&read, OTHER));
    uses_drop(&read, OTHER);
    assert_int_equal(uses_write(folder, &read, &why), 0);
    assert_int_equal(faccessat(folder, "uses", F_OK, 0), -1);
    assert_int_equal(uses_read(folder, &read, &why), 0);
    assert_int_equal(read.count, 0);
}

static void refuse(const char *lines)
{
    struct uses uses;

    if (uses_parse(&uses, lines, strlen(lines)) || uses.count)
        fail_msg("taken: %s", lines);
}

static void damaged(void **state)
{
    char many[USES_MOST * 128 + 256] = "", cut[] = "wifi " UUID " default wifi - - net";
    struct uses uses;

    (void)state;
    assert_true(uses_parse(&uses, cut, sizeof cut - 1));
    for (size_t words = 1; words < 6; words++) {
        char *end = cut;
        for (size_t i = 0; i < words; i++)
            end = strchr(end + 1, ' ');
        char part[sizeof cut];
        (void)snprintf(part, sizeof part, "%.*s", (int)(end - cut), cut);
        refuse(part);
    }
    refuse("wifi  default wifi - - net");
    refuse("wifi " UUID " default wifi - - net\033[2J");
    refuse("wifi " UUID "0 default wifi - - net");
    refuse("- " UUID " default wifi - - net");
    refuse("wifi " UUID " default wifi - - net\nnonsense");
    for (size_t i = 0; i <= USES_MOST; i++)
        (void)sprintf(many + strlen(many), "wifi %zu default wifi - - net\n", i);
    refuse(many);
    struct uses full = { .count = USES_MOST };
    assert_null(uses_add(&full, UUID));
}

static void others(void **state)
{
    fd_auto folder = use("others");
    struct uses uses;

    (void)state;
    test_write("others/uses", "nonsense", 8);
    assert_int_equal(uses_read(folder, &uses, &why), OUTCOME_SETTINGS);
    assert_int_equal(why.reason, REASON_STATE_DAMAGED);
    assert_int_equal(symlinkat("/dev/null", folder, "uses.link"), 0);
    assert_int_equal(renameat(folder, "uses.link", folder, "uses"), 0);
    assert_int_not_equal(uses_read(folder, &uses, &why), 0);
}

FACTS(FACT(again, "uses_read: what was written is read again, an SSID with its blanks"),
      FACT(damaged, "uses_parse: what is cut, too long, too many or no clean text is nothing"),
      FACT(others, "uses_read: a damaged file, and a link, are refused"))
