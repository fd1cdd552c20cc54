/* SPDX-License-Identifier: MIT
 *
 * Within idp: a walk through Okta's states. okta_walk.c has the path, okta_send.c says something at
 * a link; okta_factor.c, okta_push.c, okta_enroll.c and okta_password.c are what is done in a
 * state. A step leaves the next state in the walk.
 */
#ifndef IDP_OKTA_STEP_H
#define IDP_OKTA_STEP_H

#include "idp/okta_body.h"
#include "idp/okta_walk.h"
#include "net/url.h"

enum { OKTA_MEMBERS = 8, OKTA_WRONG_MOST = 3 };

struct okta_walk {
    const struct okta_request *request;
    struct okta_result *result;
    char org[URL_SHOWN];
    struct okta_state state;
    bool in_state; /* the state is one of Okta's */
    long left_ms;
    char told[OKTA_TOLD];   /* of the last refusal */
    bool sent, refused;     /* the last thing said may have arrived; it was refused by its status */
    bool recovers, unlocks; /* a password, an account; not a sign-in */
    bool limited;           /* by that of too many requests */
    int wrong;              /* codes and answers */
    size_t ways;            /* second factors that can be used here */
    size_t keys;            /* that are plugged in */
    char chosen[OKTA_WORD + 1]; /* the id of the factor that is being used */
    bool other_way;             /* the person does not want what was chosen the last time */
};

/* Says it at the link, with the state's token; waits where Okta says too many requests, within the
 * time. The answer is the next state; on failure the state stays. */
enum outcome okta_send(struct okta_walk *walk, const struct okta_link *link,
                       const struct okta_member *members, struct why *why);

/* The same with a token only if there is one: the members have another. */
enum outcome okta_send_bare(struct okta_walk *walk, const struct okta_link *link,
                            const struct okta_member *members, struct why *why);

/* The same at an address that no state told. */
enum outcome okta_send_first(struct okta_walk *walk, const char *path,
                             const struct okta_member *members, struct why *why);

/* The same with "remember this device", where that is wanted and allowed. */
enum outcome okta_send_code(struct okta_walk *walk, const struct okta_link *link,
                            const struct okta_member *members, struct why *why);

/* Reads what lies at a link, of this media type: the body of an answer with the status 200. */
enum outcome okta_read(struct okta_walk *walk, const struct okta_link *link, const char *type,
                       struct secret **body, struct why *why);

/* Ends the sign-in at Okta, if it will: nothing is said of that. */
void okta_cancel(struct okta_walk *walk);

/* Waits so many seconds, or until the person has had enough. */
enum outcome okta_wait(struct okta_walk *walk, const char *name, int seconds, const char *prompt,
                       struct why *why);

/* Asks for one of the choices: its number from 0. */
enum outcome okta_choose(struct okta_walk *walk, const char *name, const char *prompt,
                         const char *const *choices, size_t *chosen, struct why *why);

/* Asks for clean text, echoed or not. */
enum outcome okta_type(struct okta_walk *walk, enum question_kind kind, const char *name,
                       const char *prompt, struct secret **typed, struct why *why);

/* Tells the person what went wrong, if another try may help; false if not. */
bool okta_once_more(struct okta_walk *walk, const struct why *why);

/* Asks for the code or answer that the factor takes, and says it at the link; nothing typed: other
 * ways. */
enum outcome okta_verify(struct okta_walk *walk, const struct okta_factor *factor,
                         const struct okta_link *link, struct why *why);

/* What was tried came to nothing, as why says: begins it once more, or goes another way, as the
 * person wants; the same failure if that does not help. */
enum outcome okta_again(struct okta_walk *walk, const char *again, struct why *why);

/* Asks for a phone number. */
enum outcome okta_ask_phone(struct okta_walk *walk, struct secret **number, struct why *why);

/* A message to the phone that is waited for, or came to nothing. */
enum outcome okta_push(struct okta_walk *walk, struct why *why);

/* The same of the app that is set up there. */
enum outcome okta_set_up_push(struct okta_walk *walk, struct why *why);

/* How many security keys are there? */
size_t okta_count_keys(const struct okta_walk *walk);

/* A challenge for a security key. */
enum outcome okta_touch(struct okta_walk *walk, struct why *why);

/* The steps. */
enum outcome okta_choose_factor(struct okta_walk *walk, struct why *why);
enum outcome okta_challenge(struct okta_walk *walk, struct why *why);
enum outcome okta_enroll_factor(struct okta_walk *walk, struct why *why);
enum outcome okta_activate(struct okta_walk *walk, struct why *why);
enum outcome okta_expired(struct okta_walk *walk, struct why *why);
enum outcome okta_warn(struct okta_walk *walk, struct why *why);
enum outcome okta_prove(struct okta_walk *walk, struct why *why);
enum outcome okta_answer_question(struct okta_walk *walk, struct why *why);

/* How a recovery begins. */
enum outcome okta_begin_recovery(struct okta_walk *walk, struct why *why);

#endif
