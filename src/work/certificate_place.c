/* SPDX-License-Identifier: MIT
 *
 * Where a certificate's key is. The person has one token of their own in SoftHSM, and one in the
 * TPM; which they are is remembered beside what is under way (certificates/own.token, tpm.token).
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "work/certificate.h"

enum { URI_FILE_MOST = 1024 };

static bool is_tpm(const char *place)
{
    return !strcmp(place, PLACE_TPM);
}

static const char *file_of(const char *place)
{
    return is_tpm(place) ? "tpm.token" : "own.token";
}

enum outcome place_uri(const struct certificates *all, const char *place, char uri[TOKEN_URI],
                       struct why *why)
{
    text_auto *text = NULL;
    enum outcome out = file_read(all->folder, file_of(place), URI_FILE_MOST, geteuid(), &text, why);

    *uri = '\0';
    if (!out && text && !strncmp(text_peek(text), "pkcs11:", 7) &&
        text_is_clean(text_peek(text), text_length(text)) && text_length(text) < TOKEN_URI)
        (void)strcpy(uri, text_peek(text));
    return out;
}

enum outcome place_remember(const struct certificates *all, const char *place, const char *uri,
                            struct why *why)
{
    return file_write(all->folder, file_of(place), uri, strlen(uri), why);
}

/* Is there a certificate of that name? */
static enum outcome has_kept(struct certificates *all, const char *place, const char *name,
                             bool *has, struct why *why)
{
    const struct kept_list *list;
    enum outcome out = certificate_kept(all, place, &list, why);

    *has = !out && list && certificate_is_kept(list, name);
    return out && why->reason == REASON_NO_TOKEN_PROGRAM ? OUTCOME_OK : out;
}

/* What is under way of that name has its key in a token already. One that is damaged is told by
 * whoever takes it further. */
static bool is_under_way(const struct certificates *all, const char *name, const char *uri)
{
    struct pending pending;
    struct why unread;

    return *uri && !pending_read(all->folder, name, &pending, &unread) &&
           pending.step != STEP_NONE && !strcmp(pending.token, uri);
}

enum outcome certificate_choose(struct certificates *all, struct wanted *wanted, struct why *why)
{
    char tpm[TOKEN_URI], softhsm[TOKEN_URI];
    bool in_softhsm, in_tpm = true;
    enum outcome out;

    if (!wanted->is_free)
        return OUTCOME_OK;
    wanted->place = PLACE_SOFTHSM;
    if ((out = place_uri(all, PLACE_TPM, tpm, why)) ||
        (out = place_uri(all, PLACE_SOFTHSM, softhsm, why)))
        return out;
    /* Whoever has a token in a TPM that cannot be used now is told so, and gets no other key. */
    if (!*tpm && all->no_tpm.reason)
        return OUTCOME_OK;
    if (!is_under_way(all, wanted->name, tpm)) {
        if (is_under_way(all, wanted->name, softhsm))
            return OUTCOME_OK;
        if ((out = has_kept(all, PLACE_SOFTHSM, wanted->name, &in_softhsm, why)) || in_softhsm ||
            (wanted->exportable && (out = has_kept(all, PLACE_TPM, wanted->name, &in_tpm, why))))
            return out;
    }
    if (in_tpm)
        wanted->place = PLACE_TPM;
    return OUTCOME_OK;
}
