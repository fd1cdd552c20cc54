/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cert/home.h"
#include "cert/object.h"

static struct why why;

/* What a child works with; a secret would be empty there. */
struct making {
    int folder;
    char pin[64], uri[TOKEN_URI];
    struct key_request request;
};

static struct making making_of(int folder, const char *uri, const struct secret *pin)
{
    struct making making = { .folder = folder, .request = { .kind = CERT_KEY_P256, .name = "x" } };

    (void)snprintf(making.pin, sizeof making.pin, "%s", secret_peek(pin));
    (void)snprintf(making.uri, sizeof making.uri, "%s", uri);
    return making;
}

static struct token *open_in_child(const struct making *making)
{
    secret_auto *pin = home_secret(making->pin);
    return home_open(making->folder, making->uri, pin);
}

static int make_stuck(void *data)
{
    const struct making *making = data;
    struct token *token = open_in_child(making);
    long begin = clock_ms();

    bool good = key_make(token, &making->request, &impatient, &why) == OUTCOME_CANCELLED &&
                clock_ms() - begin < 4000;
    token_close(&token);
    return good ? 0 : 1;
}

/* The pair is there when the process ends; as nobody knows its id, it is as good as lost, but the
 * one who wrote it down finds it. */
static void stuck(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    struct making making = making_of(folder, home_fake("stuck"), pin);

    (void)state;
    assert_int_equal(key_new_id(&making.request.id, &why), OUTCOME_OK);
    assert_int_equal(test_child(make_stuck, &making), 0);
    token_auto *token = home_open(folder, uri, pin);
    assert_int_equal(home_look(token, &making.request.id), KEY_WHOLE);
    assert_int_equal(key_remove(token, &making.request.id, &why), OUTCOME_OK);
    assert_int_equal(home_count(token), 0);
}

static int make_many(void *data)
{
    const struct making *making = data;
    struct token *token = open_in_child(making);
    struct key_request request = making->request;

    for (;;)
        if (key_new_id(&request.id, &why) || key_make(token, &request, &nobody, &why))
            return 1;
}

/* At a moment that differs each time, while keys are made as fast as can be. */
static void killed(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    struct making making = making_of(folder, uri, pin);
    unsigned halves = 0;

    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        pid_t pid = fork();
        if (!pid)
            _exit(make_many(&making));
        (void)usleep(20000 + i * 1777);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        token_auto *token = home_open(folder, uri, pin);
        halves += (unsigned)(home_count(token) % 2);
        assert_int_equal(key_sweep(token, &nobody, &why), OUTCOME_OK);
        assert_int_equal(home_count(token) % 2, 0);
        assert_int_equal(objects_remove(token, NULL, 0, &why), OUTCOME_OK);
        assert_int_equal(home_count(token), 0);
    }
    print_message("# %u halves\n", halves);
}

/* As another program would: no lock of ours, and a login each time. */
static int log_in_and_out(void *data)
{
    const struct making *making = data;

    for (;;) {
        struct token token = { .lock = -1 };
        CK_SLOT_ID slots[8];
        CK_ULONG count = 8;
        if (session_load(&token, &(struct token_place){ "", -1, TOKEN_SOFTHSM }, &why))
            return 1;
        token.module = token.modules[0];
        if (!token.module->C_GetSlotList(CK_TRUE, slots, &count) && count &&
            (token.slot = slots[0], !session_begin(&token, &why)))
            (void)token.module->C_Login(token.session, CKU_USER, (CK_UTF8CHAR *)making->pin,
                                        strlen(making->pin));
        session_unload(&token);
    }
}

/* Of each token the one that SoftHSM knows it by. */
static void empty_files(const char *store)
{
    char path[1024];
    DIR *all = opendir(store);
    const struct dirent *entry;

    assert_non_null(all);
    while ((entry = readdir(all)))
        if (*entry->d_name != '.') {
            (void)snprintf(path, sizeof path, "%s/%s/token.object", store, entry->d_name);
            assert_int_equal(truncate(path, 0), 0);
        }
    (void)closedir(all);
}

/* What a program that is killed while it logs in may leave, at whichever moment. */
static void mended(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI], path[512];
    fd_auto folder = home_with_token(&pin, uri);
    struct making making = making_of(folder, uri, pin);
    token_auto *token = home_open(folder, uri, pin);
    struct key_id id;
    int status;

    (void)state;
    home_key(token, CERT_KEY_P256, false, "wifi", &id);
    (void)snprintf(path, sizeof path, "%s", token->softhsm.store);
    token_close(&token);
    for (unsigned i = 0; i < 40; i++) {
        pid_t pid = fork();
        if (!pid)
            _exit(log_in_and_out(&making));
        (void)usleep(10000 + i * 777);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        token = home_open(folder, uri, pin);
        assert_int_equal(home_look(token, &id), KEY_WHOLE);
        token_close(&token);
    }
    empty_files(path);
    token = home_open(folder, uri, pin);
    assert_int_equal(home_look(token, &id), KEY_WHOLE);
}

static int make_some(void *data)
{
    const struct making *making = data;
    struct key_request request = making->request;
    secret_auto *pin = home_secret(making->pin);

    for (int i = 0; i < 5; i++) {
        struct token_place place = { making->uri, making->folder };
        token_auto *token = NULL;
        if (token_open(&place, pin, &nobody, &token, &why) || key_new_id(&request.id, &why) ||
            key_make(token, &request, &nobody, &why)) {
            print_message("# %s\n", why.text);
            return 1;
        }
    }
    return 0;
}

static void at_once(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    struct making making = making_of(folder, uri, pin);
    pid_t pids[4], other;
    int status, failed = 0;

    (void)state;
    (void)fflush(NULL);
    if (!(other = fork()))
        _exit(log_in_and_out(&making));
    for (size_t i = 0; i < COUNT(pids); i++)
        if (!(pids[i] = fork()))
            _exit(make_some(&making));
    for (size_t i = 0; i < COUNT(pids); i++) {
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        failed += status != 0;
    }
    assert_int_equal(kill(other, SIGKILL), 0);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(failed, 0);
    token_auto *token = home_open(folder, uri, pin);
    assert_int_equal(home_count(token), 2 * 5 * COUNT(pids));
}

static int fill_disk(void *data)
{
    const struct making *making = data;
    struct key_request request = making->request;
    secret_auto *pin = NULL;
    char store[256], uri[TOKEN_URI];
    enum outcome out;

    (void)snprintf(store, sizeof store, "%s/.config/softhsm2/tokens", getenv("HOME"));
    if (!test_small_disk(store, "256k"))
        return 77;
    if (token_pin(&pin, &why) ||
        token_make(making->folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why))
        return 1;
    struct token *token = home_open(making->folder, uri, pin);
    do {
        if (key_new_id(&request.id, &why))
            return 2;
        out = key_make(token, &request, &nobody, &why);
    } while (!out);
    print_message("# %s, %s\n", reason_word(why.reason), why.text);
    if (why.reason != REASON_TOKEN_FULL)
        return 3;
    token_close(&token);
    token = home_open(making->folder, uri, pin);
    return home_look(token, &request.id) == KEY_ABSENT && home_count(token) % 2 == 0 ? 0 : 4;
}

static void full(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    struct making making = making_of(folder, uri, pin);
    int status = test_child(fill_disk, &making);

    (void)state;
    if (status == 77)
        test_skip("on a full disk: needs a mount namespace");
    assert_int_equal(status, 0);
}

FACTS(FACT(stuck,
           "key_make: cancelled where the token does not end, it ends; the id finds the key"),
      FACT(killed, "key_sweep: after a kill -9 anywhere no half of a key is left"),
      FACT(mended, "token_open: a token that another program's end left broken is mended"),
      FACT(at_once, "key_make: four processes at once, and a program that logs in all the time"),
      FACT(full, "key_make: on a full disk: token-full, and nothing is left"))
