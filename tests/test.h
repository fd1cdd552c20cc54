/* SPDX-License-Identifier: MIT
 *
 * What every unit test program uses: a list of facts, run by cmocka in a folder of its own, told as
 * TAP.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef fail /* the word is ours */
#undef fail_msg
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_message("# " __VA_ARGS__);                                                           \
        print_message("\n");                                                                       \
        _fail(__FILE__, __LINE__);                                                                 \
    } while (0)

#include "base/outcome.h"

#if defined(__SANITIZE_ADDRESS__)
#define TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_ASAN 1
#endif
#endif
#ifndef TEST_ASAN
#define TEST_ASAN 0
#endif

/* The name states what is true: "subject: fact". */
#define FACT(function, name)                                                                       \
    {                                                                                              \
        name, function, NULL, NULL, NULL                                                           \
    }
#define FACTS(...)                                                                                 \
    int main(void)                                                                                 \
    {                                                                                              \
        static const struct CMUnitTest facts[] = { __VA_ARGS__ };                                  \
        return test_run(facts, sizeof facts / sizeof *facts);                                      \
    }

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Runs them with an empty folder as the working one, which is removed afterwards. */
int test_run(const struct CMUnitTest *facts, size_t count);

/* Ends this test; the reason is told. It must be in tests/skips to be accepted. */
void test_skip(const char *reason) __attribute__((noreturn));

/* The folder of this program, absolute. */
const char *test_folder(void);

/* A file in it, mode 0600. */
void test_write(const char *name, const char *bytes, size_t length);
size_t test_read(const char *name, char *bytes, size_t size);

/* Runs a function in a forked child; its exit status, or 128 and the signal. */
int test_child(int (*function)(void *), void *data);

/* Mounts a tmpfs of so many bytes on a folder, in a mount namespace that only the calling process
 * (a forked child) sees. False where that is not allowed. */
bool test_small_disk(const char *folder, const char *size);

/* Fails unless out and why are of this reason and the text holds these words. */
void test_reason(enum outcome out, const struct why *why, enum reason reason, const char *words);

#endif
