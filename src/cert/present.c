/* SPDX-License-Identifier: MIT */
#include "cert/present.h"

#include <gnutls/urls.h>
#include <stdio.h>
#include <string.h>

#include "cert/key_find.h"

#define SCHEME "chatelaine-key:"

/* What GnuTLS asks us for has room for nothing but the URL. */
static struct {
    const struct token *token;
    struct key_id id;
    CK_OBJECT_HANDLE object; /* of a key that is not ours; else 0 */
    gnutls_x509_crt_t certificate;
    char url[sizeof SCHEME + KEY_ID_TEXT];
} shown;

static bool is_shown(const char *url)
{
    return shown.token && !strcmp(url, shown.url);
}

static int give_key(gnutls_privkey_t key, const char *url, unsigned flags)
{
    struct why why;

    (void)flags;
    if (!is_shown(url))
        return GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
    enum outcome out =
        shown.object ? key_sign_by_object(shown.token, shown.object, shown.certificate, key, &why)
                     : key_sign_by(shown.token, &shown.id, key, &why);
    return out ? GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE : 0;
}

static int give_certificate(gnutls_x509_crt_t certificate, const char *url, unsigned flags)
{
    gnutls_datum_t der = { 0 };

    (void)flags;
    if (!is_shown(url))
        return GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
    int code = gnutls_x509_crt_export2(shown.certificate, GNUTLS_X509_FMT_DER, &der);
    if (!code)
        code = gnutls_x509_crt_import(certificate, &der, GNUTLS_X509_FMT_DER);
    gnutls_free(der.data);
    return code;
}

static enum outcome show(const struct token *token, gnutls_x509_crt_t certificate, const char *name,
                         const char **url, struct why *why)
{
    static const struct gnutls_custom_url_st ours = { .name = SCHEME,
                                                      .name_size = sizeof SCHEME - 1,
                                                      .import_key = give_key,
                                                      .import_crt = give_certificate };
    static bool is_known;

    if (!is_known && gnutls_register_custom_url(&ours))
        return fail(why, REASON_BROKEN, "GnuTLS takes no URL of ours");
    is_known = true;
    shown.token = token;
    shown.certificate = certificate;
    (void)snprintf(shown.url, sizeof shown.url, SCHEME "%s", name);
    *url = shown.url;
    return OUTCOME_OK;
}

enum outcome present_begin(const struct token *token, const struct key_id *id,
                           gnutls_x509_crt_t certificate, const char **url, struct why *why)
{
    gnutls_privkey_t key;
    char text[KEY_ID_TEXT];
    enum outcome out = key_private(token, id, &key, why);

    if (out)
        return out;
    gnutls_privkey_deinit(key);
    key_id_text(id, text);
    shown.id = *id;
    shown.object = 0;
    return show(token, certificate, text, url, why);
}

enum outcome present_card(const struct token *token, const struct card *card, const char **url,
                          struct why *why)
{
    static const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    const CK_ATTRIBUTE match[] = { ATTRIBUTE(CKA_CLASS, &class, sizeof class),
                                   ATTRIBUTE(CKA_ID, card->id, card->id_size) };
    objects_auto objects = { .count = 0 };
    enum outcome out = objects_find(token, match, 2, &objects, why);

    if (out || !objects.count)
        return out ? out : fail(why, REASON_NO_KEY, "the token %s has not its key", card->label);
    shown.object = objects.all[0];
    return show(token, card->certificate, "card", url, why);
}

void present_end(void)
{
    shown.token = NULL;
}
