/* SPDX-License-Identifier: MIT */
#include "cert/session.h"

#include <gnutls/crypto.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/lock.h"
#include "cert/spare.h"
#include "cert/tpm.h"

enum { TRIES = 20 };

static const struct {
    CK_RV code;
    enum reason reason;
} codes[] = {
    { CKR_PIN_INCORRECT, REASON_WRONG_PIN },
    { CKR_PIN_INVALID, REASON_WRONG_PIN },
    { CKR_PIN_LEN_RANGE, REASON_WRONG_PIN },
    { CKR_PIN_LOCKED, REASON_PIN_LOCKED },
    { CKR_PIN_EXPIRED, REASON_PIN_LOCKED },
    { CKR_USER_PIN_NOT_INITIALIZED, REASON_PIN_LOCKED },
    { CKR_DEVICE_MEMORY, REASON_TOKEN_FULL },
    { CKR_DEVICE_REMOVED, REASON_TOKEN_MISSING },
    { CKR_TOKEN_NOT_PRESENT, REASON_TOKEN_MISSING },
    { CKR_SLOT_ID_INVALID, REASON_TOKEN_MISSING },
    { CKR_TOKEN_NOT_RECOGNIZED, REASON_TOKEN_MISSING },
    { CKR_TOKEN_WRITE_PROTECTED, REASON_TOKEN_CANNOT },
    { CKR_MECHANISM_INVALID, REASON_TOKEN_CANNOT },
    { CKR_MECHANISM_PARAM_INVALID, REASON_TOKEN_CANNOT },
    { CKR_KEY_SIZE_RANGE, REASON_TOKEN_CANNOT },
    { CKR_DOMAIN_PARAMS_INVALID, REASON_TOKEN_CANNOT },
    { CKR_TEMPLATE_INCONSISTENT, REASON_TOKEN_CANNOT },
    { CKR_BUFFER_TOO_SMALL, REASON_TOKEN_CANNOT },
    { CKR_ATTRIBUTE_VALUE_INVALID, REASON_TOKEN_CANNOT },
    { CKR_FUNCTION_NOT_SUPPORTED, REASON_TOKEN_CANNOT },
    { CKR_ATTRIBUTE_SENSITIVE, REASON_NOT_EXPORTABLE },
    { CKR_HOST_MEMORY, REASON_NO_MEMORY },
};

static enum reason reason_of(const struct token *token, CK_RV code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].reason;
    return token->is_softhsm && softhsm_is_full(&token->softhsm) ? REASON_TOKEN_FULL
                                                                 : REASON_TOKEN_FAILED;
}

enum outcome session_fail(const struct token *token, CK_RV code, const char *step, struct why *why)
{
    const char *text = p11_kit_strerror(code);

    if (token->is_tpm && code == CKR_PIN_LOCKED)
        return fail(why, REASON_TPM_LOCKED, "%s", step);
    return fail(why, reason_of(token, code), "%s: %s (0x%lx)", step, text ? text : "failed", code);
}

bool session_again(const struct token *token, CK_RV code, int *tries)
{
    bool may_pass = code == CKR_GENERAL_ERROR || code == CKR_DEVICE_ERROR;

    if (!token->is_softhsm || !may_pass || ++*tries >= TRIES)
        return false;
    lock_pause();
    return true;
}

static const char own_label[LABEL + 1] = "Chatelaine                      ";

enum { OWN = 10 /* of these, without blanks */, PIN_BYTES = 4, HASH = 32 };

/* A blank and hexadecimal digits behind our name, and no more. */
static bool is_of_pin(const unsigned char *label)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = OWN + 1;

    while (at < OWN + 1 + 2 * PIN_BYTES && label[at] && strchr(digits, label[at]))
        at++;
    return at == OWN + 1 + 2 * PIN_BYTES && !memcmp(label, own_label, OWN + 1) &&
           !memcmp(label + at, own_label + at, LABEL - at);
}

bool session_is_own(const struct token *token, const CK_TOKEN_INFO *info)
{
    static const char maker[] = "SoftHSM project                 ";

    if (token->is_tpm)
        return is_of_pin(info->label);
    return !memcmp(info->label, own_label, LABEL) &&
           !memcmp(info->manufacturerID, maker, sizeof info->manufacturerID);
}

enum outcome session_label(const struct token *token, const struct secret *pin,
                           CK_UTF8CHAR label[LABEL], struct why *why)
{
    unsigned char hash[HASH];
    char digits[2 * PIN_BYTES + 1];

    memcpy(label, own_label, LABEL);
    if (!token->is_tpm)
        return OUTCOME_OK;
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, secret_peek(pin), secret_length(pin), hash))
        return fail(why, REASON_BROKEN, "GnuTLS does not hash");
    for (size_t i = 0; i < PIN_BYTES; i++)
        (void)sprintf(digits + 2 * i, "%02x", hash[i]);
    memcpy(label + OWN + 1, digits, 2 * PIN_BYTES);
    return OUTCOME_OK;
}

/* A blank pads these fields (PKCS#11 2.3); tpm2-pkcs11 has NULs, which many programs cannot take in
 * a URI. What is not said there may be anything. */
CK_TOKEN_INFO session_info(const struct token *token)
{
    CK_TOKEN_INFO info = token->info;

    if (memchr(info.model, '\0', sizeof info.model))
        memset(info.model, 0, sizeof info.model);
    if (memchr(info.manufacturerID, '\0', sizeof info.manufacturerID))
        memset(info.manufacturerID, 0, sizeof info.manufacturerID);
    return info;
}

enum outcome session_load_at(struct token *token, const char *path, struct why *why)
{
    CK_FUNCTION_LIST *module = p11_kit_module_load(path, 0);

    if (!module)
        return fail(why, REASON_NO_TOKEN_PROGRAM, "%s cannot be loaded", path);
    CK_RV code = p11_kit_module_initialize(module);
    if (code) {
        p11_kit_module_release(module);
        return session_fail(token, code, path, why);
    }
    token->modules[0] = module;
    return OUTCOME_OK;
}

static enum outcome load_softhsm(struct token *token, struct why *why)
{
    enum outcome out = softhsm_prepare(&token->softhsm, why);

    token->is_softhsm = true;
    if (out || (out = spare_mend(&token->softhsm, why)))
        return out;
    return session_load_at(token, token->softhsm.module, why);
}

static enum outcome load_tpm_at(struct token *token, const struct tpm *tpm, struct why *why)
{
    enum outcome out = tpm_tell_library(tpm, why);

    if (out || !(out = session_load_at(token, tpm->module, why)) || *tpm->device)
        return out;
    return fail(why, REASON_TPM_MANAGER, "tpm2-abrmd does not answer (TPM2_PKCS11_TCTI=%s)",
                tpm->way);
}

static enum outcome make_store(struct token *token, const struct tpm *tpm, int folder,
                               struct why *why)
{
    struct tpm draft;
    enum outcome out;

    if ((out = tpm_draft(tpm, folder, &draft, why)) || (out = load_tpm_at(token, &draft, why)))
        return out;
    session_unload(token);
    return tpm_take_draft(tpm, folder, why);
}

static enum outcome load_tpm(struct token *token, int folder, struct why *why)
{
    struct tpm tpm;
    enum outcome out = tpm_prepare(&tpm, why);

    token->is_tpm = true;
    if (out || (!tpm_has_store(&tpm) && (out = make_store(token, &tpm, folder, why))))
        return out;
    return load_tpm_at(token, &tpm, why);
}

/* Modules that cannot be initialised, like that of a TPM without one, are left out. */
static enum outcome load_registered(struct token *token, struct why *why)
{
    struct tpm tpm;
    struct why none;

    (void)tpm_find(&tpm, &none);
    enum outcome out = tpm_tell_library(&tpm, why);
    if (out)
        return out;
    if (!(token->registered = p11_kit_modules_load_and_initialize(0)))
        return fail(why, REASON_TOKEN_FAILED, "p11-kit: no module could be loaded");
    for (size_t count = 0; count < MODULES_MOST && token->registered[count]; count++)
        token->modules[count] = token->registered[count];
    return OUTCOME_OK;
}

static bool names_softhsm(P11KitUri *uri)
{
    const CK_TOKEN_INFO *info = p11_kit_uri_get_token_info(uri);
    static const char maker[] = "SoftHSM project                 ";

    return !p11_kit_uri_get_module_path(uri) &&
           !memcmp(info->manufacturerID, maker, sizeof info->manufacturerID);
}

enum outcome session_load(struct token *token, const struct token_place *place, struct why *why)
{
    const char *uri = place->uri;

    if (place->kind == TOKEN_TPM)
        return load_tpm(token, place->folder, why);
    if (!*uri)
        return load_softhsm(token, why);
    P11KitUri *parsed = p11_kit_uri_new();
    if (!parsed)
        return fail_memory(why);
    int code = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_TOKEN | P11_KIT_URI_FOR_MODULE, parsed);
    const char *path = code ? NULL : p11_kit_uri_get_module_path(parsed);
    enum outcome out = code || p11_kit_uri_any_unrecognized(parsed)
                           ? fail(why, REASON_BAD_SETTING, "the token's URI cannot be understood")
                       : p11_kit_uri_get_pin_value(parsed) || p11_kit_uri_get_pin_source(parsed)
                           ? fail(why, REASON_BAD_SETTING, "the token's URI has a PIN in it")
                       : path && *path != '/'
                           ? fail(why, REASON_BAD_SETTING, "module-path must be a whole path")
                       : path                  ? session_load_at(token, path, why)
                       : names_softhsm(parsed) ? load_softhsm(token, why)
                                               : load_registered(token, why);
    p11_kit_uri_free(parsed);
    return out;
}

bool token_module(const char *uri, char path[TOKEN_URI])
{
    P11KitUri *parsed = p11_kit_uri_new();
    int code = parsed
                   ? p11_kit_uri_parse(uri, P11_KIT_URI_FOR_TOKEN | P11_KIT_URI_FOR_MODULE, parsed)
                   : P11_KIT_URI_NO_MEMORY;
    const char *named = code ? NULL : p11_kit_uri_get_module_path(parsed);
    bool fits =
        named && *named == '/' && (size_t)snprintf(path, TOKEN_URI, "%s", named) < TOKEN_URI;

    p11_kit_uri_free(parsed);
    return fits;
}

void session_unload(struct token *token)
{
    if (token->session)
        (void)token->module->C_CloseSession(token->session);
    token->session = 0;
    if (token->registered) {
        p11_kit_modules_finalize_and_release(token->registered);
    } else if (token->modules[0]) {
        (void)p11_kit_module_finalize(token->modules[0]);
        p11_kit_module_release(token->modules[0]);
    }
    token->registered = NULL;
    token->module = NULL;
    memset(token->modules, 0, sizeof token->modules);
}

enum outcome session_begin(struct token *token, struct why *why)
{
    CK_FLAGS flags = CKF_SERIAL_SESSION |
                     (token->info.flags & CKF_WRITE_PROTECTED ? 0 : (CK_FLAGS)CKF_RW_SESSION);
    CK_RV code = token->module->C_OpenSession(token->slot, flags, NULL, NULL, &token->session);

    if (code)
        token->session = 0;
    return code ? session_fail(token, code, "opening the token", why) : OUTCOME_OK;
}
