/* SPDX-License-Identifier: MIT */
#include "cert/token.h"

#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cert/lock.h"
#include "cert/session.h"
#include "cert/spare.h"

enum { SLOTS_MOST = 128, TRIES = 20 };

/* What makes a token the one that is meant. */
struct wanted {
    P11KitUri *uri;           /* NULL: our own */
    const CK_UTF8CHAR *label; /* not NULL: what alone counts */
    char found[256];          /* serial numbers */
    unsigned count;
};

static bool is_wanted(const struct token *token, const struct wanted *wanted,
                      const CK_TOKEN_INFO *info)
{
    if ((info->flags & CKF_TOKEN_INITIALIZED) == 0)
        return false;
    if (wanted->label)
        return !memcmp(wanted->label, info->label, LABEL);
    if (wanted->uri)
        return p11_kit_uri_match_token_info(wanted->uri, info);
    return session_is_own(token, info) && info->flags & CKF_USER_PIN_INITIALIZED;
}

static void look_at(struct token *token, CK_FUNCTION_LIST *module, CK_SLOT_ID slot,
                    struct wanted *wanted)
{
    CK_TOKEN_INFO info;
    size_t length = strlen(wanted->found);

    if (module->C_GetTokenInfo(slot, &info) || !is_wanted(token, wanted, &info))
        return;
    (void)snprintf(wanted->found + length, sizeof wanted->found - length, "%s%.*s",
                   length ? ", " : "", (int)sizeof info.serialNumber, (char *)info.serialNumber);
    wanted->count++;
    token->module = module;
    token->slot = slot;
    token->info = info;
}

static void look_into(struct token *token, CK_FUNCTION_LIST *module, struct wanted *wanted)
{
    CK_SLOT_ID slots[SLOTS_MOST];
    CK_ULONG count = SLOTS_MOST;
    CK_INFO info;

    if (wanted->uri &&
        (module->C_GetInfo(&info) || !p11_kit_uri_match_module_info(wanted->uri, &info)))
        return;
    /* SoftHSM looks for new tokens when it is asked for their number. */
    if (module->C_GetSlotList(CK_TRUE, NULL, &count) || count > SLOTS_MOST ||
        module->C_GetSlotList(CK_TRUE, slots, &count))
        return;
    for (CK_ULONG i = 0; i < count; i++)
        look_at(token, module, slots[i], wanted);
}

static enum outcome find(struct token *token, const char *uri, const CK_UTF8CHAR *label,
                         struct why *why)
{
    struct wanted wanted = { .label = label };

    if (*uri &&
        (!(wanted.uri = p11_kit_uri_new()) ||
         p11_kit_uri_parse(uri, P11_KIT_URI_FOR_TOKEN | P11_KIT_URI_FOR_MODULE, wanted.uri))) {
        p11_kit_uri_free(wanted.uri);
        return fail_memory(why); /* it was parsed before */
    }
    for (size_t i = 0; token->modules[i]; i++)
        look_into(token, token->modules[i], &wanted);
    p11_kit_uri_free(wanted.uri);
    if (wanted.count > 1)
        return fail(why, REASON_TOKEN_AMBIGUOUS, "%u tokens are meant, of serial numbers %s",
                    wanted.count, wanted.found);
    if (!wanted.count)
        return fail(why, REASON_TOKEN_MISSING, "there is no token %s",
                    *uri ? uri : "of Chatelaine's own");
    return OUTCOME_OK;
}

/* A TPM counts what is tried in vain, for all its users: there, the PIN itself says whose it is. */
static enum outcome find_by_pin(struct token *token, const char *uri, const struct secret *pin,
                                struct why *why)
{
    CK_UTF8CHAR label[LABEL];
    enum outcome out;

    if (!token->is_tpm || !pin)
        return find(token, uri, NULL, why);
    if ((out = session_label(token, pin, label, why)) || !find(token, uri, label, why) ||
        (out = find(token, uri, NULL, why)))
        return out;
    return fail(why, REASON_WRONG_PIN, "the PIN is not of this token: it was not tried");
}

static enum outcome login(struct token *token, const struct secret *pin, struct why *why)
{
    static const CK_FLAGS hopeless = CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY;
    int tries = 0;
    CK_RV code;

    if (token->info.flags & hopeless)
        return fail(why, REASON_PIN_LOCKED, "%s",
                    token->info.flags & CKF_USER_PIN_LOCKED
                        ? "the token says that its PIN is locked"
                        : "the token says that one more wrong PIN would lock it");
    do
        code = token->module->C_Login(token->session, CKU_USER, (CK_UTF8CHAR *)secret_peek(pin),
                                      secret_length(pin));
    while (session_again(token, code, &tries));
    token->logged_in = !code || code == CKR_USER_ALREADY_LOGGED_IN;
    if (code == CKR_USER_PIN_NOT_INITIALIZED && token->is_tpm) /* whatever its flags say */
        return fail(why, REASON_TOKEN_MISSING, "the token was not made to its end");
    /* What SoftHSM says of a token that another login is writing anew. No PIN was tried. */
    if (code == CKR_USER_PIN_NOT_INITIALIZED && token->is_softhsm)
        return fail(why, REASON_TOKEN_FAILED, "logging in: the token has no PIN");
    if (!token->logged_in)
        return session_fail(token, code, "logging in", why);
    return token->is_softhsm && session_is_own(token, &token->info)
               ? spare_keep(&token->softhsm, token->info.serialNumber, why)
               : OUTCOME_OK;
}

static enum outcome try_to_open(struct token *token, const struct token_place *place,
                                const struct secret *pin, struct why *why)
{
    enum outcome out;

    if ((out = session_load(token, place, why)) ||
        (out = find_by_pin(token, place->uri, pin, why)) || (out = session_begin(token, why)) ||
        (pin && (out = login(token, pin, why))))
        session_unload(token);
    return out;
}

/* While another program logs in, SoftHSM does not see the token at all. */
static bool may_be_there(const struct token *token, const struct why *why)
{
    return token->is_softhsm &&
           (why->reason == REASON_TOKEN_MISSING || why->reason == REASON_TOKEN_FAILED) &&
           softhsm_has_tokens(&token->softhsm);
}

enum outcome token_open(const struct token_place *place, const struct secret *pin,
                        struct asker *asker, struct token **token, struct why *why)
{
    token_auto *opened = calloc(1, sizeof *opened);
    fd_auto lock = -1;
    enum outcome out;

    if (!opened)
        return fail_memory(why);
    opened->lock = -1;
    opened->folder = place->folder;
    if ((out = lock_take(place->folder, LOCK_OF_LOGIN, asker, &lock, why)))
        return out;
    for (int i = 1;
         (out = try_to_open(opened, place, pin, why)) && i < TRIES && may_be_there(opened, why);
         i++)
        lock_pause();
    if (out)
        return out;
    *token = opened;
    opened = NULL;
    return OUTCOME_OK;
}

enum outcome token_login(struct token *token, const struct secret *pin, struct asker *asker,
                         struct why *why)
{
    fd_auto lock = -1;
    enum outcome out = lock_take(token->folder, LOCK_OF_LOGIN, asker, &lock, why);

    if (out)
        return out;
    /* What it says of its PIN may not be so any more. */
    CK_RV code = token->module->C_GetTokenInfo(token->slot, &token->info);
    return code ? session_fail(token, code, "looking at the token", why) : login(token, pin, why);
}

bool token_doubts_pin(const struct token *token)
{
    return token->info.flags &
           (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
}

bool token_is_unlocked(const struct token *token)
{
    return token->logged_in;
}

bool token_is_of_use(const struct token *token)
{
    return !token->is_abandoned;
}

void token_close(struct token **token)
{
    if (*token && !(*token)->is_abandoned) {
        session_unload(*token);
        fd_close(&(*token)->lock);
        free(*token);
    }
    *token = NULL;
}

enum outcome token_uri(const struct token *token, char uri[TOKEN_URI], struct why *why)
{
    P11KitUri *whole = p11_kit_uri_new();
    char *text = NULL;

    if (!whole)
        return fail_memory(why);
    *p11_kit_uri_get_token_info(whole) = session_info(token);
    int code = p11_kit_uri_format(whole, P11_KIT_URI_FOR_TOKEN, &text);
    bool fits = !code && (size_t)snprintf(uri, TOKEN_URI, "%s", text) < TOKEN_URI;
    free(text);
    p11_kit_uri_free(whole);
    return fits ? OUTCOME_OK : fail(why, REASON_TOKEN_FAILED, "the token has no name");
}
