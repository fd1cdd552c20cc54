/* SPDX-License-Identifier: MIT
 *
 * What is asked of a certificate before it is kept.
 */
#ifndef CERT_RECEIPT_H
#define CERT_RECEIPT_H

#include <gnutls/abstract.h>
#include <stdbool.h>
#include <time.h>

#include "cert/chain.h"
#include "cert/person.h"

/* All is borrowed. */
struct receipt {
    gnutls_pubkey_t key;             /* the one that was asked for */
    const struct chain *authorities; /* of the CA that was asked; none: nobody is believed */
    const struct cert_person *person;
    time_t now;
    bool for_clients; /* the template has that use */
};

/* Looks among those that came for the one of the key, and whether all is as it should be. Gives it,
 * and behind it those that lead to the authority, that one last.
 *   certificate-other-key, certificate-other-authority, certificate-other-person.
 *   certificate-time: not valid now, or for more than ten years.
 *   certificate-unfit: too weak, an authority itself, not for signatures, or not to prove to
 * servers who somebody is, where the template is for that. */
enum outcome receipt_check(const struct receipt *receipt, const struct chain *came,
                           struct chain *kept, struct why *why);

#endif
