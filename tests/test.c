/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

const char *test_folder(void)
{
    return folder;
}

void test_skip(const char *reason)
{
    print_message("# skip: %s\n", reason);
    skip();
    abort();
}

void test_write(const char *name, const char *bytes, size_t length)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), length);
    (void)close(fd);
}

size_t test_read(const char *name, char *bytes, size_t size)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    assert_true(fd >= 0);
    n = read(fd, bytes, size);
    assert_true(n >= 0 && (size_t)n < size);
    bytes[n] = '\0';
    (void)close(fd);
    return (size_t)n;
}

int test_child(int (*function)(void *), void *data)
{
    int status;

    (void)fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        (void)setenv("CMOCKA_TEST_ABORT", "1", 1); /* else it would go on with the next test */
        _exit(function(data));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool test_small_disk(const char *path, const char *size)
{
    char options[64];

    (void)snprintf(options, sizeof options, "mode=0700,size=%s", size);
    return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

void test_reason(enum outcome out, const struct why *why, enum reason reason, const char *words)
{
    if (out != reason_outcome(reason) || why->reason != reason || !strstr(why->text, words))
        fail_msg("expected %s with \"%s\", got %s, %s: %s", reason_word(reason), words,
                 outcome_name(out), reason_word(why->reason), why->text);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* cmocka 1.1 writes "not ok 2 # SKIP name", which is a failure to readers of TAP. */
static void retell(char *line, char *reason, size_t size)
{
    char *name;

    if (!strncmp(line, "# skip: ", 8)) {
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(reason, size, "%s", line + 8);
    } else if (!strncmp(line, "not ok ", 7) && (name = strstr(line, " # SKIP "))) {
        *name = '\0';
        name += 8;
        name[strcspn(name, "\n")] = '\0';
        (void)printf("%s - %s # SKIP %s\n", line + 4, name, reason);
        *reason = '\0';
    } else {
        (void)fputs(line, stdout);
    }
    (void)fflush(stdout);
}

static int retell_all(int from)
{
    char line[4096], reason[512] = "";
    FILE *stream = fdopen(from, "r");

    while (stream && fgets(line, sizeof line, stream))
        retell(line, reason, sizeof reason);
    return stream ? fclose(stream) : -1;
}

int test_run(const struct CMUnitTest *facts, size_t count)
{
    int ends[2], status = 0;

    (void)strcpy(folder, "/tmp/chatelaine-test.XXXXXX");
    if (!mkdtemp(folder) || chdir(folder) || pipe2(ends, O_CLOEXEC))
        return 99;
    (void)setenv("CMOCKA_MESSAGE_OUTPUT", "TAP", 1);
    pid_t pid = fork();
    if (!pid) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
        (void)setvbuf(stdout, NULL, _IOLBF, 0);
        exit(_cmocka_run_group_tests("all", facts, count, NULL, NULL) != 0);
    }
    (void)close(ends[1]);
    (void)retell_all(ends[0]);
    bool ran = waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
    bool removed = !chdir("/") && !nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return !ran || !removed;
}
