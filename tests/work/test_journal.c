/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "work/journal.h"

#define ALICE "alice@AD.LAB.TEST"

static struct why why;

/* Each test has a state folder of its own, and perhaps a journal. */
static void use(const char *name, const char *bytes, size_t length)
{
    char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", test_folder(), name);
    assert_int_equal(setenv("XDG_STATE_HOME", path, 1), 0);
    assert_int_equal(mkdir(name, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/chatelaine", name);
    assert_int_equal(mkdir(path, 0700), 0);
    if (!bytes)
        return;
    (void)strcat(path, "/default.journal");
    test_write(path, bytes, length);
    assert_int_equal(chmod(path, 0600), 0);
}

static struct journal opened(bool to_write)
{
    struct journal journal;

    assert_int_equal(journal_open(&journal, "default", to_write, &why), 0);
    return journal;
}

/* The open places of alice, as facts. */
static void tells(const struct journal *journal, const char *expected)
{
    message_auto *message = message_new(MESSAGE_RESULT);
    struct slot_value value;
    char all[300] = "";

    message_add_pair(message, SLOT_OUT_OF_STEP, "before", "gone");
    journal_facts(journal, ALICE, message);
    for (size_t at = 0; message_next(message, &at, &value);) {
        (void)strcat(all, value.text);
        (void)strcat(all, " ");
    }
    for (char *tab; (tab = strchr(all, '\t'));)
        *tab = '=';
    assert_string_equal(all, expected);
}

static void absent(void **state)
{
    (void)state;
    use("absent", NULL, 0);
    struct journal journal = opened(false);
    assert_int_equal(journal.fd, -1);
    assert_false(journal_is_open(&journal, ALICE));
    tells(&journal, "");
    journal_close(&journal);
}

static void written(void **state)
{
    struct stat st;

    (void)state;
    use("written", NULL, 0);
    struct journal journal = opened(true);
    assert_int_equal(journal_lock(&journal, &why), 0);
    (void)strcpy(journal.principal, ALICE);
    journal.open[PLACE_DIRECTORY] = REASON_CHANGE_UNKNOWN;
    journal.open[PLACE_COMPUTER] = REASON_NOT_FOLLOWED;
    assert_int_equal(journal_write(&journal, &why), 0);
    journal.open[PLACE_DIRECTORY] = REASON_NONE;
    assert_int_equal(journal_write(&journal, &why), 0);
    journal_close(&journal);
    assert_int_equal(stat("written/chatelaine/default.journal", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    journal = opened(false);
    assert_true(journal_is_open(&journal, ALICE));
    assert_false(journal_is_open(&journal, "bob@AD.LAB.TEST"));
    tells(&journal, "computer=not-followed ");
    journal_close(&journal);
}

static void done(void **state)
{
    static const char text[] = "\n1 keyring=not-followed " ALICE "\n";
    struct stat st;

    (void)state;
    use("done", text, sizeof text - 1);
    struct journal journal = opened(true);
    assert_true(journal_is_open(&journal, ALICE));
    journal.open[PLACE_KEYRING] = REASON_NONE;
    assert_int_equal(journal_write(&journal, &why), 0);
    journal_close(&journal);
    assert_int_equal(stat("done/chatelaine/default.journal", &st), 0);
    assert_int_equal(st.st_size, 0);
}

static void broken_off(void **state)
{
    static const char text[] = "\n1 keyring=not-followed " ALICE "\n\n1 keyring=wrong-key";

    (void)state;
    use("broken-off", text, sizeof text - 1);
    struct journal journal = opened(true);
    tells(&journal, "keyring=not-followed ");
    journal.open[PLACE_KEYRING] = REASON_WRONG_KEYRING_PASSWORD;
    assert_int_equal(journal_write(&journal, &why), 0);
    journal_close(&journal);
    journal = opened(false);
    tells(&journal, "keyring=wrong-keyring-password ");
    journal_close(&journal);
}

#define ALL_OPEN "keychain=state-damaged keyring=state-damaged computer=state-damaged "

static void damaged(void **state)
{
    static const char *const texts[] = { "2 keyring=not-followed " ALICE "\n",
                                         "1 keyring=not-followed\n",
                                         "1 keyring=not-followed \n",
                                         "1 keyring=nonsense " ALICE "\n",
                                         "1 keyring=ok " ALICE "\n",
                                         "1 attic=not-followed " ALICE "\n",
                                         "1 keyring " ALICE "\n",
                                         "1  " ALICE "\n",
                                         "1 keyring=not-followed alice\x1b\n",
                                         "keyring=not-followed",
                                         "\n",
                                         "garbage\n" };
    char name[32], long_text[3000];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        (void)snprintf(name, sizeof name, "damaged-%zu", i);
        use(name, texts[i], strlen(texts[i]));
        struct journal journal = opened(false);
        tells(&journal, ALL_OPEN);
        assert_true(journal_is_open(&journal, "anybody@ELSE"));
        journal_close(&journal);
    }
    memset(long_text, 'x', sizeof long_text);
    use("damaged-long", long_text, sizeof long_text);
    struct journal journal = opened(false);
    tells(&journal, ALL_OPEN);
    journal_close(&journal);
    memset(long_text, 0, sizeof long_text);
    use("damaged-zeros", long_text, sizeof long_text);
    journal = opened(false);
    tells(&journal, ALL_OPEN);
    journal_close(&journal);
}

static void tail(void **state)
{
    char text[5000];
    size_t length = 0;

    (void)state;
    while (length < 4000)
        length += (size_t)sprintf(text + length, "\n1 keyring=not-followed %s\n", ALICE);
    length += (size_t)sprintf(text + length, "\n1 computer=not-followed %s\n", ALICE);
    use("tail", text, length);
    struct journal journal = opened(false);
    tells(&journal, "computer=not-followed ");
    journal_close(&journal);
}

static void spaces(void **state)
{
    (void)state;
    use("spaces", NULL, 0);
    struct journal journal = opened(true);
    (void)strcpy(journal.principal, "john doe@AD.LAB.TEST");
    journal.open[PLACE_KEYRING] = REASON_NOT_FOLLOWED;
    assert_int_equal(journal_write(&journal, &why), 0);
    journal_close(&journal);
    journal = opened(false);
    assert_true(journal_is_open(&journal, "John Doe@AD.LAB.TEST"));
    journal_close(&journal);
}

static void two(void **state)
{
    (void)state;
    use("two", NULL, 0);
    struct journal first = opened(true), second = opened(true);
    assert_int_equal(journal_lock(&first, &why), 0);
    assert_int_equal(journal_lock(&second, &why), OUTCOME_BUSY);
    assert_int_equal(why.reason, REASON_SAME_ERRAND);
    (void)strcpy(first.principal, ALICE);
    first.open[PLACE_KEYRING] = REASON_NOT_FOLLOWED;
    assert_int_equal(journal_write(&first, &why), 0);
    journal_close(&first);
    assert_int_equal(journal_lock(&second, &why), 0);
    tells(&second, "keyring=not-followed ");
    journal_close(&second);
}

static void not_ours(void **state)
{
    struct journal journal;

    (void)state;
    use("link", NULL, 0);
    assert_int_equal(symlink("elsewhere", "link/chatelaine/default.journal"), 0);
    assert_int_equal(journal_open(&journal, "default", true, &why), OUTCOME_NOT_OURS);
    assert_int_equal(journal.fd, -1);
    use("folder", NULL, 0);
    assert_int_equal(mkdir("folder/chatelaine/default.journal", 0700), 0);
    assert_int_not_equal(journal_open(&journal, "default", true, &why), 0);
    assert_int_equal(journal_open(&journal, "default", false, &why), OUTCOME_NOT_OURS);
    use("others", "", 0);
    assert_int_equal(chmod("others/chatelaine/default.journal", 0622), 0);
    assert_int_equal(journal_open(&journal, "default", true, &why), OUTCOME_NOT_OURS);
}

FACTS(FACT(absent, "journal_open: to read, an absent one says nothing"),
      FACT(written, "journal_write: the last state is read again, by its principal"),
      FACT(done, "journal_write: with nothing open the file is empty"),
      FACT(broken_off, "journal_open: a line that broke off loses nothing"),
      FACT(damaged, "journal_open: of one that makes no sense all places are open"),
      FACT(tail, "journal_open: of a long one the end counts"),
      FACT(spaces, "journal_write: a principal may have spaces"),
      FACT(two, "journal_lock: one process at a time, which reads what the other wrote"),
      FACT(not_ours, "journal_open: a link, a folder, a file that others may write"))
