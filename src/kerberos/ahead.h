/* SPDX-License-Identifier: MIT
 *
 * Within kerberos: renewals of several tickets that are under way at the same KDC at a time.
 */
#ifndef KERBEROS_AHEAD_H
#define KERBEROS_AHEAD_H

#include "kerberos/open.h"

/* The ticket in place of this one: what was asked for ahead, if it is for this very ticket, else
 * asked for now. krb5_free_cred_contents. */
enum outcome ahead_renew(struct tickets *tickets, krb5_ccache cache, const struct ticket *ticket,
                         krb5_creds *creds, struct why *why);

/* poll(2) for the KDC of the context (exchange.h): what is under way goes on meanwhile. */
int ahead_poll(struct kdc *kdc, struct pollfd *own, int timeout_ms);

/* Where to send what libkrb5 wants to send now. */
struct kdc *ahead_kdc(struct tickets *tickets);

/* Gives up whatever is still under way. */
void ahead_end(struct tickets *tickets);

#endif
