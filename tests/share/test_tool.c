/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "share/tool.h"

static struct why why;
static struct tool_said said;
static bool wants_no_more;

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return wants_no_more;
}

static struct asker asker = { .cancelled = cancelled };

static struct tool_limits limits(long ms)
{
    return (struct tool_limits){ .asker = &asker, .deadline_ms = clock_ms() + ms };
}

static enum outcome run(enum tool tool, long ms, const char *first, const char *second)
{
    const struct tool_limits mine = limits(ms);

    return tool_run(tool, (const char *[]){ first, second, NULL }, &mine, &said, &why);
}

static void runs(void **state)
{
    (void)state;
    assert_int_equal(run(TOOL_MOUNT, 10000, "--version", NULL), 0);
    assert_int_equal(said.status, 0);
    assert_non_null(strstr(said.out, "mount from util-linux"));
    assert_string_equal(said.err, "");
    assert_int_equal(run(TOOL_MOUNT, 10000, "--no-such-option", NULL), 0);
    assert_int_equal(said.status, 1);
    assert_string_equal(said.out, "");
}

static void complaint(void **state)
{
    static const struct {
        const char *err, *text;
    } rows[] = {
        { "", "" },
        { "\n\n", "" },
        { "gio: no such thing\n", "no such thing" },
        { "a warning\n\nmount: /mnt: not there.\n\n", "/mnt: not there." },
        { "giox: y", "giox: y" },
        { "one\numount: \033[31mtwo\xff", "?[31mtwo?" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)strcpy(said.err, rows[i].err);
        assert_string_equal(tool_complaint(&said), rows[i].text);
    }
}

/* A bus that takes connections and never answers. */
static int open_bus(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "bus" };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)unlink("bus");
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    (void)setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=bus", 1);
    return fd;
}

static void ended(void **state)
{
    const char *words[] = { "call", "--session", "--dest", "a.b", "--object-path",
                            "/a",   "--method",  "a.b.c",  NULL };
    const struct tool_limits mine = limits(300);
    fd_auto bus = open_bus();
    long begin = clock_ms();

    (void)state;
    assert_true(bus >= 0);
    test_reason(tool_run(TOOL_GDBUS, words, &mine, &said, &why), &why, REASON_TIME_OUT,
                "/usr/bin/gdbus: it does not answer");
    assert_true(clock_ms() - begin < 3000);
    wants_no_more = true;
    const struct tool_limits long_ones = limits(60000);
    test_reason(tool_run(TOOL_GDBUS, words, &long_ones, &said, &why), &why, REASON_CANCELLED, "");
    wants_no_more = false;
    assert_true(clock_ms() - begin < 6000);
}

static void buses(void **state)
{
    static const struct {
        const char *address;
        bool is_one;
    } rows[] = {
        { "unix:path=/run/user/1000/bus", true },
        { "unixexec:path=/bin/true", false },
        { "tcp:host=198.51.100.1,port=1", false },
        { "unix:path=/x;unixexec:path=/bin/true", false },
        { "autolaunch:", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)setenv("DBUS_SESSION_BUS_ADDRESS", rows[i].address, 1);
        assert_int_equal(tool_has_bus(), rows[i].is_one);
    }
    (void)unsetenv("DBUS_SESSION_BUS_ADDRESS");
    (void)setenv("XDG_RUNTIME_DIR", test_folder(), 1);
    (void)unlink("bus");
    assert_false(tool_has_bus());
    test_write("bus", "", 0);
    assert_true(tool_has_bus());
}

FACTS(FACT(runs, "tool_run: what it says, on which descriptor, and its exit status"),
      FACT(complaint, "tool_complaint: the last line, cleaned, without the program's name"),
      FACT(ended, "tool_run: ended at the deadline, and when nobody wants it any more"),
      FACT(buses, "tool_has_bus: local sockets only, and nothing that starts a program"))
