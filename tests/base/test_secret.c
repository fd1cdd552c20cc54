/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/secret.h"
#include "faults.h"

static const char word[] = "open sesame";

static struct secret *filled(size_t capacity)
{
    struct secret *secret = secret_new(capacity);

    assert_non_null(secret);
    assert_true(secret_append(secret, word, strlen(word)));
    return secret;
}

static void appends(void **state)
{
    secret_auto *secret = filled(16);

    (void)state;
    assert_int_equal(secret_length(secret), 11);
    assert_int_equal(secret_room(secret), 5);
    assert_string_equal(secret_peek(secret), word);
    assert_true(secret_append(secret, NULL, 0));
    assert_true(secret_append(secret, "12345", 5));
    assert_int_equal(secret_room(secret), 0);
    assert_string_equal(secret_peek(secret), "open sesame12345");
}

static void does_not_fit(void **state)
{
    secret_auto *secret = filled(12);

    (void)state;
    assert_false(secret_append(secret, "xy", 2));
    assert_int_equal(secret_length(secret), 11);
    assert_string_equal(secret_peek(secret), word);
    assert_null(secret_new((16 << 20) + 1));
    assert_null(secret_new(SIZE_MAX));
}

static void cuts(void **state)
{
    secret_auto *secret = filled(16);

    (void)state;
    secret_cut(secret, 20);
    assert_int_equal(secret_length(secret), 11);
    secret_cut(secret, 4);
    assert_string_equal(secret_peek(secret), "open");
    for (size_t i = 4; i < 16; i++)
        assert_int_equal(secret_peek(secret)[i], 0);
}

static void grows(void **state)
{
    secret_auto *secret = filled(16);

    (void)state;
    memcpy(secret_space(secret), "abc", 3);
    secret_grow(secret, 3);
    assert_string_equal(secret_peek(secret), "open sesameabc");
}

static void copies(void **state)
{
    secret_auto *secret = filled(16), *copy = secret_copy(secret);

    (void)state;
    secret_free(&secret);
    assert_null(secret);
    secret_free(&secret);
    assert_string_equal(secret_peek(copy), word);
    assert_int_equal(secret_room(copy), 5);
}

/* The line of /proc/self/smaps that begins so, of the mapping that holds the address. */
static void find_line(const void *address, const char *begin, char *line, int size)
{
    unsigned long from, to, at = (unsigned long)address;
    bool here = false;
    FILE *maps = fopen("/proc/self/smaps", "re");

    assert_non_null(maps);
    while (fgets(line, size, maps)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            here = from <= at && at < to;
        if (here && (!strncmp(line, begin, strlen(begin)) || !*begin)) {
            (void)fclose(maps);
            return;
        }
    }
    (void)fclose(maps);
    fail_msg("no %s for %p", begin, address);
}

static void flags(void **state)
{
    secret_auto *secret = filled(10000);
    char line[512];

    (void)state;
    find_line(secret_peek(secret), "VmFlags:", line, sizeof line);
    assert_non_null(strstr(line, " dd"));
    assert_non_null(strstr(line, " wf"));
    assert_true(secret_is_locked(secret));
    if (!TEST_ASAN) /* whose mlock does nothing */
        assert_non_null(strstr(line, " lo"));
}

static int without_locks(void *data)
{
    struct rlimit none = { 0, 0 };
    secret_auto *secret = NULL;

    (void)data;
    if (setrlimit(RLIMIT_MEMLOCK, &none) || (!geteuid() && setresuid(65534, 65534, 65534)))
        return 2;
    secret = secret_new(100);
    return secret && secret_append(secret, "x", 1) ? secret_is_locked(secret) : 3;
}

static void unlocked(void **state)
{
    (void)state;
    if (TEST_ASAN)
        test_skip("AddressSanitizer makes mlock do nothing");
    assert_int_equal(test_child(without_locks, NULL), 0);
}

static int touch(void *data)
{
    (void)signal(SIGSEGV, SIG_DFL);
    return *(volatile char *)data;
}

static void guarded(void **state)
{
    secret_auto *secret = filled(4096);
    unsigned long from, to;
    char line[512];

    (void)state;
    find_line(secret_peek(secret), "", line, sizeof line);
    assert_int_equal(sscanf(line, "%lx-%lx rw-p", &from, &to), 2);
    assert_int_equal(test_child(touch, (void *)(to - 1)), 0);
    assert_int_equal(test_child(touch, (void *)to), 128 + SIGSEGV);
    assert_int_equal(test_child(touch, (void *)(from - 1)), 128 + SIGSEGV);
}

static int is_empty(void *data)
{
    const char *bytes = data;

    for (size_t i = 0; i < sizeof word; i++)
        if (bytes[i])
            return 1;
    return 0;
}

static void wiped_in_child(void **state)
{
    secret_auto *secret = filled(64);

    (void)state;
    assert_int_equal(test_child(is_empty, (void *)(uintptr_t)secret_peek(secret)), 0);
    assert_string_equal(secret_peek(secret), word);
}

static const char *watched;
static bool seen, empty;

static void look(const void *address, size_t length)
{
    const char *from = address;

    if (watched < from || watched >= from + length)
        return;
    seen = true;
    empty = !is_empty((void *)(uintptr_t)watched);
}

static void wiped_before_release(void **state)
{
    struct secret *secret = filled(64);

    (void)state;
    watched = secret_peek(secret);
    seen = empty = false;
    faults_munmap = look;
    secret_free(&secret);
    faults_munmap = NULL;
    assert_true(seen);
    assert_true(empty);
}

static void same(void **state)
{
    secret_auto *one = filled(16), *other = filled(100), *nothing = secret_new(4),
                *none = secret_new(9);

    (void)state;
    assert_true(secret_same(one, one) && secret_same(one, other) && secret_same(nothing, none));
    assert_false(secret_same(one, NULL) || secret_same(NULL, one) || secret_same(NULL, NULL));
    assert_false(secret_same(one, nothing));
    assert_true(secret_append(other, "", 1)); /* a NUL more */
    assert_false(secret_same(one, other) || secret_same(other, one));
    for (size_t i = 0; i < strlen(word); i++) {
        secret_auto *changed = filled(16);
        secret_cut(changed, i);
        char letter = (char)(word[i] ^ 0x80);
        assert_true(secret_append(changed, &letter, 1));
        assert_true(secret_append(changed, word + i + 1, strlen(word) - i - 1));
        assert_false(secret_same(one, changed));
    }
}

FACTS(FACT(appends, "secret_append: adds bytes and keeps a NUL after them"),
      FACT(does_not_fit, "secret_append: what does not fit changes nothing"),
      FACT(cuts, "secret_cut: keeps the beginning and overwrites the rest"),
      FACT(grows, "secret_space: what read(2) put there becomes part of it"),
      FACT(copies, "secret_copy: lives on its own; freeing twice is fine"),
      FACT(same,
           "secret_same: the same bytes, whatever room they have; one other bit, or a NUL, is not"),
      FACT(flags, "secret_new: the pages are locked, not dumped and wiped on fork"),
      FACT(unlocked, "secret_new: without a limit for locks it works and says so"),
      FACT(guarded, "secret_new: a guard page stands before and after"),
      FACT(wiped_in_child, "secret_new: a forked child reads zeros"),
      FACT(wiped_before_release, "secret_free: the pages are overwritten before they are released"))
