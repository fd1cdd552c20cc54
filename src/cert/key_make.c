/* SPDX-License-Identifier: MIT */
#include "cert/key.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cert/lock.h"
#include "cert/object.h"

enum { GRACE_MS = 2000, LOOK_MS = 50, SHORT_OF_IT = 3 /* tries with SoftHSM */ };

/* The curves as object identifiers in DER (RFC 5480 2.1.1.1). */
static const unsigned char p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static const unsigned char p384[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x22 };

static const struct kind {
    const char *name;
    CK_ULONG bits; /* 0: a curve */
    const unsigned char *curve;
    size_t size;
} kinds[] = {
    [CERT_KEY_RSA_2048] = { "rsa-2048", 2048, NULL, 0 },
    [CERT_KEY_RSA_3072] = { "rsa-3072", 3072, NULL, 0 },
    [CERT_KEY_RSA_4096] = { "rsa-4096", 4096, NULL, 0 },
    [CERT_KEY_P256] = { "p-256", 0, p256, sizeof p256 },
    [CERT_KEY_P384] = { "p-384", 0, p384, sizeof p384 },
};

bool cert_key_parse(const char *name, enum cert_key *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name)) {
            *kind = (enum cert_key)i;
            return true;
        }
    return false;
}

const char *cert_key_name(enum cert_key kind)
{
    return kinds[kind].name;
}

/* What the thread works with, which may outlive the call. */
struct job {
    struct token *token;
    const struct kind *kind;
    bool exportable;
    struct key_id id;
    char label[OBJECT_LABEL_MOST];
    CK_RV code;
};

/* An explicit template: what a token would do of its own accord is not relied on. */
static CK_RV generate(const struct job *job)
{
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE, may_leave = job->exportable, stays = !job->exportable;
    CK_BBOOL in_token = object_begin(job->token);
    const unsigned char exponent[] = { 1, 0, 1 };
    size_t label = strlen(job->label);
    const struct kind *kind = job->kind;
    CK_ATTRIBUTE public[] = {
        ATTRIBUTE(CKA_TOKEN, &in_token, sizeof in_token),
        ATTRIBUTE(CKA_PRIVATE, &no, sizeof no),
        ATTRIBUTE(CKA_VERIFY, &yes, sizeof yes),
        ATTRIBUTE(CKA_ID, job->id.bytes, KEY_ID),
        ATTRIBUTE(CKA_LABEL, job->label, label),
        kind->bits ? ATTRIBUTE(CKA_MODULUS_BITS, &kind->bits, sizeof kind->bits)
                   : ATTRIBUTE(CKA_EC_PARAMS, kind->curve, kind->size),
        ATTRIBUTE(CKA_PUBLIC_EXPONENT, exponent, sizeof exponent), /* of RSA: the last one */
    };
    CK_ATTRIBUTE private[] = {
        ATTRIBUTE(CKA_TOKEN, &in_token, sizeof in_token),
        ATTRIBUTE(CKA_PRIVATE, &yes, sizeof yes),
        ATTRIBUTE(CKA_SENSITIVE, &stays, sizeof stays),
        ATTRIBUTE(CKA_EXTRACTABLE, &may_leave, sizeof may_leave),
        ATTRIBUTE(CKA_SIGN, &yes, sizeof yes),
        ATTRIBUTE(CKA_ID, job->id.bytes, KEY_ID),
        ATTRIBUTE(CKA_LABEL, job->label, label),
        /* SoftHSM would allow all of these; tokens of other makes refuse to be asked. */
        ATTRIBUTE(CKA_DECRYPT, &no, sizeof no),
        ATTRIBUTE(CKA_UNWRAP, &no, sizeof no),
        ATTRIBUTE(CKA_SIGN_RECOVER, &no, sizeof no),
        ATTRIBUTE(CKA_DERIVE, &no, sizeof no),
    };
    CK_ULONG privates = sizeof private / sizeof *private - (job->token->is_softhsm ? 0 : 4);
    CK_MECHANISM how = { kind->bits ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ULONG count = sizeof public / sizeof *public - (kind->bits ? 0 : 1);
    CK_OBJECT_HANDLE handles[2];

    CK_RV code = job->token->module->C_GenerateKeyPair(job->token->session, &how, public, count,
                                                       private, privates, &handles[0], &handles[1]);
    if (!code)
        code = object_settle(job->token, handles[0]);
    return code ? code : object_settle(job->token, handles[1]);
}

static void *work(void *data)
{
    struct job *job = data;

    job->code = generate(job);
    return NULL;
}

/* True once the thread has ended. */
static bool wait_for(pthread_t thread, long ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return !pthread_timedjoin_np(thread, NULL, &until);
}

static enum outcome give_up(struct job *job, pthread_t thread, struct why *why)
{
    struct why other;

    if (!wait_for(thread, GRACE_MS)) {
        /* Nobody can end it but the end of this process; the lock is held until then. */
        (void)pthread_detach(thread);
        job->token->is_abandoned = true;
        return fail(why, REASON_CANCELLED, "cancelled while the token makes a key");
    }
    if (key_remove(job->token, &job->id, &other))
        return fail(why, other.reason, "cancelled, but the key is still there: %s", other.text);
    return fail(why, REASON_CANCELLED, "cancelled by the person");
}

static enum outcome make(struct job *job, struct asker *asker, struct why *why)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, work, job))
        return fail(why, REASON_BROKEN, "no thread for the token");
    while (!wait_for(thread, LOOK_MS))
        if (asker_check(asker, why))
            return give_up(job, thread, why);
    return OUTCOME_OK;
}

/* One try; whatever failed, nothing is left of it. */
static enum outcome try_to_make(struct job *job, struct asker *asker, struct why *why)
{
    enum key_state state = KEY_ABSENT;
    struct why other;
    enum outcome out = make(job, asker, why);

    if (out)
        return out;
    if (job->code)
        out = session_fail(job->token, job->code, "making a key", why);
    else if (!(out = key_look(job->token, &job->id, &state, why)) && state != KEY_WHOLE)
        out = fail(why, REASON_TOKEN_FAILED, "the token made half a key");
    if (out && key_remove(job->token, &job->id, &other))
        return fail(why, other.reason, "a key is left behind: %s", other.text);
    return out;
}

static enum outcome prepare(struct token *token, const struct key_request *request,
                            struct job **job, struct why *why)
{
    size_t length = strlen(request->name);

    if (length > KEY_NAME_MOST || !text_is_clean(request->name, length))
        return fail(why, REASON_BAD_SETTING, "the name of a certificate is too long or not clean");
    if (!token->logged_in)
        return fail(why, REASON_BROKEN, "a key is to be made without a PIN");
    if (token->is_tpm && request->exportable)
        return fail(why, REASON_TOKEN_CANNOT, "no key ever leaves a TPM");
    if (!(*job = calloc(1, sizeof **job)))
        return fail_memory(why);
    **job = (struct job){ .token = token,
                          .kind = &kinds[request->kind],
                          .exportable = request->exportable,
                          .id = request->id };
    (void)snprintf((*job)->label, OBJECT_LABEL_MOST, OBJECT_LABEL "%s", request->name);
    return OUTCOME_OK;
}

/* What is left of a try that was killed goes; a whole key is nobody's to replace. */
static enum outcome make_room(const struct token *token, const struct key_id *id, struct why *why)
{
    enum key_state state = KEY_ABSENT;
    enum outcome out = key_look(token, id, &state, why);

    if (out)
        return out;
    if (state == KEY_WHOLE)
        return fail(why, REASON_BROKEN, "there is a key of that id already");
    return key_remove(token, id, why);
}

enum outcome key_make(struct token *token, const struct key_request *request, struct asker *asker,
                      struct why *why)
{
    struct job *job = NULL;
    enum outcome out;

    if ((out = prepare(token, request, &job, why)))
        return out;
    if (!(out = lock_take(token->folder, LOCK_OF_KEYS, asker, &token->lock, why)) &&
        !(out = make_room(token, &request->id, why))) {
        asker_step(asker, "making a key (%s)", job->kind->name);
        for (int tries = 1; (out = try_to_make(job, asker, why)) && token->is_softhsm &&
                            why->reason == REASON_TOKEN_FAILED && tries < SHORT_OF_IT;
             tries++)
            lock_pause();
    }
    if (token->is_abandoned)
        return out;
    fd_close(&token->lock);
    free(job);
    return out;
}
