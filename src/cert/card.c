/* SPDX-License-Identifier: MIT */
#include "cert/card.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cert/key_find.h"

enum { LABEL_MOST = 256, CERTIFICATE_MOST = 16 << 10, NAMES_MOST = 64 };

/* Those that the URI may mean. */
struct found {
    P11KitUri *uri;
    struct card *card;
    unsigned count;
};

static void found_end(struct found *found)
{
    p11_kit_uri_free(found->uri);
}

static bool is_meant(const struct token *token, CK_OBJECT_HANDLE object, struct found *found)
{
    char label[LABEL_MOST];
    unsigned char id[CARD_ID];
    size_t label_size = 0, id_size = 0;
    struct why why;

    if (object_get(token, object, CKA_ID, id, sizeof id, &id_size, &why) ||
        object_get(token, object, CKA_LABEL, label, sizeof label, &label_size, &why))
        return false;
    CK_ATTRIBUTE attributes[] = { ATTRIBUTE(CKA_ID, id, id_size),
                                  ATTRIBUTE(CKA_LABEL, label, label_size) };
    if (!id_size || !p11_kit_uri_match_attributes(found->uri, attributes, 2))
        return false;
    memcpy(found->card->id, id, id_size);
    found->card->id_size = id_size;
    return true;
}

static enum outcome take(const struct token *token, CK_OBJECT_HANDLE object, struct found *found,
                         struct why *why)
{
    unsigned char der[CERTIFICATE_MOST];
    size_t size = 0;
    enum outcome out;

    if (!is_meant(token, object, found))
        return OUTCOME_OK;
    if (found->count++)
        return fail(why, REASON_CERTIFICATE_AMBIGUOUS, "the token %s has several of them",
                    found->card->label);
    if ((out = object_get(token, object, CKA_VALUE, der, sizeof der, &size, why)))
        return out;
    if (gnutls_x509_crt_init(&found->card->certificate))
        return fail_memory(why);
    if (gnutls_x509_crt_import(found->card->certificate,
                               &(const gnutls_datum_t){ der, (unsigned)size }, GNUTLS_X509_FMT_DER))
        return fail(why, REASON_CERTIFICATE_ABSENT, "what the token has there is no certificate");
    return OUTCOME_OK;
}

static enum outcome look_into(const struct token *token, struct found *found, struct why *why)
{
    static const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    const CK_ATTRIBUTE match = ATTRIBUTE(CKA_CLASS, &class, sizeof class);
    objects_auto objects = { .count = 0 };
    enum outcome out = objects_find(token, &match, 1, &objects, why);

    for (size_t i = 0; !out && i < objects.count; i++)
        out = take(token, objects.all[i], found, why);
    if (!out && !found->count)
        out = fail(why, REASON_CERTIFICATE_ABSENT, "the token %s has none of that URI",
                   found->card->label);
    return out;
}

/* Padded by blanks, or by NULs. */
static void take_label(struct card *card, const CK_TOKEN_INFO *info)
{
    size_t length = sizeof info->label;

    while (length && (!info->label[length - 1] || info->label[length - 1] == ' '))
        length--;
    memcpy(card->label, info->label, length);
    card->label[length] = '\0';
    text_clean(card->label);
}

static bool fill_uri(const struct card *card, P11KitUri *uri, const CK_TOKEN_INFO *info,
                     CK_OBJECT_CLASS class, const char *path, char text[TOKEN_URI])
{
    CK_ATTRIBUTE attributes[] = { ATTRIBUTE(CKA_ID, card->id, card->id_size),
                                  ATTRIBUTE(CKA_CLASS, &class, sizeof class) };
    char *whole = NULL;

    *p11_kit_uri_get_token_info(uri) = *info;
    p11_kit_uri_set_module_path(uri, path);
    bool done =
        !p11_kit_uri_set_attributes(uri, attributes, 2) &&
        !p11_kit_uri_format(
            uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN | P11_KIT_URI_FOR_MODULE_WITH_VERSION, &whole) &&
        (size_t)snprintf(text, TOKEN_URI, "%s", whole) < TOKEN_URI;
    free(whole);
    return done;
}

static enum outcome name_uris(const struct token *token, const char *path, struct card *card,
                              struct why *why)
{
    const CK_TOKEN_INFO info = session_info(token);
    P11KitUri *uri = p11_kit_uri_new();

    if (!uri)
        return fail_memory(why);
    bool done = fill_uri(card, uri, &info, CKO_CERTIFICATE, path, card->uri) &&
                fill_uri(card, uri, &info, CKO_PRIVATE_KEY, path, card->key_uri);
    p11_kit_uri_free(uri);
    return done ? OUTCOME_OK : fail(why, REASON_TOKEN_FAILED, "the certificate has no URI");
}

static void take_number(const CK_TOKEN_INFO *info, unsigned char token[CARD_TOKEN])
{
    _Static_assert(sizeof info->label + sizeof info->serialNumber == CARD_TOKEN, "all of both");
    memcpy(token, info->label, sizeof info->label);
    memcpy(token + sizeof info->label, info->serialNumber, sizeof info->serialNumber);
}

static enum outcome take_token(const struct token *token, struct card *card, struct why *why)
{
    char *path = p11_kit_module_get_filename(token->module);
    bool fits = path && (size_t)snprintf(card->module, sizeof card->module, "%s", path) <
                            sizeof card->module;

    free(path);
    if (!fits)
        return fail(why, REASON_TOKEN_FAILED, "the token's library has no path");
    take_label(card, &token->info);
    take_number(&token->info, card->token);
    card->slot = token->slot;
    card->needs_pin = token->info.flags & CKF_LOGIN_REQUIRED;
    card->has_pinpad = token->info.flags & CKF_PROTECTED_AUTHENTICATION_PATH;
    return OUTCOME_OK;
}

enum outcome card_find(const char *uri, int folder, struct asker *asker, struct card *card,
                       struct why *why)
{
    __attribute__((cleanup(found_end))) struct found found = { .card = card };
    char place[TOKEN_URI];
    token_auto *token = NULL;
    enum outcome out;

    if ((out = card_uri_check(uri, place, why)))
        return out;
    if (!(found.uri = p11_kit_uri_new()) ||
        p11_kit_uri_parse(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN_AND_MODULE, found.uri))
        return fail_memory(why); /* it was parsed before */
    if ((out = token_open(&(const struct token_place){ .uri = place, .folder = folder }, NULL,
                          asker, &token, why)) ||
        (out = take_token(token, card, why)) || (out = look_into(token, &found, why)) ||
        (out = name_uris(token, p11_kit_uri_get_module_path(found.uri), card, why)))
        return out;
    card->begin = gnutls_x509_crt_get_activation_time(card->certificate);
    card->end = gnutls_x509_crt_get_expiration_time(card->certificate);
    return OUTCOME_OK;
}

void card_free(struct card *card)
{
    if (card->certificate)
        gnutls_x509_crt_deinit(card->certificate);
    card->certificate = NULL;
}

/* While a person types a PIN, one card can be taken out and another one put in. */
static enum outcome check_token(const struct token *token, const struct card *card, struct why *why)
{
    unsigned char now[CARD_TOKEN];

    take_number(&token->info, now);
    return memcmp(now, card->token, sizeof now) != 0
               ? fail(why, REASON_TOKEN_MISSING, "another one is where %s was", card->label)
               : OUTCOME_OK;
}

static enum outcome open_again(const struct card *card, struct token *token, struct why *why)
{
    enum outcome out;

    *token = (struct token){ .slot = card->slot, .lock = -1 };
    if ((out = session_load_at(token, card->module, why)))
        return out;
    token->module = token->modules[0];
    CK_RV code = token->module->C_GetTokenInfo(token->slot, &token->info);
    out = code ? session_fail(token, code, "looking at the token", why)
               : check_token(token, card, why);
    if (out)
        session_unload(token);
    return out;
}

enum outcome card_tries(const struct card *card, enum card_tries *tries, struct why *why)
{
    struct token token;
    enum outcome out = open_again(card, &token, why);

    if (out)
        return out;
    *tries = token.info.flags & CKF_USER_PIN_LOCKED      ? CARD_TRIES_NONE
             : token.info.flags & CKF_USER_PIN_FINAL_TRY ? CARD_TRIES_LAST
             : token.info.flags & CKF_USER_PIN_COUNT_LOW ? CARD_TRIES_LOW
                                                         : CARD_TRIES_GOOD;
    session_unload(&token);
    return OUTCOME_OK;
}

const char *card_warning(enum card_tries tries)
{
    return tries == CARD_TRIES_LAST  ? " (one more wrong one locks it)"
           : tries == CARD_TRIES_LOW ? " (the last one was wrong)"
                                     : "";
}

static enum outcome find_one(const struct token *token, const struct card *card,
                             CK_OBJECT_CLASS class, struct objects *objects, struct why *why)
{
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                                   ATTRIBUTE(CKA_ID, card->id, card->id_size) };

    return objects_find(token, match, 2, objects, why);
}

static bool is_same(gnutls_pubkey_t key, gnutls_x509_crt_t certificate)
{
    unsigned char ours[64], theirs[64];
    size_t size = sizeof ours, other = sizeof theirs;

    return !gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, ours, &size) &&
           !gnutls_x509_crt_get_key_id(certificate, GNUTLS_KEYID_USE_SHA256, theirs, &other) &&
           size == other && !memcmp(ours, theirs, size);
}

/* By the public key of that id where there is one; a private one of RSA tells it as well. */
static enum outcome check_same(const struct token *token, const struct card *card,
                               CK_OBJECT_HANDLE private, struct why *why)
{
    objects_auto public = { .count = 0 };
    gnutls_pubkey_t key;
    enum outcome out = find_one(token, card, CKO_PUBLIC_KEY, &public, why);

    if (out)
        return out;
    if (gnutls_pubkey_init(&key))
        return fail_memory(why);
    out = key_read_public(token, public.count ? public.all[0] : private, key, why);
    bool same = !out && is_same(key, card->certificate);
    gnutls_pubkey_deinit(key);
    return same ? OUTCOME_OK
                : fail(why, REASON_CERTIFICATE_OTHER_KEY, "the token %s has another one of its id",
                       card->label);
}

static enum outcome find_key(const struct token *token, const struct card *card, struct why *why)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = find_one(token, card, CKO_PRIVATE_KEY, &objects, why);

    if (!out && !objects.count)
        return fail(why, REASON_CERTIFICATE_ABSENT, "its key is not in the token %s", card->label);
    return out ? out : check_same(token, card, objects.all[0], why);
}

static enum outcome login(struct token *token, const struct card *card, const struct secret *pin,
                          struct why *why)
{
    CK_RV code = token->module->C_Login(token->session, CKU_USER,
                                        pin ? (CK_UTF8CHAR *)secret_peek(pin) : NULL,
                                        pin ? secret_length(pin) : 0);

    if (code && code != CKR_USER_ALREADY_LOGGED_IN)
        return session_fail(token, code, card->label, why);
    enum outcome out = find_key(token, card, why);
    (void)token->module->C_Logout(token->session);
    return out;
}

enum outcome card_try(const struct card *card, const struct secret *pin, struct why *why)
{
    struct token token;
    enum outcome out = open_again(card, &token, why);

    if (out)
        return out;
    if (!(out = session_begin(&token, why)))
        out = card->needs_pin ? login(&token, card, pin, why) : find_key(&token, card, why);
    session_unload(&token);
    return out;
}

enum outcome card_open(const struct card *card, int folder, const struct secret *pin,
                       struct asker *asker, struct token **token, struct why *why)
{
    char place[TOKEN_URI];
    enum outcome out = card_uri_check(card->uri, place, why);

    return out ? out
               : token_open(&(const struct token_place){ .uri = place, .folder = folder }, pin,
                            asker, token, why);
}

void card_upn(const struct card *card, char upn[CARD_NAME])
{
    for (unsigned number = 0; number < NAMES_MOST; number++) {
        size_t size = CARD_NAME - 1;
        int type =
            gnutls_x509_crt_get_subject_alt_name(card->certificate, number, upn, &size, NULL);
        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        if (type != GNUTLS_SAN_OTHERNAME_MSUSERPRINCIPAL || !text_is_clean(upn, size))
            continue;
        upn[size] = '\0';
        return;
    }
    *upn = '\0';
}

/* Its parts stand between colons, with no way to write one. */
enum outcome card_identity(const struct card *card, char *identity, size_t size, struct why *why)
{
    int length = snprintf(identity, size, "PKCS11:module_name=%s:slotid=%lu:certid=", card->module,
                          card->slot);

    if (strchr(card->module, ':') || length < 0 || (size_t)length + 2 * card->id_size >= size)
        return fail(why, REASON_BAD_SETTING, "the library's path cannot be told to libkrb5");
    for (size_t i = 0; i < card->id_size; i++)
        length += sprintf(identity + length, "%02x", card->id[i]);
    return OUTCOME_OK;
}

enum outcome card_is_now(const struct card *card, struct why *why)
{
    time_t now = time(NULL);

    if (now < card->begin)
        return fail(why, REASON_CERTIFICATE_ENDED, "it begins later: is the clock right?");
    return now < card->end ? OUTCOME_OK : fail(why, REASON_CERTIFICATE_ENDED, "it has ended");
}

enum outcome card_chain(const struct card *card, const char *anchors, struct why *why)
{
    gnutls_x509_trust_list_t list;
    gnutls_x509_crt_t certificate = card->certificate;
    unsigned status = 0;

    if (gnutls_x509_trust_list_init(&list, 0))
        return fail_memory(why);
    int count =
        gnutls_x509_trust_list_add_trust_file(list, anchors, NULL, GNUTLS_X509_FMT_PEM, 0, 0);
    int code = gnutls_x509_trust_list_verify_crt(list, &certificate, 1, 0, &status, NULL);
    gnutls_x509_trust_list_deinit(list, 1);
    if (count > 0 && !code && !(status & GNUTLS_CERT_SIGNER_NOT_FOUND))
        return OUTCOME_OK;
    return fail(why, REASON_BAD_SETTING,
                "%s has not the authorities of the certificate, up to the root", anchors);
}
