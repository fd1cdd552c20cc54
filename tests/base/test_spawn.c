/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"

static struct why why;

/* What the program says on its descriptor 3. */
static void said(char *const argv[], char *const environment[], char *text, size_t size)
{
    int fds[2];
    pid_t pid;
    size_t length = 0;
    ssize_t n;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_int_equal(spawn(argv[0], argv, environment, fds[1], &pid, &why), 0);
    (void)close(fds[1]);
    while ((n = read(fds[0], text + length, size - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    (void)close(fds[0]);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void only_three(void **state)
{
    char *argv[] = { "/usr/bin/python3", "-c",
                     "import os\n"
                     "n = sorted(int(f) for f in os.listdir('/proc/self/fd'))\n"
                     "n = [f for f in n if os.path.exists('/proc/self/fd/%d' % f)]\n"
                     "os.write(3, repr(n).encode())",
                     NULL };
    char *environment[] = { NULL };
    char text[256];

    (void)state;
    fd_auto leaky = fcntl(0, F_DUPFD, 50);
    assert_true(leaky >= 50);
    said(argv, environment, text, sizeof text);
    assert_string_equal(text, "[0, 1, 2, 3]");
}

static void onto_itself(void **state)
{
    char *argv[] = { "/usr/bin/python3", "-c", "import os; os.write(3, b'here')", NULL };
    char *environment[] = { NULL };
    char text[16] = "";
    int fds[2];
    pid_t pid;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_true(dup3(fds[1], 3, O_CLOEXEC) == 3 || fds[1] == 3);
    assert_int_equal(spawn(argv[0], argv, environment, 3, &pid, &why), 0);
    assert_int_equal(read(fds[0] == 3 ? 4 : fds[0], text, sizeof text - 1), 4);
    assert_string_equal(text, "here");
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void environment_ours(void **state)
{
    char *argv[] = { "/usr/bin/python3",
                     "-S",
                     "-E",
                     "-c",
                     "import os; os.write(3, repr(sorted(k for k in os.environb"
                     " if k != b'LC_CTYPE')).encode())",
                     NULL };
    char *environment[] = { "ONE=1", "TWO=2", NULL };
    char text[256];

    (void)state;
    said(argv, environment, text, sizeof text);
    assert_string_equal(text, "[b'ONE', b'TWO']");
}

static void own_group(void **state)
{
    char *argv[] = { "/usr/bin/python3", "-c",
                     "import os; os.write(3, b'own' if os.getpgrp() == os.getpid() else b'ours')",
                     NULL };
    char *environment[] = { NULL };
    char text[16];

    (void)state;
    said(argv, environment, text, sizeof text);
    assert_string_equal(text, "own");
}

static void absent(void **state)
{
    char *argv[] = { "/no/such/program", NULL };
    pid_t pid = 0;

    (void)state;
    test_reason(spawn(argv[0], argv, argv + 1, 0, &pid, &why), &why, REASON_BROKEN,
                "starting /no/such/program: No such file");
    test_reason(spawn("/usr/bin/true", argv, argv + 1, 999, &pid, &why), &why, REASON_BROKEN,
                "Bad file descriptor");
}

static void ends(void **state)
{
    char *argv[] = { "/usr/bin/sleep", "1000", NULL };
    pid_t pid, none = 0;

    (void)state;
    assert_int_equal(spawn(argv[0], argv, argv + 2, 0, &pid, &why), 0);
    pid_t was = pid;
    spawn_end(&pid);
    assert_int_equal(pid, 0);
    assert_int_equal(kill(was, 0), -1);
    spawn_end(&none);
}

FACTS(FACT(only_three, "spawn: of our descriptors only 0 to 3 arrive"),
      FACT(onto_itself, "spawn: a descriptor that already is number 3 arrives"),
      FACT(environment_ours, "spawn: the environment is the one given, nothing else"),
      FACT(own_group, "spawn: it is in a process group of its own, away from Ctrl-C"),
      FACT(absent, "spawn: an absent program or descriptor is told by name"),
      FACT(ends, "spawn_end: ends it and waits; 0 is taken"))
