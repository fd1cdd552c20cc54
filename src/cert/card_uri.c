/* SPDX-License-Identifier: MIT */
#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "cert/card.h"

enum { URI_MOST = 255 };

/* Root's, and nobody else may write it. */
static bool is_roots(const char *path)
{
    struct stat st;

    return !stat(path, &st) && !st.st_uid && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static bool may_load(const char *path)
{
    char folder[TOKEN_URI];
    const char *slash = strrchr(path, '/');

    if (*path != '/' || (size_t)snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path),
                                         path) >= sizeof folder)
        return false;
    return is_roots(path) && is_roots(folder);
}

static enum outcome check(P11KitUri *uri, struct why *why)
{
    const CK_ATTRIBUTE *class = p11_kit_uri_get_attribute(uri, CKA_CLASS);
    const char *path = p11_kit_uri_get_module_path(uri);

    if (p11_kit_uri_any_unrecognized(uri))
        return fail(why, REASON_BAD_SETTING, "the URI has something in it that is not known");
    if (p11_kit_uri_get_pin_value(uri) || p11_kit_uri_get_pin_source(uri))
        return fail(why, REASON_BAD_SETTING, "the URI has a PIN in it");
    if (class && (class->ulValueLen != sizeof(CK_OBJECT_CLASS) ||
                  *(const CK_OBJECT_CLASS *)class->pValue != CKO_CERTIFICATE))
        return fail(why, REASON_BAD_SETTING, "the URI is not of a certificate");
    if (!p11_kit_uri_get_attribute(uri, CKA_ID) && !p11_kit_uri_get_attribute(uri, CKA_LABEL))
        return fail(why, REASON_BAD_SETTING, "the URI says neither id nor object of a certificate");
    if (path && !may_load(path))
        return fail(why, REASON_BAD_SETTING,
                    "module-path must be a library that root alone may write");
    return OUTCOME_OK;
}

static enum outcome format(P11KitUri *uri, char token[TOKEN_URI], struct why *why)
{
    char *text = NULL;
    int code =
        p11_kit_uri_format(uri, P11_KIT_URI_FOR_TOKEN | P11_KIT_URI_FOR_MODULE_WITH_VERSION, &text);
    bool fits = !code && (size_t)snprintf(token, TOKEN_URI, "%s", text) < TOKEN_URI;

    free(text);
    return fits ? OUTCOME_OK : fail(why, REASON_BAD_SETTING, "the URI is too long");
}

enum outcome card_uri_check(const char *uri, char token[TOKEN_URI], struct why *why)
{
    enum outcome out;

    if (strlen(uri) > URI_MOST || !text_is_clean(uri, strlen(uri)))
        return fail(why, REASON_BAD_SETTING, "the URI has more than %d characters, or odd ones",
                    URI_MOST);
    P11KitUri *parsed = p11_kit_uri_new();
    if (!parsed)
        return fail_memory(why);
    out = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN_AND_MODULE, parsed)
              ? fail(why, REASON_BAD_SETTING, "the URI cannot be understood")
              : check(parsed, why);
    if (!out)
        out = format(parsed, token, why);
    p11_kit_uri_free(parsed);
    return out;
}
