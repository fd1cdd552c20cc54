/* SPDX-License-Identifier: MIT
 *
 * How the browser's answer comes to the sign-in that waits for it.
 */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "wire/callback.h"

#define ONE     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"
#define ANOTHER "zbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_"
#define ANSWER  REDIRECT_URI "?code=one-time&state=" ONE

enum { WAIT_MS = 5000 };

static struct why why;

static void listen_for(struct callback *callback)
{
    assert_int_equal(setenv("XDG_RUNTIME_DIR", test_folder(), 1), 0);
    assert_int_equal(callback_listen(callback, ONE, &why), OUTCOME_OK);
}

static enum outcome hand(const char *uri)
{
    secret_auto *secret = secret_new(strlen(uri));

    if (!secret || !secret_append(secret, uri, strlen(uri)))
        return OUTCOME_BROKEN;
    return callback_hand(secret, &why);
}

/* Says this to the socket, in a child; exits with 0 if it is told that it was taken. */
static pid_t say(const struct callback *callback, const void *bytes, size_t length, uid_t uid)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char taken = 1;

    (void)fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid)
        return pid;
    (void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s",
                   callback->folder, callback->state);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || (uid && setresuid(uid, uid, uid)) ||
        connect(fd, (struct sockaddr *)&address, sizeof address))
        _exit(2);
    (void)send(fd, bytes, length, MSG_NOSIGNAL);
    (void)shutdown(fd, SHUT_WR);
    _exit(read(fd, &taken, 1) == 1 && !taken ? 0 : 1);
}

static int ended(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool is_waiting(void)
{
    struct stat st;

    return !lstat("chatelaine/" ONE, &st);
}

static void taken(void **state)
{
    callback_auto callback = { .state = "" };
    secret_auto *uri = NULL;

    (void)state;
    listen_for(&callback);
    assert_int_equal(callback_wait(&callback, 0, &uri, &why), OUTCOME_OK);
    assert_null(uri);
    pid_t pid = say(&callback, ANSWER, sizeof ANSWER - 1, 0);
    assert_int_equal(callback_wait(&callback, WAIT_MS, &uri, &why), OUTCOME_OK);
    assert_int_equal(ended(pid), 0);
    assert_string_equal(secret_peek(uri), ANSWER);
    assert_true(is_waiting());
    callback_end(&callback);
    assert_false(is_waiting());
}

static int hands(void *uri)
{
    return hand(uri) ? (int)why.reason : 0;
}

static void by_hand(void **state)
{
    callback_auto callback = { .state = "" };
    secret_auto *uri = NULL;
    char answer[] = ANSWER;

    (void)state;
    listen_for(&callback);
    (void)fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid)
        _exit(hands(answer));
    assert_int_equal(callback_wait(&callback, WAIT_MS, &uri, &why), OUTCOME_OK);
    assert_int_equal(ended(pid), 0);
    assert_string_equal(secret_peek(uri), ANSWER);
}

static void dropped(void **state)
{
    static char large[REDIRECT_MOST + 100];
    static const char with_nul[] = ANSWER "\0&more";
    const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        { "", 0 },
        { "GET / HTTP/1.1\r\n\r\n", 18 },
        { REDIRECT_URI "?code=x&state=" ANOTHER, sizeof REDIRECT_URI "?code=x&state=" ANOTHER - 1 },
        { REDIRECT_URI "?code=x", sizeof REDIRECT_URI "?code=x" - 1 },
        { with_nul, sizeof with_nul - 1 },
        { large, sizeof large },
    };
    callback_auto callback = { .state = "" };
    secret_auto *uri = NULL;

    (void)state;
    memset(large, 'x', sizeof large);
    memcpy(large, ANSWER "&x=", sizeof ANSWER "&x=" - 1);
    listen_for(&callback);
    for (size_t i = 0; i < COUNT(rows); i++) {
        pid_t pid = say(&callback, rows[i].bytes, rows[i].length, 0);
        assert_int_equal(callback_wait(&callback, WAIT_MS, &uri, &why), OUTCOME_OK);
        assert_null(uri);
        assert_int_equal(ended(pid), 1);
    }
    pid_t pid = say(&callback, ANSWER, sizeof ANSWER - 1, 0);
    assert_int_equal(callback_wait(&callback, WAIT_MS, &uri, &why), OUTCOME_OK);
    assert_int_equal(ended(pid), 0);
    assert_non_null(uri);
}

static void another_user(void **state)
{
    callback_auto callback = { .state = "" };
    secret_auto *uri = NULL;

    (void)state;
    if (geteuid())
        test_skip("only root can become another user");
    listen_for(&callback);
    assert_int_equal(chmod("chatelaine", 0711), 0);
    assert_int_equal(chmod("chatelaine/" ONE, 0777), 0);
    pid_t pid = say(&callback, ANSWER, sizeof ANSWER - 1, 65534);
    assert_int_equal(callback_wait(&callback, WAIT_MS, &uri, &why), OUTCOME_OK);
    assert_null(uri);
    assert_int_equal(ended(pid), 1);
}

/* It would be a name in the folder of the agent's socket. */
static void no_state(void **state)
{
    static const char *const states[] = { "", "agent", "../" ONE, ONE "A" };

    (void)state;
    for (size_t i = 0; i < COUNT(states); i++) {
        callback_auto callback = { .state = "" };
        test_reason(callback_listen(&callback, states[i], &why), &why, REASON_PROTOCOL, "state");
    }
}

static void nobody(void **state)
{
    struct callback callback = { .state = "" };

    (void)state;
    test_reason(hand("https://idp.example/?state=" ONE), &why, REASON_BAD_REQUEST, "no answer");
    assert_int_equal(setenv("XDG_RUNTIME_DIR", test_folder(), 1), 0);
    test_reason(hand(ANSWER), &why, REASON_NOBODY_WAITS, "");
    listen_for(&callback);
    fd_close(&callback.fd); /* killed */
    assert_true(is_waiting());
    test_reason(hand(ANSWER), &why, REASON_NOBODY_WAITS, "");
    fd_close(&callback.folder);
    assert_int_equal(unlink("chatelaine/" ONE), 0);
    assert_int_equal(symlink("chatelaine/" ANOTHER, "chatelaine/" ONE), 0);
    test_reason(hand(ANSWER), &why, REASON_NOBODY_WAITS, "");
    assert_int_equal(unlink("chatelaine/" ONE), 0);
}

static void no_folder(void **state)
{
    callback_auto callback = { .state = "" };

    (void)state;
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
    test_reason(callback_listen(&callback, ONE, &why), &why, REASON_CANNOT_WRITE, "--device");
    callback_end(&callback);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", test_folder(), 1), 0);
    assert_int_equal(rename("chatelaine", "elsewhere"), 0);
    assert_int_equal(symlink("elsewhere", "chatelaine"), 0);
    test_reason(callback_listen(&callback, ONE, &why), &why, REASON_OTHER_OWNER, "");
    assert_int_equal(unlink("chatelaine"), 0);
    assert_int_equal(rename("elsewhere", "chatelaine"), 0);
}

FACTS(FACT(taken, "callback_wait: an answer is taken, and that is told"),
      FACT(by_hand, "callback_hand: to whoever waits for it"),
      FACT(dropped, "callback_wait: what is no answer to this sign-in is dropped, and it goes on"),
      FACT(another_user, "callback_wait: another user is not heard"),
      FACT(no_state, "callback_listen: a state of ours alone is a name"),
      FACT(nobody, "callback_hand: where nobody waits that is told"),
      FACT(no_folder, "callback_listen: in a folder of ours alone"))
