/* SPDX-License-Identifier: MIT
 *
 * The token of a certificate, and its PIN, which the keychain has. A PIN is written down by its id
 * in the keychain before it is tried (certificates/ID.pin: tried), and once more when it was right
 * (good): only one that was right before, or was never tried, is tried. The front's own list of
 * marks (wire/marks.h) would lose all keys where a worker is killed in between.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "work/certificate.h"
#include "work/keychain.h"

#define PIN_REALM "pkcs11/token" /* the slash: names are taken to the letter */

enum { MARK_MOST = 64, URI_MOST = 256 /* what a keychain's item is of */ };

static bool is_tpm(const char *place)
{
    return !strcmp(place, PLACE_TPM);
}

/* A token of the person's own, not one that the settings name. */
static bool is_own(const char *place)
{
    return is_tpm(place) || !strcmp(place, PLACE_SOFTHSM);
}

static struct item pin_item(const char *place)
{
    return (struct item){ .kind = "pin",
                          .user = is_tpm(place)   ? "Chatelaine TPM"
                                  : is_own(place) ? "Chatelaine"
                                                  : place,
                          .realm = PIN_REALM };
}

static enum outcome find_uri(const struct certificates *all, const char *uri, char found[TOKEN_URI],
                             struct why *why)
{
    if (is_own(uri))
        return place_uri(all, uri, found, why);
    if (strlen(uri) > URI_MOST) /* cut, it would name another token, or another one's PIN */
        return fail(why, REASON_BAD_SETTING, "the token's URI has more than %d characters",
                    URI_MOST);
    (void)strcpy(found, uri);
    return OUTCOME_OK;
}

void certificate_changed(struct certificates *all)
{
    kept_list_free(&all->kept);
    all->has_kept = false;
}

void certificate_close(struct certificates *all)
{
    certificate_changed(all);
    token_close(&all->token);
}

/* Is it the one that is open? */
static bool is_open(const struct certificates *all, const char *uri)
{
    return all->token && token_is_of_use(all->token) && !strcmp(all->token_of, uri);
}

/* At the place that the setting stands for; without a PIN to look. */
static enum outcome open_at(struct certificates *all, const char *uri, const struct secret *pin,
                            struct why *why)
{
    char found[TOKEN_URI];
    const struct token_place place = { found, all->folder,
                                       is_tpm(uri) ? TOKEN_TPM : TOKEN_SOFTHSM };
    enum outcome out;

    certificate_close(all);
    if ((out = find_uri(all, uri, found, why)) ||
        (out = token_open(&place, pin, all->errand->asker, &all->token, why)))
        return out;
    (void)snprintf(all->token_of, sizeof all->token_of, "%s", uri);
    return OUTCOME_OK;
}

enum outcome certificate_look(struct certificates *all, const char *uri, struct token **token,
                              struct why *why)
{
    char found[TOKEN_URI];
    enum outcome out;

    *token = NULL;
    /* Where there was never one in the TPM, that need not be asked. */
    if (is_tpm(uri) && ((out = place_uri(all, uri, found, why)) || !*found))
        return out;
    out = is_open(all, uri) ? OUTCOME_OK : open_at(all, uri, NULL, why);
    *token = out ? NULL : all->token;
    return out && is_own(uri) && why->reason == REASON_TOKEN_MISSING ? OUTCOME_OK : out;
}

enum outcome certificate_kept(struct certificates *all, const char *uri,
                              const struct kept_list **list, struct why *why)
{
    struct token *token;
    enum outcome out = certificate_look(all, uri, &token, why);

    *list = NULL;
    if (out || !token || (!all->has_kept && (out = keep_list(token, &all->kept, why))))
        return out;
    /* As far as it is remembered who has signed in. */
    keep_mark(&all->kept, &(const struct cert_person){ .upn = errand_text(all->errand, SLOT_UPN),
                                                       .sid = errand_text(all->errand, SLOT_SID) });
    all->has_kept = true;
    *list = &all->kept;
    return OUTCOME_OK;
}

/* What was opened to look is logged in to. SoftHSM may fail where another program logs in, and does
 * not count: whether the token is there at all, and any more, token_open knows. */
static enum outcome open_with(struct certificates *all, const char *uri, const struct secret *pin,
                              struct why *why)
{
    enum outcome out;

    if (is_open(all, uri) && !is_tpm(uri) && /* there the PIN says which token */
        (!(out = token_login(all->token, pin, all->errand->asker, why)) || !is_own(uri) ||
         why->reason == REASON_WRONG_PIN || why->reason == REASON_PIN_LOCKED))
        return out;
    return open_at(all, uri, pin, why);
}

static enum outcome mark(int folder, const char *id, const char *word, struct why *why)
{
    char file[KEYCHAIN_ID + 8];

    (void)snprintf(file, sizeof file, "%s.pin", id);
    return file_write(folder, file, word, strlen(word), why) ? fail_in(why, "before a PIN is used")
                                                             : OUTCOME_OK;
}

/* STORED_REFUSED: it was tried, and nobody has seen it work. */
static enum outcome check_mark(int folder, const char *id, bool *is_good, struct why *why)
{
    text_auto *text = NULL;
    char file[KEYCHAIN_ID + 8];
    enum outcome out;

    *is_good = false;
    if (!*id || id[strspn(id, "0123456789abcdef")] || strlen(id) >= KEYCHAIN_ID)
        return fail(why, REASON_PROTOCOL, "the stored PIN has no id of ours");
    (void)snprintf(file, sizeof file, "%s.pin", id);
    if ((out = file_read(folder, file, MARK_MOST, geteuid(), &text, why)) || !text)
        return out;
    *is_good = !strcmp(text_peek(text), "good");
    if (!*is_good && strcmp(text_peek(text), "tried") != 0) /* another PIN would cost all keys */
        return fail(why, REASON_STATE_DAMAGED, "certificates/%s", file);
    return *is_good ? OUTCOME_OK
                    : fail(why, REASON_STORED_REFUSED, "this PIN was tried and did not work");
}

static enum outcome store_pin(struct certificates *all, const char *uri, const struct secret *pin,
                              char id[KEYCHAIN_ID], struct why *why)
{
    const struct item item = pin_item(uri);
    char label[TOKEN_URI + 64];

    (void)snprintf(label, sizeof label, "PIN of the token %s (Chatelaine)", item.user);
    return keychain_store(all->errand, &item, label, pin, id, why);
}

/* The PIN is in the keychain before the token has it. */
static enum outcome make_own(struct certificates *all, const char *place, const struct secret *pin,
                             const char *id, bool besides, struct why *why)
{
    enum token_kind kind = is_tpm(place) ? TOKEN_TPM : TOKEN_SOFTHSM;
    char uri[TOKEN_URI];
    enum outcome out;

    asker_step(all->errand->asker, "Making a token for keys");
    if ((out = token_make(all->folder, kind, pin, besides, all->errand->asker, uri, why)) ||
        (out = place_remember(all, place, uri, why)))
        return out;
    return mark(all->folder, id, "good", why);
}

/* There is no PIN, so there was never a token of ours, or all in it is lost. */
static enum outcome begin_own(struct certificates *all, const char *place, struct secret **pin,
                              struct why *why)
{
    struct token *there;
    char id[KEYCHAIN_ID];
    struct why unread;
    enum outcome out;

    bool lost = certificate_look(all, place, &there, &unread) || there;
    certificate_close(all);
    if (lost)
        asker_tell(all->errand->asker, "The PIN of the token is lost, and with it the keys in the "
                                       "token. A new one is made beside it.");
    if ((out = token_pin(pin, why)) || (out = store_pin(all, place, *pin, id, why)))
        return out;
    return make_own(all, place, *pin, id, lost, why);
}

/* Of a token that the settings name: the person knows it. */
static enum outcome ask_pin(struct certificates *all, const char *uri, struct secret **pin,
                            struct why *why)
{
    char prompt[TOKEN_URI + 32];
    const struct question question = { .kind = QUESTION_HIDDEN, .name = "pin", .prompt = prompt };

    (void)snprintf(prompt, sizeof prompt, "PIN of the token %s: ", uri);
    return asker_ask(all->errand->asker, &question, pin, why);
}

/* One that is right and new is kept: what goes wrong is told. */
static enum outcome open_asked(struct certificates *all, const char *uri, struct why *why)
{
    secret_auto *pin = NULL;
    char id[KEYCHAIN_ID];
    struct why unkept;
    enum outcome out;

    if ((out = ask_pin(all, uri, &pin, why)) || (out = open_with(all, uri, pin, why)))
        return out;
    if (store_pin(all, uri, pin, id, &unkept) || mark(all->folder, id, "good", &unkept))
        asker_tell(all->errand->asker, "The PIN could not be kept: %s", unkept.text);
    return OUTCOME_OK;
}

/* Tries what the keychain gave. */
static enum outcome open_stored(struct certificates *all, const char *uri, const struct secret *pin,
                                const char *id, struct why *why)
{
    const struct item item = pin_item(uri);
    struct why other;
    bool is_good;
    enum outcome out;

    if ((out = check_mark(all->folder, id, &is_good, why)) ||
        (!is_good && (out = mark(all->folder, id, "tried", why))))
        return out;
    out = open_with(all, uri, pin, why);
    if (!out)
        return is_good ? OUTCOME_OK : mark(all->folder, id, "good", why);
    if (why->reason == REASON_WRONG_PIN) {
        (void)mark(all->folder, id, "tried", &other);
        (void)keychain_remove(all->errand, &item, id, &other);
    } else if (!is_good) { /* it was not tried */
        char file[KEYCHAIN_ID + 8];
        (void)snprintf(file, sizeof file, "%s.pin", id);
        (void)file_remove(all->folder, file, &other);
    }
    return out;
}

/* By its PIN another one may have been found in the TPM than the one that is remembered, as whoever
 * made it was killed. */
static enum outcome remember_opened(const struct certificates *all, const char *place,
                                    struct why *why)
{
    char uri[TOKEN_URI], known[TOKEN_URI];
    enum outcome out;

    if (!is_tpm(place))
        return OUTCOME_OK;
    if ((out = token_uri(all->token, uri, why)) || (out = place_uri(all, place, known, why)))
        return out;
    return strcmp(uri, known) != 0 ? place_remember(all, place, uri, why) : OUTCOME_OK;
}

/* Where the PIN is, the token may have been killed in the making, or be gone with all its keys. */
static enum outcome open_own(struct certificates *all, const char *place, const struct secret *pin,
                             const char *id, struct why *why)
{
    enum outcome out = open_stored(all, place, pin, id, why);

    if (!out)
        return remember_opened(all, place, why);
    if (why->reason != REASON_TOKEN_MISSING)
        return out;
    if ((out = make_own(all, place, pin, id, false, why)))
        return why->reason == REASON_SAME_ERRAND /* whether it has this PIN nobody knows */
                   ? fail(why, REASON_TOKEN_MISSING, "only another one is there")
                   : out;
    return open_stored(all, place, pin, id, why);
}

/* No other keychain is there after the next start of this computer. */
static enum outcome check_keychain(const struct errand *errand, struct why *why)
{
    const char *keychain = conf_text(errand->conf, errand->identity, SETTING_KEYCHAIN);

    if (strcmp(keychain, "desktop") != 0)
        return fail(why, REASON_NO_KEYCHAIN,
                    "a token's PIN needs a keychain that keeps it: keychain = %s does not",
                    keychain);
    return keychain_is_there(errand) ? OUTCOME_OK
                                     : fail(why, REASON_NO_KEYCHAIN, "the PIN of the token");
}

/* The PIN that was made right now. */
static enum outcome open_new(struct certificates *all, const char *place, struct why *why)
{
    secret_auto *pin = NULL;
    enum outcome out = begin_own(all, place, &pin, why);

    return out ? fail_in(why, "making a token") : open_at(all, place, pin, why);
}

/* What the keychain has, if it may be tried; else not-stored or stored-refused. */
static enum outcome find_pin(struct certificates *all, const char *uri, struct secret **pin,
                             char id[KEYCHAIN_ID], bool *is_good, struct why *why)
{
    struct errand *errand = all->errand;
    const struct item item = pin_item(uri);
    char found[TOKEN_URI];
    enum outcome out;

    *id = '\0';
    *is_good = false;
    if ((out = check_keychain(errand, why)) || (out = find_uri(all, uri, found, why)))
        return out;
    if (is_tpm(uri) && all->no_tpm.reason) { /* before a PIN is made for it */
        *why = all->no_tpm;
        return reason_outcome(why->reason);
    }
    out = keychain_find(errand, &item, pin, why);
    (void)snprintf(id, KEYCHAIN_ID, "%s", errand->stored_id);
    if (!out)
        out = check_mark(all->folder, id, is_good, why);
    return out ? fail_in(why, "finding the PIN of the token") : OUTCOME_OK;
}

enum outcome certificate_pin(struct certificates *all, const char *place, struct secret **pin,
                             struct why *why)
{
    secret_auto *found = NULL;
    struct token *token;
    char id[KEYCHAIN_ID];
    bool is_good;
    enum outcome out;

    if ((out = check_keychain(all->errand, why)) ||
        (out = certificate_look(all, place, &token, why)))
        return out;
    if (!token)
        return fail(why, REASON_TOKEN_MISSING, "the person's own");
    if (token_doubts_pin(token))
        return fail(why, REASON_PIN_DOUBTED, "it is not given to another program");
    if ((out = find_pin(all, place, &found, id, &is_good, why)))
        return out;
    if (!is_good)
        return fail(why, REASON_STORED_REFUSED, "nobody has seen this PIN work");
    *pin = found;
    found = NULL;
    return OUTCOME_OK;
}

static enum outcome unlock(struct certificates *all, const char *uri, struct why *why)
{
    secret_auto *pin = NULL;
    char id[KEYCHAIN_ID];
    bool is_good;
    enum outcome out = find_pin(all, uri, &pin, id, &is_good, why);

    if (!out)
        return is_own(uri) ? open_own(all, uri, pin, id, why) : open_stored(all, uri, pin, id, why);
    if (why->reason != REASON_NOT_STORED && why->reason != REASON_STORED_REFUSED)
        return out;
    secret_free(&pin);
    return is_own(uri) ? open_new(all, uri, why) : open_asked(all, uri, why);
}

enum outcome certificate_proved_pin(struct certificates *all, const char *uri, struct secret **pin,
                                    struct why *why)
{
    char id[KEYCHAIN_ID];
    bool is_good;
    enum outcome out = find_pin(all, uri, pin, id, &is_good, why);

    if (out || (out = open_stored(all, uri, *pin, id, why)))
        secret_free(pin);
    return out;
}

enum outcome certificate_unlock(struct certificates *all, const char *uri, struct token **token,
                                struct why *why)
{
    enum outcome out = OUTCOME_OK;

    if (!is_open(all, uri) || !token_is_unlocked(all->token)) {
        certificate_changed(all);
        out = unlock(all, uri, why);
    }
    *token = out ? NULL : all->token;
    return out;
}
