/* SPDX-License-Identifier: MIT
 *
 * One errand of a worker: what was asked, the settings, who is asking, what comes of it.
 */
#ifndef WORK_ERRAND_H
#define WORK_ERRAND_H

#include <stdint.h>

#include "base/asker.h"
#include "conf/conf.h"
#include "conf/name.h"
#include "directory/locate.h"
#include "directory/person.h"
#include "directory/server.h"
#include "kerberos/tickets.h"
#include "local/local.h"
#include "wire/message.h"
#include "work/journal.h"
#include "work/published.h"

enum { ERRAND_DEAD = 8, ERRAND_HOSTS = 64, ERRAND_FILES = 3 * CERTIFICATES_MOST + 16 };

struct series;
struct certificates;
struct doctor;

/* Paths that an errand needs besides what its verb does, NULL behind them, and what it may more, or
 * does not need, of enum verb_confinement. Borrowed. */
struct errand_files {
    const char *readable[ERRAND_FILES], *writable[ERRAND_FILES];
    unsigned may, may_not;
};

struct errand {
    const struct message *request;
    const char *identity;
    struct series *series; /* of the worker, to which this errand belongs; may be NULL */
    struct conf *conf;
    struct asker *asker;
    struct wire_asker *front; /* the same, for the keychain */
    char account[64];         /* the login name on this computer, "" if unknown */
    struct message *result;   /* facts are added as they are known, failure or not */
    long deadline_ms;         /* of clock_ms; moves on while a person is being asked */
    bool spent;               /* a password may have reached a server */
    bool accepted;            /* the KDC took the last password, whatever became of its ticket */
    bool changed;             /* the password has been changed: whatever fails now, that stays */
    bool is_web;              /* of an OpenID provider */
    bool by_certificate;      /* it signs in with one */
    struct ticket_card *card; /* which then gets the ticket; NULL: a password does */
    void (*look_at_card)(struct doctor *doctor); /* of doctor; NULL: there is none */
    const char *named;                           /* whom that names, "" or NULL: nobody */
    bool only_typed;                             /* a stored password is not to be used */
    bool is_beside, is_done; /* an errand beside another one: it has had its turn */
    bool last_dc;            /* no other one is left: this one gets all the time */
    bool login_keyring;      /* there is one, whether it can be reached or not */
    char stored_id[40];      /* of the password that the keychain gave */
    enum reason keychain;    /* how the keychain answered, NONE: it gave one or was not asked */
    struct journal journal;  /* of places that a new password has not reached */
    struct journal before;   /* as it was before the password was to be changed */
    struct local *local;     /* the account on this computer; NULL: as no_local says */
    struct why no_local;
    enum reason not_kept;              /* why the keychain lacks a password that it should have */
    struct certificates *certificates; /* of that verb; NULL: none */
    const struct errand_files *files;  /* NULL: none but what all need */
    /* By an OpenID provider; NULL: nothing is kept of it. */
    struct published *published;
    /* Domain controllers of this domain that failed in this run, and are not asked again. */
    char dead[ERRAND_DEAD][DNS_NAME];
    size_t dead_count;
    /* Of the identity in the directory beside one at a provider (work/beside.h). */
    struct errand *beside; /* of the provider's errand; NULL: there is none */
    struct message *asked; /* its request, which is its own */
    char person[1100];     /* whom the provider means; "": nobody known */
    bool is_right;         /* the password that it gets is the provider's for sure */
    bool is_behind;        /* its journal says since this errand that it may lack that */
    const char *keeps;     /* said of the keychain: "yes", "never", "" not now; NULL: to be asked */
    char short_name[NAME_USER_MOST + 1]; /* what a claim of the provider calls it; "" */
    const struct secret *proven, *next;  /* to be used instead of asking, each once; NULL */
    struct secret **taken; /* where a password goes that has become the one; NULL: nowhere */
    /* Of settings that cannot be used, ours and Kerberos's: doctor tells it and goes on. */
    struct why bad_settings, bad_kerberos;
};

/* Looks up the login name, which may need files and sockets that the worker then gives up. */
void errand_account(struct errand *errand);

/* Ends the process, by SIGALRM, a little after the deadline: libraries that wait on their own do
 * not wait for ever. 0: while a person thinks. */
void errand_watch(long deadline_ms);

/* Milliseconds that are left, at least 1. */
int errand_left(const struct errand *errand);

/* What one domain controller must leave of that, so that there is time for another one. */
int errand_reserve(const struct errand *errand);

/* The words of a list, NULL at the end, most at most; the text that they lie in is the caller's to
 * free. NULL without memory. */
char *errand_list(const struct errand *errand, enum setting setting, const char **words,
                  size_t most);

/* A remembered fact or a slot of the request; NULL if absent or empty. */
const char *errand_text(const struct errand *errand, enum slot slot);

/* Who signs in, and where. */
struct login {
    char user[NAME_USER_MOST + 1];     /* as Kerberos takes it */
    char domain[NAME_DOMAIN_MOST + 1]; /* where to look for the domain controllers */
    bool enterprise;                   /* user is a UPN, "alice@corp.example" */
};

/* From what was typed, the settings, what is remembered, the login name and the network, and by
 * asking; finds the domain controller on the way. */
enum outcome login_locate(struct errand *errand, struct login *login, struct dc *dc,
                          struct why *why);

/* A live DC of this domain, within the errand's time. */
enum outcome errand_locate(struct errand *errand, const char *domain, struct dc *dc,
                           struct why *why);

/* The same for another domain than before, where nothing has failed yet. */
enum outcome errand_move(struct errand *errand, const char *domain, struct dc *dc, struct why *why);

/* The DC failed as why says. If that is the DC's fault and not an answer: it is skipped from now
 * on, and *dc is another live one. If there is none, a DC that was only slow is asked once more,
 * with all the time. Else fails with why, as it was. */
enum outcome errand_next_dc(struct errand *errand, struct dc *dc, struct why *why);

/* Shows a domain that nobody typed or set; CANCELLED, not-confirmed, unless the person agrees. */
enum outcome errand_confirm(struct errand *errand, const char *domain, const char *who_named_it,
                            struct why *why);

/* The realm of a domain: its name in capitals. */
void errand_realm(const char *domain, char realm[256]);

/* Pins libkrb5 to the DC and opens it; the realm (256 bytes) is the domain in capitals. */
enum outcome errand_kerberos(const struct dc *dc, char *realm, struct tickets **tickets,
                             struct why *why);

/* The same, for a ticket by a certificate: the DC must prove itself by its own one. */
enum outcome errand_kerberos_for_card(const struct dc *dc, char *realm, struct tickets **tickets,
                                      struct why *why);

/* Can a ticket be kept where the caller wants it? Asked before the password is. */
enum outcome errand_check_cache(const struct errand *errand, struct why *why);

/* USAGE for one that no account can have: empty, no UTF-8, with control characters. It would cost
 * an attempt. */
enum outcome errand_check_password(const struct secret *password, const char *what,
                                   struct why *why);

/* A person who can be asked types it once more; a program does not mistype. */
enum outcome errand_ask_again(const struct errand *errand, const char *name, const char *prompt,
                              const struct secret *first, struct why *why);

/* The same, and tickets_renew and tickets_service go to this DC, for its share of the time. The
 * realm is borrowed as long as the tickets live. */
enum outcome errand_tickets(struct errand *errand, const struct dc *dc, char *realm,
                            struct tickets **tickets, struct why *why);

/* Of a context that is pinned to it. */
void errand_point(const struct errand *errand, const struct dc *dc, const char *realm,
                  struct tickets *tickets);

/* The ticket that the person has, and a live DC of its realm. */
enum outcome errand_find_ticket(struct errand *errand, struct ticket *ticket, struct dc *dc,
                                struct why *why);

/* Asks for the password that is in use; what says which: "Password". USAGE for one that can be
 * none. */
enum outcome errand_password(struct errand *errand, const struct login *login, const char *what,
                             struct secret **password, struct why *why);

/* A ticket with the password that the keychain holds for this login at this domain: one attempt in
 * the life of that password. With the keychain's reason in the errand, too: none can be had. A
 * password that is refused is deleted. */
enum outcome errand_stored_ticket(struct errand *errand, const struct login *login, struct dc *dc,
                                  struct ticket *ticket, struct why *why);

/* Keeps a password that is right, if the settings and the person say so. What goes wrong is told,
 * and is no failure of the errand. */
void errand_keep(struct errand *errand, const struct ticket *ticket, const struct secret *password);

/* Asks the keychain to change the password of the login keyring; old NULL: whether it opens with
 * the new one. What may be answered is in wire/messages.def. */
enum outcome errand_rekey(struct errand *errand, const struct secret *old, const struct secret *new,
                          struct why *why);

/* The password is right: gives it to the places that are open, with the old one (NULL: it is not
 * known, and asked for where somebody is there). What goes wrong is told and stays open. */
void errand_follow(struct errand *errand, const char *principal, const struct secret *old,
                   const struct secret *now);

/* Deletes what the keychain holds for this principal. */
enum outcome errand_forget(struct errand *errand, const char *user, const char *realm,
                           struct why *why);

/* Has the DC a certificate that this computer trusts, for its name? NOT_AUTHENTIC if not. */
enum outcome errand_look(struct errand *errand, const struct dc *dc, struct why *why);

/* The request for a ticket at this DC, as the settings want it; borrows all that it is given. */
void errand_request(struct errand *errand, const struct login *login, const struct dc *dc,
                    const char *realm, const struct secret *password,
                    struct ticket_request *request);

/* One attempt at this DC; its facts go into the result. other_realm as in tickets_get. */
enum outcome errand_ticket(struct errand *errand, const struct login *login, const struct dc *dc,
                           const struct secret *password, struct ticket *ticket, char *other_realm,
                           struct why *why);

/* The same at the next DC, if this one fails before the password may have reached it: *dc is then
 * the one that was asked last. */
enum outcome errand_ticket_or_next(struct errand *errand, const struct login *login, struct dc *dc,
                                   const struct secret *password, struct ticket *ticket,
                                   char *other_realm, struct why *why);

/* Asks for a new password, changes the old one to it at this DC and gets a ticket with it. */
enum outcome errand_change(struct errand *errand, const struct login *login, struct dc *dc,
                           const struct secret *old, struct ticket *ticket, struct why *why);

/* Reads the person, unless only the ticket was asked for, at this DC, or at the next one if it
 * fails; completes the result. */
enum outcome errand_read(struct errand *errand, const struct dc *dc, const struct ticket *ticket,
                         struct why *why);

/* Facts into the result. */
void facts_ticket(struct errand *errand, const struct ticket *ticket);
void facts_dc(struct errand *errand, const struct dc *dc);
void facts_person(struct errand *errand, const struct person *person);
/* Whatever else is remembered of the same principal. */
void facts_remembered(struct errand *errand);
/* What the person said of the keychain before, if it was not said anew. */
void facts_kept(struct errand *errand);
/* Days left and the like, which depend on the hour. */
void facts_now(struct errand *errand);

/* A signed-in connection to this DC, as the settings want it. */
enum outcome errand_server(struct errand *errand, const struct dc *dc, const struct ticket *ticket,
                           struct server **server, struct why *why);

/* sign-in with the card of the errand, which is set then. */
enum outcome sign_in_by_card(struct errand *errand, struct why *why);

/* The verbs. */
#define WORKER_VERB(name, word, function, ...)                                                     \
    enum outcome verb_##function(struct errand *errand, struct why *why);
#include "wire/verbs.def"

/* sign-in for an identity that does it by certificate: in chatelaine-worker-cert. */
enum outcome verb_sign_in_by_certificate(struct errand *errand, struct why *why);

/* What a worker does for a verb. */
typedef enum outcome errand_function(struct errand *errand, struct why *why);

#endif
