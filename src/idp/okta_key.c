/* SPDX-License-Identifier: MIT
 *
 * A security key as second factor: WebAuthn (W3C, level 2), and U2F, its elder.
 */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "idp/okta_step.h"

/* RP ID and counter of authenticator data are 32 and 4 bytes, flags one in between. */
enum { CLIENT_DATA = OKTA_CHALLENGE_MOST + URL_SHOWN + 100, FLAGS_AT = 32, U2F_HEAD = 5 };
enum { U2F_MOST = U2F_HEAD + KEY_SIGNATURE_MOST, BASE64_TEXT = 4 * KEY_SIGNATURE_MOST / 3 + 32 };

static const struct key_bus *bus_of(const struct okta_walk *walk)
{
    return walk->request->keys ? walk->request->keys : &key_usb;
}

size_t okta_count_keys(const struct okta_walk *walk)
{
    struct key_place places[KEYS_MOST];

    return bus_of(walk)->list(places);
}

static bool is_u2f(const struct okta_walk *walk)
{
    return !strcmp(walk->state.factor[0].type, "u2f");
}

static enum outcome take_ids(const struct okta_walk *walk,
                             struct credential_id ids[KEY_CREDENTIALS], size_t *count,
                             struct why *why)
{
    for (size_t i = 0; i < walk->state.factors && *count < KEY_CREDENTIALS; i++) {
        const char *text = walk->state.factor[i].credential;
        size_t length = text ? strlen(text) : 0;
        if (!length)
            continue;
        if (BASE64URL_BYTES(length) > KEY_ID_MOST ||
            !base64url_decode(text, length, ids[*count].bytes, &ids[*count].length))
            return fail(why, REASON_BAD_ANSWER, "%s: a credentialId that is none", walk->org);
        ++*count;
    }
    return *count
               ? OUTCOME_OK
               : fail(why, REASON_BAD_ANSWER, "%s wants a security key, but not which", walk->org);
}

/* Is it the org itself, and nobody else in whose name a key would sign? */
static bool is_own(const struct okta_walk *walk, const char *app_id)
{
    struct url parts;
    struct why why;

    return app_id && !web_url_check(app_id, &parts, &why) && url_same_origin(walk->org, app_id);
}

/* By WebAuthn the host, and for a key that was set up by U2F its AppID (section 10.1). */
static enum outcome take_names(const struct okta_walk *walk, char host[URL_HOST],
                               const char *names[3], struct why *why)
{
    const char *app_id = is_u2f(walk) ? walk->state.factor[0].app_id : walk->state.app_id;
    struct url parts;
    size_t count = 0;

    if (web_url_check(walk->org, &parts, why))
        return reason_outcome(why->reason);
    (void)strcpy(host, parts.host);
    if (!is_u2f(walk))
        names[count++] = host;
    if (is_own(walk, app_id))
        names[count++] = app_id;
    return count ? OUTCOME_OK
                 : fail(why, REASON_BAD_ANSWER, "%s: an appId that is not the org's", walk->org);
}

/* WebAuthn section 5.8.1; U2F raw messages, section 7. */
static enum outcome make_client_data(const struct okta_walk *walk, char data[CLIENT_DATA],
                                     struct why *why)
{
    const char *challenge = walk->state.challenge;
    unsigned char bytes[OKTA_CHALLENGE_MOST];
    size_t size;

    if (!challenge || !base64url_decode(challenge, strlen(challenge), bytes, &size) || !size)
        return fail(why, REASON_BAD_ANSWER, "%s: no challenge for a security key", walk->org);
    (void)snprintf(data, CLIENT_DATA, "{\"%s\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
                   is_u2f(walk) ? "typ" : "type",
                   is_u2f(walk) ? "navigator.id.getAssertion" : "webauthn.get", challenge,
                   walk->org, is_u2f(walk) ? "" : ",\"crossOrigin\":false");
    return OUTCOME_OK;
}

static enum outcome sign(const struct okta_walk *walk, const char *client_data,
                         struct key_answer *answer, struct why *why)
{
    struct credential_id ids[KEY_CREDENTIALS];
    char host[URL_HOST];
    struct assertion_request request = { .bus = bus_of(walk),
                                         .ids = ids,
                                         .client_data = client_data,
                                         .is_u2f = is_u2f(walk),
                                         .must_verify = walk->state.must_verify,
                                         .touch_ms = (int)walk->state.touch_s * 1000,
                                         .asker = walk->request->asker };
    enum outcome out;

    if ((out = take_ids(walk, ids, &request.count, why)) ||
        (out = take_names(walk, host, request.names, why)))
        return out;
    return key_sign(&request, answer, why);
}

/* base64 with padding (RFC 4648 section 4) for WebAuthn, base64url for U2F: as Okta's own page
 * sends them. */
static void encode(bool is_u2f, const void *bytes, size_t length, char *text)
{
    base64url_encode(bytes, length, text);
    if (is_u2f)
        return;
    for (char *p = text; *p; p++)
        *p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
    for (size_t end = strlen(text); end % 4; text[end] = '\0')
        text[end++] = '=';
}

static enum outcome send(struct okta_walk *walk, const char *client_data,
                         const struct key_answer *answer, struct why *why)
{
    char client[BASE64URL_TEXT(CLIENT_DATA) + 4], data[BASE64_TEXT], signature[BASE64_TEXT];
    const struct okta_member members[] = { { "clientData", client },
                                           { "signatureData", signature },
                                           { "authenticatorData", is_u2f(walk) ? NULL : data },
                                           { 0 } };
    unsigned char signed_data[U2F_MOST];

    encode(is_u2f(walk), client_data, strlen(client_data), client);
    encode(is_u2f(walk), answer->data, answer->data_length, data);
    if (!is_u2f(walk)) {
        encode(false, answer->signature, answer->signature_length, signature);
        return okta_send_code(walk, &walk->state.next, members, why);
    }
    /* U2F raw messages, section 5.4: flags, counter, signature. */
    memcpy(signed_data, answer->data + FLAGS_AT, U2F_HEAD);
    memcpy(signed_data + U2F_HEAD, answer->signature, answer->signature_length);
    encode(true, signed_data, U2F_HEAD + answer->signature_length, signature);
    return okta_send_code(walk, &walk->state.next, members, why);
}

/* Another key, another touch or another way may help. */
static bool may_help(enum reason reason)
{
    return reason == REASON_NO_SECURITY_KEY || reason == REASON_WRONG_CODE ||
           reason == REASON_KEY_BLOCKED || reason == REASON_FACTOR_UNANSWERED ||
           reason == REASON_FACTOR_REFUSED;
}

enum outcome okta_touch(struct okta_walk *walk, struct why *why)
{
    char client_data[CLIENT_DATA];
    struct key_answer answer;
    enum outcome out = make_client_data(walk, client_data, why);

    if (out)
        return out;
    if ((out = sign(walk, client_data, &answer, why))) {
        if (!may_help(why->reason))
            return out;
        asker_tell(walk->request->asker, "%s (%s)", reason_sentence(why->reason), why->text);
        return okta_again(walk, "Try again", why);
    }
    if (!(out = send(walk, client_data, &answer, why)) || !okta_once_more(walk, why))
        return out;
    return okta_send_code(walk, &walk->state.next, NULL, why); /* for a new challenge */
}
