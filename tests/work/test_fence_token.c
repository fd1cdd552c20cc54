/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/csr.h"
#include "cert/home.h"
#include "cert/session.h"
#include "wire/verbs.h"
#include "work/confine.h"

static struct why why;

static const struct cert_person alice = { .upn = "alice@corp.example" };

/* What SoftHSM needs: its store to read and write (fcntl locks, mkdir, ftruncate, unlink), its
 * settings to read, /usr for the module and p11-kit's registry, our folder for the lock, a thread.
 */
static enum outcome fence(const char *folder)
{
    char settings[256];
    struct softhsm softhsm;
    enum outcome out = softhsm_prepare(&softhsm, &why);

    if (out)
        return out;
    (void)snprintf(settings, sizeof settings, "%s/.config/softhsm2", folder);
    const char *const readable[] = { settings, NULL };
    const char *const writable[] = { softhsm.store, folder, NULL };
    return confine(
        &(struct confine){ .may = CONFINEMENT_NETWORK | CONFINEMENT_THREADS | CONFINEMENT_CACHE,
                           .cpu_seconds = 30,
                           .readable = readable,
                           .writable = writable },
        &why);
}

static enum outcome work(int folder)
{
    struct key_request request = { .kind = CERT_KEY_RSA_2048, .name = "wifi" };
    struct token_place place = { "", folder };
    secret_auto *pin = NULL;
    text_auto *pem = NULL;
    token_auto *token = NULL;
    char uri[TOKEN_URI];
    enum outcome out;

    if ((out = token_pin(&pin, &why)) ||
        (out = token_make(folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why)) ||
        (out = token_open(&place, pin, &nobody, &token, &why)) ||
        (out = key_new_id(&request.id, &why)) || (out = key_make(token, &request, &nobody, &why)) ||
        (out = csr_make(token, &request.id, &alice, NULL, &pem, &why)) ||
        (out = key_sweep(token, &nobody, &why)) || (out = key_remove(token, &request.id, &why)))
        return out;
    return OUTCOME_OK;
}

static int confined(void *data)
{
    fd_auto folder = home_begin();

    (void)data;
    if (!fence(getenv("HOME")) && !work(folder))
        return 0;
    print_message("# %s: %s\n", reason_word(why.reason), why.text);
    return 1;
}

static void in_fence(void **state)
{
    (void)state;
    assert_int_equal(test_child(confined, NULL), 0);
}

FACTS(FACT(in_fence, "confine: a token is made and used with the rights of a worker with threads"))
