/* SPDX-License-Identifier: MIT
 *
 * A sign-in by Okta's Authentication API: the password, then from state to state by the links of
 * the answers, with the person's help, to a session token. Each password is sent once. What does
 * not end well is cancelled at Okta, too.
 */
#ifndef IDP_OKTA_WALK_H
#define IDP_OKTA_WALK_H

#include "base/asker.h"
#include "base/outcome.h"
#include "base/secret.h"
#include "idp/key.h"
#include "idp/okta_state.h"
#include "net/https.h"

enum { OKTA_FACTOR_MOST = 2 * OKTA_WORD + 1, OKTA_DEVICE_TOKEN = 32 };

/* All is borrowed; NULL where there is nothing to say. */
struct okta_request {
    struct https *https;
    const char *org; /* "https://host" */
    const char *user;
    const struct secret *password;
    const char *device_token; /* see okta_device_token */
    bool remember_device;     /* where the org allows it: no second factor the next time */
    const char *factor;       /* what the person chose the last time, see the result */
    bool change;              /* a password that may be changed is, without a question */
    bool only_prove;          /* nothing is asked for but the password, and nobody */
    bool nobody;              /* to type a code, so none is sent to a phone or a mailbox */
    /* Called with the new password, once it fits the org's rules and before it is sent. WEAK: the
     * person types another one. */
    enum outcome (*changing)(void *data, const struct secret *new, struct why *why);
    void *data;
    const struct key_bus *keys; /* NULL: those that are plugged in */
    struct asker *asker;
    int budget_ms; /* without what the person takes */
};

/* Whatever came of it: sent, proved, changed and new_password count on failure, too. */
struct okta_result {
    struct secret *session; /* one use, within five minutes; NULL: only_prove, and more is wanted */
    struct okta_person person;
    char factor[OKTA_FACTOR_MOST + 1]; /* "push/OKTA": chosen; "": none was */
    bool sent;                         /* the password may have reached Okta */
    bool unread;                       /* which has not looked at it: too many requests */
    bool proved;                       /* it was right */
    bool changed;                      /* it is new_password now */
    struct secret *new_password;
    int64_t expire_days; /* until the password must be changed; -1: not told */
};
void okta_result_free(struct okta_result *result);
#define okta_result_auto __attribute__((cleanup(okta_result_free))) struct okta_result

/* The same for this user on this computer for ever, and for no other; "" where the computer has no
 * id. */
void okta_device_token(char token[OKTA_DEVICE_TOKEN + 1]);

/* Is it an address of an org: https, a host, perhaps a port, perhaps a slash, no more? */
bool okta_is_org(const char *text);

/* WRONG_PASSWORD: Okta says the same of an unknown user, and unless the org shows it, of a locked
 * account. BROWSER_NEEDED: what Okta wants can only be done at its page. CHANGE_UNKNOWN: a new
 * password was sent, and the answer was lost. TOKEN_EXPIRED: it took too long. Others as okta.def
 * says. PASSWORD_EXPIRED and MUST_CHANGE where only_prove. */
enum outcome okta_sign_in(const struct okta_request *request, struct okta_result *result,
                          struct why *why);

enum okta_recovery { OKTA_FORGOTTEN, OKTA_UNLOCK };

/* Without the password: the person proves by a text message, a call or an e-mail, and by the answer
 * to a question, who it is. OKTA_FORGOTTEN: OK with a new password, which the result has, and a
 * session. OKTA_UNLOCK: OK once the account is no longer locked; no session comes of it. Of an
 * unknown user Okta only says that what is typed is not right. */
enum outcome okta_recover(const struct okta_request *request, enum okta_recovery what,
                          struct okta_result *result, struct why *why);

#endif
