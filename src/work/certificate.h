/* SPDX-License-Identifier: MIT
 *
 * Within work: certificates of the settings, for chatelaine-worker-cert alone. The directory says
 * who the person is and who issues, cert/ makes the key, asks and keeps, and the keychain has the
 * PIN. What is under way is written down before each step (struct pending), so that whatever ends
 * it, the next errand finds key and request again and asks for no second certificate.
 */
#ifndef WORK_CERTIFICATE_H
#define WORK_CERTIFICATE_H

#include <time.h>

#include "cert/enrol.h"
#include "cert/keep.h"
#include "cert/person.h"
#include "cert/softhsm.h"
#include "cert/template.h"
#include "cert/tpm.h"
#include "directory/enrolment.h"
#include "network/profile.h"
#include "wire/verbs.h"
#include "work/errand.h"

enum action {
    ACTION_LIST,
    ACTION_SHOW,
    ACTION_URI,
    ACTION_REQUEST,
    ACTION_RENEW,
    ACTION_POLL,
    ACTION_REMOVE,
    ACTION_EXPORT,
    ACTION_STATUS, /* list, of the settings alone */
    ACTION_ADOPT,
    ACTION_USE,
    ACTION_NETWORK_PIN, /* the agent's own */
    ACTION_CARD,        /* none of the verb: the certificate that signs in (work/sign_in_card.c) */
    ACTION_PIN,
    ACTIONS
};

/* How far a request is; the words are those of CERTIFICATES in wire/messages.def. */
enum step {
    STEP_NONE,
    STEP_BEGUN,   /* a key has its id, and may be there; nothing was sent */
    STEP_UNKNOWN, /* sent, perhaps */
    STEP_PENDING,
    STEP_ISSUED, /* and not kept yet */
    STEP_DENIED,
    STEP_REFUSED, /* what came is not what was asked for */
    STEPS
};

enum { BROWSERS = 4, BROWSER_PATH = 1024 };
enum { PENDING_MESSAGE = 512, PROTOCOL_WORD = 16 };

/* What is under way of one certificate, in certificates/NAME.certificate in our folder of state
 * (mode 0600, no secret). */
struct pending {
    enum step step;
    struct key_id key;
    enum cert_key kind;
    bool exportable;
    bool renews;           /* the certificate that was shown with it */
    unsigned request;      /* 0: not told */
    time_t at;             /* of the step */
    time_t again;          /* not to be asked again before; 0: any time */
    char token[TOKEN_URI]; /* where the key is */
    char person[513];      /* the principal */
    char base[URL_MOST];   /* of the authority's pages */
    char protocol[PROTOCOL_WORD];
    char authority[ENROLMENT_NAME], template[ENROLMENT_NAME];
    char message[PENDING_MESSAGE]; /* of the authority, or why it was refused */
};

enum outcome pending_read(int folder, const char *name, struct pending *pending, struct why *why);

/* On the disk when this is OK; with the time of now where it has none. */
enum outcome pending_write(int folder, const char *name, struct pending *pending, struct why *why);
enum outcome pending_forget(int folder, const char *name, struct why *why);
const char *step_word(enum step step);

/* Its lines in the file. False if they are damaged, and nothing is under way then. */
bool pending_parse(struct pending *pending, const char *lines, size_t length);
void pending_lines(const struct pending *pending, struct text *lines);

/* What a protocol without numbers cannot be asked for again: in NAME.request and NAME.issued, which
 * go with the rest. PEM; text NULL: there is none. */
enum pending_what { PENDING_REQUEST, PENDING_ISSUED };
enum outcome pending_keep(int folder, const char *name, enum pending_what what,
                          const struct text *pem, struct why *why);
enum outcome pending_kept(int folder, const char *name, enum pending_what what, struct text **pem,
                          struct why *why);

/* What is known of an authority's server, in certificates/authorities: all of the person's errands
 * ask it one after the other, and where it has failed they wait together. */
struct pause {
    char base[URL_MOST];
    unsigned failures;  /* in a row */
    enum reason reason; /* of the last one */
    time_t until;       /* by itself, nobody asks before */
    time_t polled;      /* when requests that wait were asked for the last time; 0: never */
    char last[33];      /* of which certificate it failed; "-" */
    bool is_new, polls; /* in this errand: it has failed; such requests are asked for */
};
enum { PAUSES_MOST = 8 };
struct pauses {
    struct pause all[PAUSES_MOST];
    size_t count;
    bool changed;
};
void pauses_parse(struct pauses *pauses, const char *lines, size_t length);
void pauses_lines(const struct pauses *pauses, struct text *lines);

/* Tokens of the person's own, as the settings name them; else there is a URI. */
#define PLACE_SOFTHSM "softhsm"
#define PLACE_TPM     "tpm"

/* One of the settings. */
struct wanted {
    const char *name, *authority, *web_pages, *authority_file, *template, *radius_ca_file;
    const char *place; /* where its key is, or will be */
    bool is_free;      /* nobody said where: place is what certificate_choose found */
    const struct protocol *protocol;
    enum cert_key kind;
    bool exportable, delegate, by_agent, by_password;
    int64_t renew_before_s;
    size_t keep;
    time_t end;   /* of the one that is good now; 0: there is none */
    time_t again; /* its authority is let alone until then; 0 */
};

/* What a request needs of the directory and the authority: found once for all of an errand. */
struct company {
    struct ticket ticket;
    struct dc dc;
    struct person *person;
    struct enrolment *enrolment;
    char upn[600];
    struct cert_person names; /* borrows from these */
    struct https *https;
};
void company_free(struct company *company);

enum { MODULES_NAMED = CERTIFICATES_MOST + 8 };

struct certificates {
    struct errand *errand;
    enum action action;
    int folder; /* certificates, in our folder of state */
    char path[1024], store[SOFTHSM_PATH], settings[SOFTHSM_PATH];
    char modules[MODULES_NAMED][TOKEN_URI]; /* that URIs name, to be read */
    size_t module_count;
    size_t rows;                           /* of the result so far */
    char softhsm[SOFTHSM_PATH];            /* its library; "": none that this person may use */
    char browsers[BROWSERS][BROWSER_PATH]; /* certificate use browser; "": not there */
    struct why no_database;                /* why the last one is not */
    time_t began;
    struct pauses pauses;
    struct tpm tpm;
    struct nm *nm; /* NULL: it was not needed, or as no_nm says */
    struct why no_nm;
    struct why no_tpm; /* REASON_NONE: this person may use it */
    struct errand_files files;
    bool has_company;
    struct why no_company; /* which is not asked for again then; REASON_NONE */
    struct company company;
    struct token *token; /* the one that is open, and the setting that names it */
    char token_of[TOKEN_URI];
    bool has_kept;
    struct kept_list kept; /* what is in it */
};

/* The folder, and what the verb needs of files: before they are fenced off. */
enum outcome certificates_open(struct errand *errand, enum verb verb, struct why *why);
void certificates_close(struct errand *errand);

/* What it needs of files; asks: the network. */
void certificates_fence(struct certificates *all, bool asks);

/* One of the settings of the errand's identity; false if there is none of that name, or number. */
bool wanted_find(const struct certificates *all, const char *name, struct wanted *wanted);
bool wanted_at(const struct certificates *all, size_t number, struct wanted *wanted);

/* Is it a name of the settings, of whichever identity? */
bool wanted_is_known(const struct certificates *all, const char *name);

/* Which of several tokens there is the person's own; "" if none was made, or there is one at most.
 */
enum outcome place_uri(const struct certificates *all, const char *place, char uri[TOKEN_URI],
                       struct why *why);
enum outcome place_remember(const struct certificates *all, const char *place, const char *uri,
                            struct why *why);

/* Where that is, or shall be, of which the settings do not say it. It never moves. */
enum outcome certificate_choose(struct certificates *all, struct wanted *wanted, struct why *why);

/* The token, borrowed until another one is asked for: one at a time stays open, as to open one
 * takes SoftHSM longer than all that is done with it. OK with *token NULL: there is none yet of the
 * person's own. */
enum outcome certificate_look(struct certificates *all, const char *place, struct token **token,
                              struct why *why);

/* The same with its PIN; makes the person's own where there is none. A PIN that was refused is
 * never tried again. */
enum outcome certificate_unlock(struct certificates *all, const char *place, struct token **token,
                                struct why *why);

/* The PIN of that token, for another program: one that was right before, and is not in doubt since.
 * Nothing is tried. token-missing, pin-doubted, stored-refused; keychain-locked ... */
enum outcome certificate_pin(struct certificates *all, const char *place, struct secret **pin,
                             struct why *why);

/* The PIN that the keychain has, once it has opened the token; none is made or asked for. */
enum outcome certificate_proved_pin(struct certificates *all, const char *place,
                                    struct secret **pin, struct why *why);

/* What is kept in it, borrowed until certificate_changed or certificate_unlock; NULL where there is
 * no token. */
enum outcome certificate_kept(struct certificates *all, const char *place,
                              const struct kept_list **list, struct why *why);
void certificate_changed(struct certificates *all);
void certificate_close(struct certificates *all);

/* Asks the directory who the person is and who issues. */
enum outcome company_find(struct certificates *all, struct why *why);

/* The authority for it, and the address of its pages; the chain, the caller's, has its own
 * certificates. */
struct authority {
    char name[ENROLMENT_NAME], base[URL_MOST];
    char renewal[URL_MOST]; /* for who shows the old certificate; "": it takes none */
    char policy[URL_MOST];  /* tells the addresses, base and renewal; "": they are known */
    struct cert_template template;
    struct chain own;
};
void authority_free(struct authority *authority);
enum outcome authority_find(struct certificates *all, const struct wanted *wanted,
                            struct authority *authority, struct why *why);

/* What the authority is shown of the person: one of them. */
struct proof {
    struct negotiate *ticket;
    struct secret *login;
    const char *key;         /* of the old one, by present_begin or present_card; NULL */
    const char *certificate; /* the same, if TLS is to show it */
    struct token *card;      /* of present_card; NULL */
    struct kept_list kept;   /* which owns the old one */
    const struct kept *old;  /* that is renewed; NULL: none */
};
void proof_free(struct proof *proof);

/* The ticket for the authority's server, or a password that the person types: as the settings are.
 */
enum outcome proof_find(struct certificates *all, const struct wanted *wanted, const char *base,
                        struct proof *proof, struct why *why);

/* The good certificate of that name, with its key; OK without one: there is none. It can be the
 * proof as long as the token, which is logged in to, is open. */
enum outcome proof_renew(const struct token *token, const char *name,
                         const struct cert_person *person, struct proof *proof, struct why *why);

/* The one that is adopted by that name, whose PIN a person types; has false: there is none. */
enum outcome proof_adopted(struct certificates *all, const char *name, bool *has,
                           struct proof *proof, struct why *why);

/* At the beginning of an errand, and at the end of one that asks. */
void pauses_read(struct certificates *all);
void pauses_end(struct certificates *all);

/* May it be asked? What is known of its last failure, if nobody has asked for this errand, or it
 * was in this errand. */
enum outcome pause_check(struct certificates *all, struct wanted *wanted, const char *base,
                         struct why *why);
time_t pause_until(struct certificates *all, const char *base); /* 0: it may */

/* What an exchange with it came to. */
struct pause_heard {
    bool failed;
    enum reason reason;
    int status, wait_s; /* as https_do has it; 0 */
};
void pause_note(struct certificates *all, struct wanted *wanted, const char *base,
                const struct pause_heard *heard);

/* Did an authority fail last when it was asked for this one? */
bool pause_was(const struct certificates *all, const char *name);

/* When it is to be asked what came of this request; pause_polls: it is, just now. */
time_t pause_poll(struct certificates *all, const struct pending *pending);
void pause_polls(struct certificates *all, const char *base);

/* What the action is, for each or for the one of that name (NULL: all), the most urgent first:
 * those that are not there, then what ends soonest. Whatever becomes of one, the others have their
 * turn. */
enum outcome certificates_do(struct certificates *all, const char *only, bool asks,
                             struct why *why);

/* Takes a request as far as it goes. did: what became of it, "kept", "nothing". Where nobody said
 * where, and a TPM makes no such keys, it is SoftHSM from then on. */
enum outcome certificate_request(struct certificates *all, struct wanted *wanted, const char **did,
                                 struct why *why);

/* Removes all of that name, and what is under way. */
enum outcome certificate_remove(struct certificates *all, const char *name, const char *place,
                                struct why *why);

/* The PIN of the token of the certificate that the request names, or of all, into the result. */
enum outcome certificate_tell_pin(struct certificates *all, struct why *why);

/* Has what the request names use a certificate of the settings. Before the fence: what that needs
 * of what is behind it. */
void certificate_use_prepare(struct certificates *all);
enum outcome certificate_use(struct certificates *all, struct why *why);

/* The PIN for NetworkManager, if the key is one of ours. */
enum outcome certificate_network_pin(struct certificates *all, struct why *why);

/* Rows of the result: what uses the one of that name; NULL: all of the identity's. */
void certificate_use_tell(struct certificates *all, const char *name);

/* Whoever uses one that has been renewed hears of the new one: where that fails it is told, and the
 * next errand does it. The same before one is removed: what uses it goes with it. */
void certificate_use_follow(struct certificates *all, const struct wanted *wanted);
void certificate_use_remove(struct certificates *all, const char *name);

/* Is there any of that name, whosever? */
bool certificate_is_kept(const struct kept_list *list, const char *name);

/* When it may be renewed, and, spread over some of that time, should be. */
time_t certificate_due(const struct wanted *wanted, const struct kept *kept);
time_t certificate_due_itself(const struct wanted *wanted, const struct kept *kept);

/* The person's newest of that name, if it is good now; NULL: none. */
const struct kept *certificate_good(const struct kept_list *list, const char *name);

/* Rows of the result: what is kept under that name and what is under way, or that there is nothing.
 */
enum outcome certificate_tell(struct certificates *all, const struct wanted *wanted,
                              const char *did, struct why *why);

/* The row of the one of that name that is good now, its chain and, if that is asked for and the key
 * may leave, the private key, by a passphrase that the person is asked for. no-certificate */
enum outcome certificate_export(struct certificates *all, const struct wanted *wanted,
                                struct why *why);

/* The same of a chain alone. */
enum outcome certificate_add_chain(struct certificates *all, const struct chain *chain,
                                   struct why *why);

/* What the person's own tokens have under names that the settings do not know. */
enum outcome certificate_tell_rest(struct certificates *all, struct why *why);

/* A row of what was removed, or is not there. */
void certificate_tell_end(struct certificates *all, const char *name, const char *state,
                          const char *did);

/* Of what failed, and when it is tried again; 0: that is not known. */
void certificate_tell_failed(struct certificates *all, const char *name, const char *did,
                             const struct why *why, time_t again);

#endif
