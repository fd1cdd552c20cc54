/* SPDX-License-Identifier: MIT
 *
 * A forked child that has given up what docs/hardening.md says. For the tests of work.
 */
#ifndef TESTS_WORK_CONFINED_H
#define TESTS_WORK_CONFINED_H

#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/verbs.h"
#include "work/confine.h"

enum { NETWORK = CONFINEMENT_NETWORK, CACHE = CONFINEMENT_CACHE };

/* In a forked child: "allowed" of the test's own folder is readable, "cache" writable. */
static inline void confined(unsigned may)
{
    char allowed[100], cache[100];
    const char *readable[] = { allowed, "/no/such/path", NULL }, *writable[] = { cache, NULL };
    struct confine row = {
        .may = may, .cpu_seconds = 20, .readable = readable, .writable = writable
    };

    (void)snprintf(allowed, sizeof allowed, "%s/allowed", test_folder());
    (void)snprintf(cache, sizeof cache, "%s/cache", test_folder());
    confine_memory();
    struct why why;
    if (confine(&row, &why)) {
        (void)fprintf(stderr, "# %s\n", why.text);
        _exit(99);
    }
}

/* The call must fail with EPERM. */
#define REFUSED(call)                                                                              \
    do {                                                                                           \
        errno = 0;                                                                                 \
        if ((long)(call) != -1 || errno != EPERM) {                                                \
            (void)fprintf(stderr, "# %s: %s\n", #call, strerror(errno));                           \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)
static inline void prepare(void)
{
    (void)mkdir("allowed", 0700);
    (void)mkdir("cache", 0700);
    (void)mkdir("private", 0700);
    (void)unlink("cache/new");
    test_write("allowed/file", "x", 1);
    test_write("cache/old", "x", 1);
    test_write("private/id_ed25519", "x", 1);
    assert_int_equal(chmod(".", 0755), 0);
}

#define IN_CHILD(function, expected)                                                               \
    static void child_##function(void **state)                                                     \
    {                                                                                              \
        (void)state;                                                                               \
        prepare();                                                                                 \
        assert_int_equal(test_child(function, NULL), expected);                                    \
    }
#endif
