/* SPDX-License-Identifier: MIT
 *
 * A home folder of a test's own, with a token in SoftHSM, and somebody who can cancel.
 */
#ifndef TESTS_CERT_HOME_H
#define TESTS_CERT_HOME_H

#include "cert/key.h"
#include "cert/token.h"

extern struct asker nobody;    /* never cancels; its steps are in home_step */
extern struct asker impatient; /* cancels as soon as it is asked */
extern char home_step[128];

/* An empty home folder, by $HOME; gives a folder of ours in it, for locks. */
int home_begin(void);

/* The same with a token of the person's own, and its PIN and URI. */
int home_with_token(struct secret **pin, char uri[TOKEN_URI]);

/* The person's own token, or the one that the URI names, open. */
struct token *home_open(int folder, const char *uri, const struct secret *pin);

struct secret *home_secret(const char *text);

/* A key of this kind in it. */
void home_key(struct token *token, enum cert_key kind, bool exportable, const char *name,
              struct key_id *id);

/* How many objects there are, ours or not; how much there is of a key. */
size_t home_count(const struct token *token);
enum key_state home_look(const struct token *token, const struct key_id *id);

/* The URI of a module that is SoftHSM, but for what $FAKE_TOKEN_DOES says (tests/cert/fake.c). */
const char *home_fake(const char *does);

#endif
