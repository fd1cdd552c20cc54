/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/home.h"
#include "cert/session.h"

static struct why why;

static unsigned mode_of(const char *path)
{
    char whole[256];
    struct stat st;

    (void)snprintf(whole, sizeof whole, "%s/%s", getenv("HOME"), path);
    assert_int_equal(stat(whole, &st), 0);
    return st.st_mode & 07777;
}

static void made(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, "", pin);

    (void)state;
    assert_true(token->logged_in);
    assert_int_equal(secret_length(pin), 32);
    assert_int_equal(mode_of(".config/softhsm2"), 0700);
    assert_int_equal(mode_of(".config/softhsm2/softhsm2.conf"), 0600);
    assert_int_equal(mode_of(".config/softhsm2/tokens"), 0700);
    assert_non_null(strstr(uri, "token=Chatelaine"));
    assert_non_null(strstr(uri, "serial="));
    assert_null(strstr(uri, "pin"));
}

/* A URI that does not say whose make it is: p11-kit's registered modules are all asked. */
static void found(void **state)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI], again[TOKEN_URI];
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, "pkcs11:token=Chatelaine", pin);

    (void)state;
    assert_int_equal(token_uri(token, again, &why), OUTCOME_OK);
    assert_string_equal(uri, again);
}

static void settings_stay(void **state)
{
    char path[256], text[512] = "", after[512];
    fd_auto folder = home_begin();
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];

    (void)state;
    for (const char *const *name =
             (const char *const[]){ ".config", ".config/softhsm2", "mine", NULL };
         *name; name++) {
        (void)snprintf(path, sizeof path, "%s/%s", getenv("HOME"), *name);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    (void)sprintf(text, "# mine\nlog.level = INFO\n directories.tokendir = %s \n", path);
    (void)snprintf(path, sizeof path, "%s/.config/softhsm2/softhsm2.conf", getenv("HOME"));
    test_write(path, text, strlen(text));
    if (token_pin(&pin, &why) || token_make(folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why))
        fail_msg("%s", why.text);
    test_read(path, after, sizeof after);
    assert_string_equal(text, after);
    token_auto *token = home_open(folder, uri, pin);
    assert_true(softhsm_has_tokens(&token->softhsm));
    assert_non_null(strstr(token->softhsm.store, "/mine"));
}

static void no_settings(void **state)
{
    struct softhsm softhsm;
    char path[256];
    int folder = home_begin();

    (void)state;
    (void)close(folder);
    assert_int_equal(setenv("HOME", "/tmp/a#b", 1), 0);
    test_reason(softhsm_prepare(&softhsm, &why), &why, REASON_BAD_SETTING, "/tmp/a#b");
    assert_int_equal(setenv("SOFTHSM2_CONF", "/nowhere/softhsm2.conf", 1), 0);
    test_reason(softhsm_prepare(&softhsm, &why), &why, REASON_BAD_SETTING, "/nowhere/");
    (void)snprintf(path, sizeof path, "%s/conf", test_folder());
    test_write(path, "log.level = INFO\n", 17);
    assert_int_equal(setenv("SOFTHSM2_CONF", path, 1), 0);
    test_reason(softhsm_prepare(&softhsm, &why), &why, REASON_BAD_SETTING, "tokendir");
    assert_int_equal(chmod(path, 0666), 0);
    test_reason(softhsm_prepare(&softhsm, &why), &why, REASON_OTHER_OWNER, path);
}

static int no_program(void *data)
{
    struct softhsm softhsm;

    (void)data;
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("tmpfs", "/usr/share/p11-kit/modules", "tmpfs", 0, NULL))
        return 77;
    return softhsm_prepare(&softhsm, &why) == OUTCOME_SETTINGS &&
                   why.reason == REASON_NO_TOKEN_PROGRAM
               ? 0
               : 1;
}

static void not_installed(void **state)
{
    int folder = home_begin(), status = test_child(no_program, NULL);

    (void)state;
    (void)close(folder);
    if (status == 77)
        test_skip("a p11-kit without SoftHSM needs a mount namespace");
    assert_int_equal(status, 0);
}

static enum outcome try(int folder, const char *uri, const struct secret *pin)
{
    struct token_place place = { uri, folder };
    token_auto *token = NULL;
    enum outcome out = token_open(&place, pin, &nobody, &token, &why);

    assert_true(!out == !!token);
    return out;
}

static void missing(void **state)
{
    char uri[TOKEN_URI];
    secret_auto *pin = NULL;
    fd_auto none = home_begin();

    (void)state;
    test_reason(try(none, "", NULL), &why, REASON_TOKEN_MISSING, "own");
    fd_auto folder = home_with_token(&pin, uri);
    test_reason(try(folder, "pkcs11:token=Other", pin), &why, REASON_TOKEN_MISSING, "Other");
    uri[strlen(uri) - 1] ^= 1;
    test_reason(try(folder, uri, pin), &why, REASON_TOKEN_MISSING, "there is no token");
}

static void bad_uri(void **state)
{
    static const char *const uris[] = { "token=Chatelaine",
                                        "pkcs11:%zz",
                                        "pkcs11:unknown=1",
                                        "pkcs11:token=Chatelaine?pin-value=geheim",
                                        "pkcs11:token=Chatelaine?pin-source=file:/geheim",
                                        "pkcs11:?module-path=softhsm2.so" };
    fd_auto folder = home_begin();

    (void)state;
    for (size_t i = 0; i < COUNT(uris); i++) {
        test_reason(try(folder, uris[i], NULL), &why, REASON_BAD_SETTING, "");
        assert_null(strstr(why.text, "geheim"));
    }
    test_reason(try(folder, "pkcs11:?module-path=/etc/hostname", NULL), &why,
                REASON_NO_TOKEN_PROGRAM, "/etc/hostname");
}

static void wrong_pin(void **state)
{
    char uri[TOKEN_URI], logins[16], path[128];
    secret_auto *pin = NULL, *wrong = home_secret("not-that-one");
    fd_auto folder = home_with_token(&pin, uri);

    (void)state;
    (void)snprintf(path, sizeof path, "%s/logins", test_folder());
    assert_int_equal(setenv("FAKE_TOKEN_LOGINS", path, 1), 0);
    test_reason(try(folder, home_fake("nothing"), wrong), &why, REASON_WRONG_PIN, "logging in");
    assert_int_equal(test_read(path, logins, sizeof logins), 1);
    assert_null(strstr(why.text, "not-that-one"));
    assert_int_equal(try(folder, home_fake("nothing"), pin), OUTCOME_OK);
    assert_int_equal(test_read(path, logins, sizeof logins), 2);
    assert_int_equal(try(folder, home_fake("nothing"), NULL), OUTCOME_OK);
    assert_int_equal(test_read(path, logins, sizeof logins), 2);
    test_reason(try(folder, "", wrong), &why, REASON_WRONG_PIN, "logging in");
}

static void locked(void **state)
{
    char uri[TOKEN_URI], path[128];
    secret_auto *pin = NULL;
    fd_auto folder = home_with_token(&pin, uri);

    (void)state;
    (void)snprintf(path, sizeof path, "%s/none", test_folder());
    assert_int_equal(setenv("FAKE_TOKEN_LOGINS", path, 1), 0);
    test_reason(try(folder, home_fake("locked"), pin), &why, REASON_PIN_LOCKED, "is locked");
    test_reason(try(folder, home_fake("last-try"), pin), &why, REASON_PIN_LOCKED, "one more");
    assert_int_equal(access(path, F_OK), -1); /* nothing was tried */
}

static void later(void **state)
{
    char uri[TOKEN_URI], logins[16], path[128];
    secret_auto *pin = NULL, *wrong = home_secret("not-that-one");
    fd_auto folder = home_with_token(&pin, uri);
    token_auto *token = home_open(folder, home_fake("nothing"), NULL);

    (void)state;
    (void)snprintf(path, sizeof path, "%s/later", test_folder());
    assert_int_equal(setenv("FAKE_TOKEN_LOGINS", path, 1), 0);
    assert_false(token_is_unlocked(token));
    test_reason(token_login(token, wrong, &nobody, &why), &why, REASON_WRONG_PIN, "logging in");
    assert_false(token_is_unlocked(token));
    assert_int_equal(test_read(path, logins, sizeof logins), 1);
    (void)home_fake("locked"); /* by somebody else, meanwhile */
    test_reason(token_login(token, pin, &nobody, &why), &why, REASON_PIN_LOCKED, "is locked");
    assert_int_equal(test_read(path, logins, sizeof logins), 1);
    (void)home_fake("nothing");
    assert_int_equal(token_login(token, pin, &nobody, &why), OUTCOME_OK);
    assert_true(token_is_unlocked(token));
}

static void two(void **state)
{
    char uri[TOKEN_URI], other[TOKEN_URI];
    secret_auto *pin = NULL, *pin2 = NULL;
    fd_auto folder = home_with_token(&pin, uri);

    (void)state;
    assert_int_equal(token_pin(&pin2, &why), OUTCOME_OK);
    test_reason(token_make(folder, TOKEN_SOFTHSM, pin2, false, &nobody, other, &why), &why,
                REASON_SAME_ERRAND, "already");
    assert_int_equal(token_make(folder, TOKEN_SOFTHSM, pin2, true, &nobody, other, &why),
                     OUTCOME_OK);
    assert_string_not_equal(uri, other);
    test_reason(try(folder, "", pin), &why, REASON_TOKEN_AMBIGUOUS, "2 tokens");
    test_reason(try(folder, "pkcs11:token=Chatelaine", pin), &why, REASON_TOKEN_AMBIGUOUS, ", ");
    assert_int_equal(try(folder, uri, pin), OUTCOME_OK);
    assert_int_equal(try(folder, other, pin2), OUTCOME_OK);
    test_reason(try(folder, other, pin), &why, REASON_WRONG_PIN, "");
}

/* What a kill between C_InitToken and C_InitPIN leaves. */
static void make_half(const struct secret *pin)
{
    struct token token = { .lock = -1 };
    CK_SLOT_ID slots[8];
    CK_ULONG count = 8;
    CK_UTF8CHAR label[] = "Chatelaine                      ";

    assert_int_equal(session_load(&token, &(struct token_place){ "", -1, TOKEN_SOFTHSM }, &why),
                     OUTCOME_OK);
    token.module = token.modules[0];
    assert_int_equal(token.module->C_GetSlotList(CK_TRUE, slots, &count), 0);
    assert_int_equal(token.module->C_InitToken(slots[count - 1], (CK_UTF8CHAR *)secret_peek(pin),
                                               secret_length(pin), label),
                     0);
    session_unload(&token);
}

static unsigned tokens(void)
{
    struct token token = { .lock = -1 };
    CK_ULONG count = 0;

    assert_int_equal(session_load(&token, &(struct token_place){ "", -1, TOKEN_SOFTHSM }, &why),
                     OUTCOME_OK);
    assert_int_equal(token.modules[0]->C_GetSlotList(CK_TRUE, NULL, &count), 0);
    token.module = token.modules[0];
    session_unload(&token);
    return (unsigned)count - 1; /* without the empty slot */
}

static void half(void **state)
{
    char uri[TOKEN_URI];
    secret_auto *pin = NULL;
    fd_auto folder = home_begin();

    (void)state;
    assert_int_equal(token_pin(&pin, &why), OUTCOME_OK);
    make_half(pin);
    assert_int_equal(tokens(), 1);
    test_reason(try(folder, "", pin), &why, REASON_TOKEN_MISSING, "own");
    assert_int_equal(token_make(folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why), OUTCOME_OK);
    assert_int_equal(tokens(), 1);
    assert_int_equal(try(folder, "", pin), OUTCOME_OK);
}

/* The file of that name in the folder of each token. */
static unsigned with_file(const char *name, bool make)
{
    char pattern[512];
    glob_t found;
    unsigned count = 0;

    (void)snprintf(pattern, sizeof pattern, "%s/.config/softhsm2/tokens/*", getenv("HOME"));
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        (void)snprintf(pattern, sizeof pattern, "%s/%s", found.gl_pathv[i], name);
        if (make)
            test_write(pattern, "", 0);
        count += !access(pattern, F_OK);
    }
    globfree(&found);
    return count;
}

static void half_of_nobody(void **state)
{
    char uri[TOKEN_URI];
    secret_auto *pin = NULL, *other = NULL;
    fd_auto folder = home_begin();

    (void)state;
    assert_int_equal(token_pin(&pin, &why), OUTCOME_OK);
    assert_int_equal(token_pin(&other, &why), OUTCOME_OK);
    make_half(other);
    assert_int_equal(token_make(folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why), OUTCOME_OK);
    assert_int_equal(tokens(), 1);
    assert_int_equal(with_file(".", false), 1);
    assert_int_equal(try(folder, uri, pin), OUTCOME_OK);
    make_half(other);
    (void)with_file("an.object", true);
    assert_int_equal(token_make(folder, TOKEN_SOFTHSM, pin, true, &nobody, uri, &why), OUTCOME_OK);
    assert_int_equal(tokens(), 3);
    assert_int_equal(with_file("an.object", false), 2);
    assert_int_equal(try(folder, uri, pin), OUTCOME_OK);
}

static int make_one(void *data)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    int folder = *(int *)data;
    enum outcome out;

    if (token_pin(&pin, &why) ||
        ((out = token_make(folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why)) &&
         out != OUTCOME_BUSY))
        return 2;
    return out ? 1 : 0;
}

static void at_once(void **state)
{
    fd_auto folder = home_begin();
    int number[3] = { 0 }, status;

    (void)state;
    (void)fflush(NULL);
    for (int i = 0; i < 6; i++)
        if (!fork())
            _exit(make_one(&folder));
    while (wait(&status) > 0)
        number[WIFEXITED(status) ? WEXITSTATUS(status) : 2]++;
    assert_int_equal(number[0], 1);
    assert_int_equal(number[1], 5);
    assert_int_equal(tokens(), 1);
}

FACTS(FACT(made, "token_make: SoftHSM's settings and folder are made, for the person alone"),
      FACT(found, "token_make: every module that p11-kit knows is asked, and one has it"),
      FACT(settings_stay, "token_make: SoftHSM's settings of the person's own stay"),
      FACT(no_settings, "softhsm_prepare: settings that name no folder, or are open to others"),
      FACT(not_installed, "softhsm_prepare: without SoftHSM: no-token-program"),
      FACT(half, "token_make: one that was killed within is finished, with the same PIN"),
      FACT(half_of_nobody, "token_make: one that this PIN does not open goes, if nothing is in it"),
      FACT(two, "token_open: two tokens of one label: token-ambiguous, by serial number it is one"),
      FACT(at_once, "token_make: of several processes one makes the token"),
      FACT(missing, "token_open: one that is not there: token-missing"),
      FACT(bad_uri, "token_open: a URI with a PIN or of no token: bad-setting, and no PIN is told"),
      FACT(wrong_pin, "token_open: a wrong PIN is tried once, and without one nothing is tried"),
      FACT(later, "token_login: of one that is open, as it says of itself now, and once"),
      FACT(locked, "token_open: a PIN that is locked, or has one try left, is not tried"))
