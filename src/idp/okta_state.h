/* SPDX-License-Identifier: MIT
 *
 * One answer of Okta's Authentication API: which state a sign-in is in, what it wants, and where
 * to say so. okta.def is the list of states, factors and errors.
 */
#ifndef IDP_OKTA_STATE_H
#define IDP_OKTA_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/outcome.h"
#include "base/secret.h"
#include "net/json.h"

enum { OKTA_ANSWER_MOST = 256 << 10, OKTA_TOKEN_MOST = 16 << 10, OKTA_HREF_MOST = 1024 };
enum { OKTA_FACTORS = 32, OKTA_WORD = 64, OKTA_WORDS = 160, OKTA_LOGIN = 256, OKTA_TOLD = 256 };
enum { OKTA_CHALLENGE_MOST = 512 };

enum okta_step {
    OKTA_DONE,
    OKTA_LOCKED,
    OKTA_CHOOSE,
    OKTA_CHALLENGE,
    OKTA_ENROLL,
    OKTA_ACTIVATE,
    OKTA_EXPIRED,
    OKTA_WARN,
    OKTA_RESET,
    OKTA_PROVE,   /* a code or a token that was sent, to recover */
    OKTA_RECOVER, /* the answer to the question */
    OKTA_ELSEWHERE,
    OKTA_STEPS
};

enum okta_how {
    OKTA_PUSH,
    OKTA_CODE,   /* read from somewhere */
    OKTA_TOKEN,  /* the same, perhaps with a PIN: not echoed */
    OKTA_SENT,   /* sent when it is asked for */
    OKTA_ANSWER, /* to a question: not echoed */
    OKTA_KEY,    /* signed by a security key */
    OKTA_BROWSER
};

enum okta_enroll {
    OKTA_NOT_HERE,
    OKTA_TOTP,
    OKTA_PHONE_APP, /* which takes what it is sent or shown by itself */
    OKTA_PHONE,
    OKTA_EMAIL,
    OKTA_QUESTION
};

struct okta_status_row {
    const char *status; /* NULL: of one that is not known */
    bool proves;
    enum okta_step step;
    const char *words;
};

struct okta_factor_row {
    const char *type, *provider;
    enum okta_how how;
    enum okta_enroll enroll;
    const char *words;
};

/* factorResult; OTHER is one that is not known. */
enum okta_factor_result {
    OKTA_NONE,
    OKTA_WAITING,
    OKTA_ASKED, /* CHALLENGE */
    OKTA_RIGHT, /* SUCCESS */
    OKTA_REJECTED,
    OKTA_TIMEOUT,
    OKTA_CANCELLED,
    OKTA_FAILED,
    OKTA_REPLAYED,
    OKTA_OUTSIDE,
    OKTA_OTHER
};

struct okta_link {
    const char *href, *name; /* NULL: there is none */
};

struct okta_factor {
    const struct okta_factor_row *row; /* NULL: it is not known */
    const char *id, *type, *provider;  /* the id NULL if it has none yet */
    char words[OKTA_WORDS];            /* which one: a phone number, a device, the question; "" */
    const char *credential, *app_id;   /* of a security key; NULL: not told */
    bool is_set_up, is_required;       /* of a list to enroll from */
    struct okta_link verify, enroll, questions;
};

/* Plain data; "" for what is not told. */
struct okta_person {
    char id[OKTA_WORD + 1], login[OKTA_LOGIN + 1];
    char first_name[OKTA_WORDS], last_name[OKTA_WORDS];
    char locale[OKTA_WORD + 1], time_zone[OKTA_WORD + 1];
    char password_changed[OKTA_WORD + 1]; /* as RFC 3339 writes it */
};

/* What a new password must be; 0 for what does not matter. */
struct okta_policy {
    bool has_rules, exclude_user, may_remember;
    int64_t length, lower, upper, numbers, symbols, history;
    int64_t expire_days; /* -1: not told */
};

/* The texts of links and factors are the document's. */
struct okta_state {
    struct json *document;
    const struct okta_status_row *row; /* never NULL */
    const char *status;
    enum okta_factor_result result;
    struct secret *state_token, *session_token, *recovery_token; /* NULL: there is none */
    struct okta_person person;
    struct okta_policy policy;
    struct okta_link next, prev, cancel, skip, resend;
    size_t factors;
    struct okta_factor factor[OKTA_FACTORS];
    char number[8]; /* to be chosen on the phone; "": none */
    /* Of a recovery. */
    const char *sent_by; /* "SMS", "CALL", "EMAIL"; NULL: not told */
    char question[OKTA_WORDS];
    /* For a security key: base64url. */
    const char *challenge, *app_id; /* NULL: there is none */
    bool must_verify;               /* its owner, not only a touch */
    int64_t touch_s;
    /* Of an authenticator that is being set up. */
    struct secret *shared;
    int64_t digits, period_s;
    /* Of an app on a phone: the picture of a QR code, and who sends a link to the phone. */
    struct okta_link picture, by_sms, by_email;
};

/* Takes the body of an answer with the status 200 from an org ("https://host"). All links are
 * https and of its origin. BAD_ANSWER names the member; nothing is the caller's then. */
enum outcome okta_state_parse(const char *org, const char *bytes, size_t length,
                              struct okta_state *state, struct why *why);
void okta_state_free(struct okta_state *state);
#define okta_state_auto __attribute__((cleanup(okta_state_free))) struct okta_state

const struct okta_factor_row *okta_factor_find(const char *type, const char *provider);

/* Fails as an answer with another status says. told is what a person may be told of it, cleaned and
 * cut: "" if nothing. A code that is not known is REFUSED; too many requests or a server that fails
 * are SERVER_BUSY whatever the body is; else BAD_ANSWER. */
enum outcome okta_error_fail(int status, const char *bytes, size_t length, char told[OKTA_TOLD],
                             struct why *why);

#endif
