/* SPDX-License-Identifier: MIT */
#include "cert/home.h"
#include "cert/object.h"
#include "cert/registered.h"

#include "test.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char home_step[128];

static struct why why;

static void step(struct asker *asker, const char *line)
{
    (void)asker;
    (void)snprintf(home_step, sizeof home_step, "%s", line);
}

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static bool always(struct asker *asker)
{
    (void)asker;
    return true;
}

struct asker nobody = { .step = step, .cancelled = never };
struct asker impatient = { .step = step, .cancelled = always };

/* It leaks where it cannot begin (1.9). A library that is gone has no name, by which the leak could
 * be left out of account (tests/lsan-suppressions): so it stays. */
static void keep_tpm(void)
{
    char path[512];

    if (!registered_library("tpm2_pkcs11.module", path, sizeof path, &why))
        (void)dlopen(path, RTLD_LAZY | RTLD_NODELETE);
}

int home_begin(void)
{
    static char home[128];
    static int number;
    int folder;

    (void)snprintf(home, sizeof home, "%s/home-%d", test_folder(), number++);
    assert_int_equal(mkdir(home, 0700), 0);
    assert_int_equal(setenv("HOME", home, 1), 0);
    assert_int_equal(unsetenv("SOFTHSM2_CONF"), 0);
    assert_int_equal(unsetenv("FAKE_TOKEN_DOES"), 0);
    keep_tpm();
    (void)umask(0); /* what is private is so by itself */
    folder = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    return folder;
}

int home_with_token(struct secret **pin, char uri[TOKEN_URI])
{
    int folder = home_begin();

    if (token_pin(pin, &why) || token_make(folder, TOKEN_SOFTHSM, *pin, false, &nobody, uri, &why))
        fail_msg("%s", why.text);
    return folder;
}

struct token *home_open(int folder, const char *uri, const struct secret *pin)
{
    struct token_place place = { uri, folder };
    struct token *token = NULL;

    if (token_open(&place, pin, &nobody, &token, &why))
        fail_msg("%s: %s", reason_word(why.reason), why.text);
    return token;
}

struct secret *home_secret(const char *text)
{
    struct secret *secret = secret_new(strlen(text));

    assert_non_null(secret);
    assert_true(secret_append(secret, text, strlen(text)));
    return secret;
}

void home_key(struct token *token, enum cert_key kind, bool exportable, const char *name,
              struct key_id *id)
{
    struct key_request request = { .kind = kind, .exportable = exportable, .name = name };

    if (key_new_id(&request.id, &why) || key_make(token, &request, &nobody, &why))
        fail_msg("%s: %s", reason_word(why.reason), why.text);
    *id = request.id;
}

const char *home_fake(const char *does)
{
    static char uri[TOKEN_URI];

    assert_int_equal(setenv("FAKE_TOKEN_DOES", does, 1), 0);
    assert_non_null(getenv("FAKE_TOKEN"));
    (void)snprintf(uri, sizeof uri, "pkcs11:token=Chatelaine?module-path=%s", getenv("FAKE_TOKEN"));
    return uri;
}

size_t home_count(const struct token *token)
{
    objects_auto objects = { .count = 0 };

    assert_int_equal(objects_find(token, NULL, 0, &objects, &(struct why){ 0 }), OUTCOME_OK);
    return objects.count;
}

enum key_state home_look(const struct token *token, const struct key_id *id)
{
    enum key_state state = KEY_HALF;

    assert_int_equal(key_look(token, id, &state, &(struct why){ 0 }), OUTCOME_OK);
    return state;
}
