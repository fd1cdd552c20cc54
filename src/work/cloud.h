/* SPDX-License-Identifier: MIT
 *
 * Errands of an identity at an OpenID provider.
 */
#ifndef WORK_CLOUD_H
#define WORK_CLOUD_H

#include "idp/grant.h"
#include "idp/id_token.h"
#include "idp/okta_walk.h"
#include "net/url.h"
#include "wire/verbs.h"
#include "work/errand.h"
#include "work/keychain.h"

enum { CLOUD_LIST = 16 };

struct cloud {
    struct errand *errand;
    const struct provider *provider;
    char issuer[ISSUER_MOST]; /* by the settings; of Okta without a client: the organisation */
    char org[URL_SHOWN];      /* of Okta; "" */
    struct https *https;
    struct discovery discovery;
    struct secret *client_secret;
    struct jwks *keys;   /* NULL: not asked for yet */
    bool keys_were_kept; /* they may be of an hour ago */
    char *tenants_text, *amr_text, *acr_text;
    char fleeting_scopes[SETTING_TEXT + 1]; /* without what asks for a token that gets others */
    const char *tenants[CLOUD_LIST + 1], *amr[CLOUD_LIST + 1], *acr[CLOUD_LIST + 1];
    struct grant grant;
};
void cloud_close(struct cloud *cloud);
#define cloud_auto __attribute__((cleanup(cloud_close))) struct cloud

/* By the settings alone: who is the provider. BAD_SETTING. */
enum outcome cloud_settings(struct errand *errand, struct cloud *cloud, struct why *why);

/* The same, and asks it where its endpoints are. */
enum outcome cloud_open(struct errand *errand, struct cloud *cloud, struct why *why);

/* Has it a client, and so tokens? Only where a provider has an API of its own it need not. */
bool cloud_has_tokens(const struct cloud *cloud);

/* Is the password typed here, and not at the provider's page? */
bool cloud_takes_password(const struct cloud *cloud);

/* Has the provider an API of its own for it? */
bool cloud_is_okta(const struct cloud *cloud);

/* The grant with the time that is left now. */
const struct grant *cloud_grant(struct cloud *cloud);

/* The keys that it publishes, asked for once. */
enum outcome cloud_keys(struct cloud *cloud, struct why *why);

/* What the provider is to have signed; NULL: nothing of that. */
struct cloud_check {
    const char *nonce;
    const struct secret *code;
    bool is_refresh; /* how the person signed in was looked at when that was done */
};

/* Opens the ID token of an answer, which must have one. */
enum outcome cloud_id_token(struct cloud *cloud, const struct tokens *tokens,
                            const struct cloud_check *check, struct id_token *id, struct why *why);

/* Facts into the result: who it is by the ID token, and by userinfo if the settings want that.
 * OTHER_PERSON if it is not the one that was asked for. */
enum outcome cloud_facts(struct cloud *cloud, const struct id_token *id,
                         const struct tokens *tokens, struct why *why);

/* The same by what Okta's API says of the person. */
enum outcome cloud_okta_facts(struct cloud *cloud, const struct okta_result *result,
                              struct why *why);

/* Whether the person may sign in here, facts by tokens or else by the API, rights: all that Okta's
 * session is for, which is taken and ended. PROVIDER_DENIED: not assigned to the access app. */
enum outcome cloud_okta_enter(struct cloud *cloud, struct okta_result *okta, struct tokens *tokens,
                              struct why *why);

/* Only a session with Okta tells whether the person may sign in: no page does. */
bool cloud_has_access_app(const struct cloud *cloud);

/* Was who is remembered let in by the access app of today? PROVIDER_DENIED. */
enum outcome cloud_had_access(const struct cloud *cloud, struct why *why);

/* Rights are as they were at the sign-in, as far as the settings still name who told them. */
void cloud_same_rights(struct cloud *cloud);

/* Of the result's facts those of an administrator go that another application told. */
void cloud_check_rights(struct cloud *cloud);

/* The authorization server of the organisation itself, which tells who is assigned to what. */
void cloud_okta_server(const struct cloud *cloud, struct discovery *server);

/* Who is remembered is not let in any more. */
void cloud_shut_out(struct cloud *cloud);

/* The ID token of an answer is looked at, and becomes facts. */
enum outcome cloud_take(struct cloud *cloud, const struct tokens *tokens,
                        const struct cloud_check *check, struct why *why);

/* Is it about who is remembered? OTHER_PERSON if not. */
enum outcome cloud_same_person(const struct cloud *cloud, const struct id_token *id,
                               struct why *why);

/* Those that are remembered, with the end of this token. */
void cloud_same_facts(struct cloud *cloud, const struct tokens *tokens);

/* Is somebody remembered of this issuer? */
bool cloud_knows(const struct cloud *cloud);

/* Would who is remembered be taken today? Settings may have changed since the sign-in.
 * OTHER_PERSON, OTHER_TENANT, NO_SECOND_FACTOR, PROVIDER_DENIED. */
enum outcome cloud_may_stay(const struct cloud *cloud, struct why *why);

/* What the keychain has, or would have, of who these facts are about; borrowed from them. */
struct item cloud_token_item(const struct cloud *cloud, const struct message *facts);
struct item cloud_password_item(const struct cloud *cloud, const struct message *facts);

/* The token that is kept, if it is the one that the facts name. NOT_STORED and so on. */
enum outcome cloud_find_token(struct cloud *cloud, const struct item *item, struct secret **token,
                              struct why *why);

/* Is who has signed in the one that was remembered? */
bool cloud_is_same(const struct errand *errand);

/* Keeps what gets new tokens, and the password if there is one, as the settings and the person
 * say. What goes wrong is told. */
void cloud_keep(struct cloud *cloud, const struct tokens *tokens, const struct secret *password);

/* New tokens by what the keychain holds; fewer scopes and audience as the grant says. The new token
 * that gets others is kept in its place. */
enum outcome cloud_refresh(struct cloud *cloud, struct tokens *tokens, struct why *why);

/* A sign-in by that, of the same person. */
enum outcome cloud_by_stored(struct cloud *cloud, struct why *why);

/* The token is deleted from the keychain: the person has to sign in again. */
void cloud_end_stay(struct cloud *cloud);

/* Shows the stored password to the provider, once in its life unless it is right; use does it, and
 * says in the errand whether it was accepted. NOT_STORED; PASSWORD_EXPIRED and MUST_CHANGE of a
 * right one. */
typedef enum outcome cloud_use(struct cloud *cloud, const char *user, const struct secret *password,
                               struct tokens *tokens, struct why *why);
enum outcome cloud_use_stored(struct cloud *cloud, cloud_use *use, struct why *why);

/* The same, and nothing comes of it. */
enum outcome cloud_verify(struct cloud *cloud, struct why *why);

/* The token that gets others, to be revoked: it is deleted from the keychain. NULL: none. */
struct secret *cloud_forget(struct cloud *cloud, bool and_password, struct why *why);

/* Somebody else has signed in: what is kept of who is remembered is deleted, and revoked. */
void cloud_leave_other(struct cloud *cloud);

/* The provider forgets it (NULL: none), if it can be reached soon. */
void cloud_revoke(struct cloud *cloud, const struct secret *token);

/* A token that nobody keeps (NULL: none) is revoked, unless another one of that person is kept. */
void cloud_drop(struct cloud *cloud, const struct secret *token);

/* What the password grant says, where a refusal may be as good as a token: *tokens may be empty. */
enum outcome cloud_password(struct cloud *cloud, const char *user, const struct secret *password,
                            struct tokens *tokens, struct why *why);

/* Signs in on another device. */
enum outcome cloud_by_device(struct cloud *cloud, struct why *why);

/* Signs in by Okta's API: the password, what else Okta wants of the person, tokens where there is a
 * client; facts, keychain and places follow. */
enum outcome cloud_okta_sign_in(struct cloud *cloud, const char *user,
                                const struct secret *password, struct tokens *tokens,
                                struct why *why);

/* The same with the stored one; where nobody is there, as far as that goes. */
enum outcome cloud_okta_resume(struct cloud *cloud, const char *user, const struct secret *password,
                               struct tokens *tokens, struct why *why);

/* Asks it whether the password is right, and nobody for more. */
enum outcome cloud_okta_prove(struct cloud *cloud, const char *user, const struct secret *password,
                              struct tokens *tokens, struct why *why);

/* Changes the password by Okta's API, which lets that be done where it has expired or will soon.
 * *changed: it was. */
enum outcome cloud_okta_change(struct cloud *cloud, bool *changed, struct why *why);

/* Without the old password, or for an account that is locked, as the request says. */
enum outcome cloud_okta_recover(struct cloud *cloud, struct why *why);

/* By whose name a password is asked for: by what is known, else by asking. */
enum outcome cloud_ask_user(const struct errand *errand, char *user, size_t size, struct why *why);

/* Who does this verb; NULL: nobody. */
errand_function *cloud_function(enum verb verb);

/* The verbs. */
enum outcome cloud_sign_in(struct errand *errand, struct why *why);
enum outcome cloud_renew(struct errand *errand, struct why *why);
enum outcome cloud_status(struct errand *errand, struct why *why);
enum outcome cloud_sign_out(struct errand *errand, struct why *why);
enum outcome cloud_change_password(struct errand *errand, struct why *why);
enum outcome cloud_repair(struct errand *errand, struct why *why);
enum outcome cloud_token(struct errand *errand, struct why *why);
enum outcome cloud_doctor(struct errand *errand, struct why *why);

#endif
