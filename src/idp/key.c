/* SPDX-License-Identifier: MIT */
#include "idp/key.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "idp/key_wire.h"

/* A key that is there answers at once; PINs are 4 to 63 bytes (CTAP 2.1 section 6.5.1). */
enum { ANSWER_MS = 3000, PINS_MOST = 3, PIN_MOST = 63, PROMPT = 160 };

static const struct {
    int code;
    enum reason reason;
} codes[] = {
    { FIDO_ERR_NO_CREDENTIALS, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_INVALID_CREDENTIAL, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_CREDENTIAL_EXCLUDED, REASON_NO_SECURITY_KEY }, /* libfido2's word of CTAP 1 */
    { FIDO_ERR_RX, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_TX, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_PIN_NOT_SET, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_UNSUPPORTED_OPTION, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_INVALID_OPTION, REASON_NO_SECURITY_KEY },
    { FIDO_ERR_PIN_INVALID, REASON_WRONG_CODE },
    { FIDO_ERR_PIN_POLICY_VIOLATION, REASON_WRONG_CODE },
    { FIDO_ERR_UV_INVALID, REASON_WRONG_CODE },
    { FIDO_ERR_PIN_BLOCKED, REASON_KEY_BLOCKED },
    { FIDO_ERR_PIN_AUTH_BLOCKED, REASON_KEY_BLOCKED },
    { FIDO_ERR_UV_BLOCKED, REASON_KEY_BLOCKED },
    { FIDO_ERR_OPERATION_DENIED, REASON_FACTOR_REFUSED },
    { FIDO_ERR_NOT_ALLOWED, REASON_FACTOR_REFUSED },
    { FIDO_ERR_USER_ACTION_TIMEOUT, REASON_FACTOR_UNANSWERED },
    { FIDO_ERR_ACTION_TIMEOUT, REASON_FACTOR_UNANSWERED },
    { FIDO_ERR_TIMEOUT, REASON_FACTOR_UNANSWERED },
    { FIDO_ERR_UP_REQUIRED, REASON_FACTOR_UNANSWERED },
    { FIDO_ERR_KEEPALIVE_CANCEL, REASON_FACTOR_UNANSWERED },
};

static void dev_free(fido_dev_t **dev)
{
    if (*dev)
        (void)fido_dev_close(*dev);
    fido_dev_free(dev);
}
#define dev_auto __attribute__((cleanup(dev_free))) fido_dev_t

static void assert_free(fido_assert_t **assertion)
{
    fido_assert_free(assertion);
}
#define assert_auto __attribute__((cleanup(assert_free))) fido_assert_t

static enum outcome fail_key(const struct key_wire *wire, int code, struct why *why)
{
    enum reason reason = REASON_BAD_ANSWER;

    if (wire->cancelled)
        return fail(why, REASON_CANCELLED, "cancelled by the person");
    if (wire->late)
        return fail(why, REASON_FACTOR_UNANSWERED, "the security key %s was not touched in time",
                    wire->place.name);
    if (wire->error)
        return fail(why, REASON_NO_SECURITY_KEY, "%s: %s", wire->place.path, strerror(wire->error));
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            reason = codes[i].reason;
    return fail(why, reason, "the security key %s: %s", wire->place.name, fido_strerr(code));
}

/* A key that is opened; NULL if it does not answer. */
static fido_dev_t *dev_open(const struct assertion_request *request, struct key_wire *wire)
{
    dev_auto *dev = fido_dev_new();
    fido_dev_t *opened = NULL;

    if (!dev || fido_dev_set_io_functions(dev, &key_io) != FIDO_OK ||
        fido_dev_set_timeout(dev, ANSWER_MS) != FIDO_OK ||
        fido_dev_open(dev, wire->place.path) != FIDO_OK)
        return NULL;
    if (request->is_u2f)
        fido_dev_force_u2f(dev);
    opened = dev;
    dev = NULL;
    return opened;
}

static fido_assert_t *assert_new(const struct assertion_request *request, const char *name)
{
    fido_assert_t *assertion = fido_assert_new();
    const unsigned char *data = (const unsigned char *)request->client_data;
    bool ok = assertion && fido_assert_set_rp(assertion, name) == FIDO_OK &&
              fido_assert_set_clientdata(assertion, data, strlen(request->client_data)) == FIDO_OK;

    for (size_t i = 0; ok && i < request->count; i++)
        ok = fido_assert_allow_cred(assertion, request->ids[i].bytes, request->ids[i].length) ==
             FIDO_OK;
    if (!ok)
        fido_assert_free(&assertion);
    return assertion;
}

/* Asked without a touch: of which name does the key have a credential? NULL: of none. */
static const char *known_name(const struct assertion_request *request, fido_dev_t *dev,
                              const struct key_wire *wire)
{
    for (const char *const *name = request->names; *name; name++) {
        assert_auto *assertion = assert_new(request, *name);
        if (!assertion || fido_assert_set_up(assertion, FIDO_OPT_FALSE) != FIDO_OK)
            return NULL;
        int code = fido_dev_get_assert(dev, assertion, NULL);
        /* The last two come of CTAP 1, and of keys that want the PIN for everything. */
        if (code == FIDO_OK || code == FIDO_ERR_USER_PRESENCE_REQUIRED ||
            code == FIDO_ERR_PIN_REQUIRED)
            return *name;
        if (wire->cancelled)
            return NULL;
    }
    return NULL;
}

/* The first key that has a credential of the person; it stays open. */
static enum outcome find(const struct assertion_request *request, struct key_wire *wire,
                         fido_dev_t **found, const char **name, struct why *why)
{
    struct key_place places[KEYS_MOST];
    size_t count = request->bus->list(places);

    for (size_t i = 0; i < count; i++) {
        *wire = (struct key_wire){ places[i], request->bus, request->asker, .fd = -1 };
        dev_auto *dev = dev_open(request, wire);
        *name = dev ? known_name(request, dev, wire) : NULL;
        if (wire->cancelled)
            return fail_key(wire, FIDO_ERR_RX, why);
        if (*name) {
            *found = dev;
            dev = NULL;
            return OUTCOME_OK;
        }
    }
    if (count == 1 && wire->error)
        return fail_key(wire, FIDO_ERR_RX, why);
    return fail(why, REASON_NO_SECURITY_KEY,
                count ? "of %zu plugged in, none that answers knows this account"
                      : "%zu security keys are plugged in",
                count);
}

static enum outcome ask_pin(const struct assertion_request *request, const struct key_wire *wire,
                            fido_dev_t *dev, struct secret **pin, struct why *why)
{
    char prompt[PROMPT], left[40] = "";
    const struct question question = { QUESTION_HIDDEN, "pin", prompt };
    int tries = 0;
    enum outcome out;

    if (fido_dev_get_retry_count(dev, &tries) == FIDO_OK && tries <= PINS_MOST)
        (void)snprintf(left, sizeof left, ", %d tries left", tries);
    (void)snprintf(prompt, sizeof prompt, "PIN of the security key %s%s: ", wire->place.name, left);
    text_clean(prompt);
    if ((out = asker_ask(request->asker, &question, pin, why)))
        return out;
    if (!secret_length(*pin))
        return fail(why, REASON_CANCELLED, "no PIN was typed");
    if (secret_length(*pin) > PIN_MOST || strlen(secret_peek(*pin)) != secret_length(*pin))
        return fail(why, REASON_WRONG_CODE, "that is no PIN of a security key");
    return OUTCOME_OK;
}

static bool wants_pin(int code)
{
    return code == FIDO_ERR_PIN_REQUIRED || code == FIDO_ERR_PIN_INVALID ||
           code == FIDO_ERR_UV_BLOCKED || code == FIDO_ERR_UV_INVALID;
}

/* The key's word about a touch, with the PIN if it has to be. */
static enum outcome touch(const struct assertion_request *request, struct key_wire *wire,
                          fido_dev_t *dev, fido_assert_t *assertion, struct why *why)
{
    bool by_finger = request->must_verify && fido_dev_has_uv(dev);
    int code = request->must_verify && !by_finger ? FIDO_ERR_PIN_REQUIRED : FIDO_OK;
    enum outcome out;

    if (code && !fido_dev_has_pin(dev))
        return fail_key(wire, FIDO_ERR_PIN_NOT_SET, why);
    if (by_finger && fido_assert_set_uv(assertion, FIDO_OPT_TRUE) != FIDO_OK)
        return fail_memory(why);
    for (int pins = 0;;) {
        secret_auto *pin = NULL;
        if (code && (out = ask_pin(request, wire, dev, &pin, why)))
            return out;
        if (pin)
            (void)fido_assert_set_uv(assertion, FIDO_OPT_OMIT); /* the PIN says it */
        asker_tell(request->asker, "Touch the security key %s.", wire->place.name);
        (void)fido_dev_set_timeout(dev, request->touch_ms);
        code = fido_dev_get_assert(dev, assertion, pin ? secret_peek(pin) : NULL);
        if (code == FIDO_OK)
            return OUTCOME_OK;
        pins += pin != NULL;
        if (wire->cancelled || wire->late)
            (void)fido_dev_cancel(dev);
        if (wire->cancelled || wire->late || !wants_pin(code) || pins == PINS_MOST)
            return fail_key(wire, code, why);
        (void)fido_dev_set_timeout(dev, ANSWER_MS);
        if (pin)
            asker_tell(request->asker, "%s", reason_sentence(REASON_WRONG_CODE));
    }
}

/* libfido2 gives it as CBOR (RFC 8949): a byte string with a length of one or two bytes. */
static bool take_data(const fido_assert_t *assertion, struct key_answer *answer)
{
    const unsigned char *cbor = fido_assert_authdata_ptr(assertion, 0);
    size_t length = fido_assert_authdata_len(assertion, 0), head = 0, said = 0;

    if (!cbor || length < 3)
        return false;
    if (cbor[0] == 0x58) {
        head = 2;
        said = cbor[1];
    } else if (cbor[0] == 0x59) {
        head = 3;
        said = (size_t)cbor[1] << 8 | cbor[2];
    }
    /* A hash, flags and a counter at least. */
    if (!head || said != length - head || said < 37 || said > KEY_DATA_MOST)
        return false;
    memcpy(answer->data, cbor + head, said);
    answer->data_length = said;
    return true;
}

static bool take(const fido_assert_t *assertion, struct key_answer *answer)
{
    if (fido_assert_count(assertion) < 1 || !take_data(assertion, answer))
        return false;
    answer->signature_length = fido_assert_sig_len(assertion, 0);
    if (!answer->signature_length || answer->signature_length > KEY_SIGNATURE_MOST)
        return false;
    memcpy(answer->signature, fido_assert_sig_ptr(assertion, 0), answer->signature_length);
    return true;
}

enum outcome key_sign(const struct assertion_request *request, struct key_answer *answer,
                      struct why *why)
{
    struct key_wire wire = { .fd = -1 };
    dev_auto *dev = NULL;
    const char *name;
    enum outcome out;

    if ((out = find(request, &wire, &dev, &name, why)))
        return out;
    assert_auto *assertion = assert_new(request, name);
    if (!assertion)
        return fail_memory(why);
    if ((out = touch(request, &wire, dev, assertion, why)))
        return out;
    return take(assertion, answer)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_ANSWER, "the security key %s: no signature that makes sense",
                      wire.place.name);
}
