/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/file.h"
#include "cert/lock.h"
#include "cert/session.h"
#include "cert/spare.h"

/* As many as make 32 characters: what uses the key through OpenSSL takes no longer PIN (libp11). */
enum { SLOTS_MOST = 128, PIN_BYTES = 24 };

enum outcome token_pin(struct secret **pin, struct why *why)
{
    unsigned char bytes[PIN_BYTES];
    secret_auto *made = secret_new(BASE64URL_TEXT(sizeof bytes));

    if (!made)
        return fail_memory(why);
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return fail(why, REASON_BROKEN, "no random bytes: %s", strerror(errno));
    base64url_encode(bytes, sizeof bytes, secret_space(made));
    secret_grow(made, BASE64URL_TEXT(sizeof bytes) - 1);
    explicit_bzero(bytes, sizeof bytes);
    *pin = made;
    made = NULL;
    return OUTCOME_OK;
}

/* What a slot is looked for. */
typedef bool slot_test(const struct token *token, const CK_UTF8CHAR *label,
                       const CK_TOKEN_INFO *info);

/* The first of these slots; false if there is none. */
static bool find_slot(struct token *token, const CK_UTF8CHAR *label, slot_test *is_it)
{
    CK_SLOT_ID slots[SLOTS_MOST];
    CK_ULONG count = SLOTS_MOST;

    if (token->module->C_GetSlotList(CK_TRUE, NULL, &count) || count > SLOTS_MOST ||
        token->module->C_GetSlotList(CK_TRUE, slots, &count))
        return false;
    for (CK_ULONG i = 0; i < count; i++)
        if (!token->module->C_GetTokenInfo(slots[i], &token->info) &&
            is_it(token, label, &token->info)) {
            token->slot = slots[i];
            return true;
        }
    return false;
}

static bool is_new(const struct token *token, const CK_UTF8CHAR *label, const CK_TOKEN_INFO *info)
{
    (void)token;
    (void)label;
    return !(info->flags & CKF_TOKEN_INITIALIZED);
}

static bool is_whole(const struct token *token, const CK_UTF8CHAR *label, const CK_TOKEN_INFO *info)
{
    (void)label;
    return session_is_own(token, info) && info->flags & CKF_USER_PIN_INITIALIZED;
}

/* With this label: in a TPM only the right PIN is tried. */
static bool is_half(const struct token *token, const CK_UTF8CHAR *label, const CK_TOKEN_INFO *info)
{
    return session_is_own(token, info) &&
           (token->is_tpm || !(info->flags & CKF_USER_PIN_INITIALIZED)) &&
           !memcmp(label, info->label, LABEL);
}

/* tpm2-pkcs11 says of half a token that it has a PIN. This is its PIN, or nobody's. */
static bool has_pin(struct token *token, const struct secret *pin)
{
    struct why why;
    CK_RV code = CKR_GENERAL_ERROR;

    if (token->is_tpm && !session_begin(token, &why)) {
        code = token->module->C_Login(token->session, CKU_USER, (CK_UTF8CHAR *)secret_peek(pin),
                                      secret_length(pin));
        (void)token->module->C_CloseSession(token->session);
        token->session = 0;
    }
    return !code;
}

/* What the security officer does: gives the user a PIN. */
static enum outcome give_pin(struct token *token, const struct secret *pin, struct why *why)
{
    enum outcome out = session_begin(token, why);
    CK_RV code;

    if (out)
        return out;
    if (!(code = token->module->C_Login(token->session, CKU_SO, (CK_UTF8CHAR *)secret_peek(pin),
                                        secret_length(pin))))
        code = token->module->C_InitPIN(token->session, (CK_UTF8CHAR *)secret_peek(pin),
                                        secret_length(pin));
    (void)token->module->C_CloseSession(token->session);
    token->session = 0;
    if (!code)
        code = token->module->C_GetTokenInfo(token->slot, &token->info);
    return code ? session_fail(token, code, "giving the token its PIN", why) : OUTCOME_OK;
}

static enum outcome make_new(struct token *token, const struct secret *pin, CK_UTF8CHAR *label,
                             struct why *why)
{
    if (!find_slot(token, label, is_new))
        return fail(why, REASON_TOKEN_FAILED, "there is no room for one more token");
    CK_RV code = token->module->C_InitToken(token->slot, (CK_UTF8CHAR *)secret_peek(pin),
                                            secret_length(pin), label);
    return code ? session_fail(token, code, "making a token", why) : give_pin(token, pin, why);
}

/* Ends the making of one that was killed within, if it had this PIN. Another such one is of no use:
 * nobody can log in to it, nor make anything that is private in it. *done: there is one now. */
static enum outcome end_half(struct token *token, const struct secret *pin,
                             const CK_UTF8CHAR *label, bool *done, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    *done = false;
    if (!find_slot(token, label, is_half))
        return OUTCOME_OK;
    *done = has_pin(token, pin) || !(out = give_pin(token, pin, why));
    if (token->is_tpm)
        return out;
    if (*done || (out = spare_drop(&token->softhsm, token->info.serialNumber, why)))
        return *done ? OUTCOME_OK : out;
    session_unload(token); /* and SoftHSM forgets it, too */
    if ((out = session_load(token, &(struct token_place){ "", -1, TOKEN_SOFTHSM }, why)))
        return out;
    token->module = token->modules[0];
    return OUTCOME_OK;
}

static enum outcome make(struct token *token, const struct secret *pin, bool besides,
                         struct why *why)
{
    CK_UTF8CHAR label[LABEL];
    bool done;
    enum outcome out;

    if ((out = session_label(token, pin, label, why)))
        return out;
    if (token->is_softhsm && !besides && find_slot(token, label, is_whole))
        return fail(why, REASON_SAME_ERRAND, "there is a token of Chatelaine's own already");
    out = end_half(token, pin, label, &done, why);
    return out || done ? out : make_new(token, pin, label, why);
}

enum outcome token_make(int folder, enum token_kind kind, const struct secret *pin, bool besides,
                        struct asker *asker, char uri[TOKEN_URI], struct why *why)
{
    const struct token_place place = { "", folder, kind };
    struct token token = { .lock = -1 };
    fd_auto lock = -1;
    enum outcome out = lock_take(folder, LOCK_OF_LOGIN, asker, &lock, why);

    if (out || (out = session_load(&token, &place, why)))
        return out;
    token.module = token.modules[0];
    if (!(out = make(&token, pin, besides, why)))
        (void)((token.is_softhsm &&
                (out = spare_keep(&token.softhsm, token.info.serialNumber, why))) ||
               (out = token_uri(&token, uri, why)));
    session_unload(&token);
    return out;
}
