/* SPDX-License-Identifier: MIT */
#include "kerberos/pkinit.h"

#include <dlfcn.h>
#include <profile.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kerberos/open.h"

#define PLUGIN "/preauth/pkinit.so"

/* One token was named, so there is one question. Without a PIN it is not answered, and the plugin
 * goes on without: where this call fails, it frees twice what it has read (1.20.1). */
static krb5_error_code answer(krb5_context context, krb5_responder_context asked,
                              const krb5_responder_pkinit_challenge *challenge,
                              struct pkinit *pkinit)
{
    krb5_responder_pkinit_identity *const *identities = challenge->identities;
    secret_auto *pin = NULL;

    if (!identities || !identities[0])
        return 0;
    if (identities[1])
        (void)fail(&pkinit->why, REASON_TOKEN_AMBIGUOUS, "libkrb5 asks for several PINs");
    else if (!pkinit->card->pin(pkinit->card, &pin, &pkinit->why) && pin)
        return krb5_responder_pkinit_set_answer(context, asked, identities[0]->identity,
                                                secret_peek(pin));
    return 0;
}

static krb5_error_code respond(krb5_context context, void *data, krb5_responder_context asked)
{
    krb5_responder_pkinit_challenge *challenge = NULL;
    krb5_error_code code = krb5_responder_pkinit_get_challenge(context, asked, &challenge);

    if (!code && challenge)
        code = answer(context, asked, challenge, data);
    krb5_responder_pkinit_challenge_free(context, asked, challenge);
    return code;
}

enum outcome pkinit_fail(const struct pkinit *pkinit, struct why *why)
{
    *why = pkinit->why;
    return reason_outcome(why->reason);
}

krb5_error_code pkinit_options(krb5_context context, krb5_get_init_creds_opt *options,
                               struct pkinit *pkinit)
{
    char anchors[1100];
    krb5_error_code code;

    (void)snprintf(anchors, sizeof anchors, "FILE:%s", pkinit->card->anchors);
    if ((code = krb5_get_init_creds_opt_set_pa(context, options, "X509_user_identity",
                                               pkinit->card->identity)) ||
        (code = krb5_get_init_creds_opt_set_pa(context, options, "X509_anchors", anchors)))
        return code;
    return krb5_get_init_creds_opt_set_responder(context, options, respond, pkinit);
}

/* The folder is beside libkrb5, unless krb5.conf names another one. */
enum outcome tickets_certificates(struct tickets *tickets, struct why *why)
{
    char *base = NULL, beside[1024], path[1100];
    profile_t profile = NULL;
    Dl_info library;

    if (dladdr((void *)krb5_init_context, &library) && strrchr(library.dli_fname, '/'))
        (void)snprintf(beside, sizeof beside, "%.*s/krb5/plugins",
                       (int)(strrchr(library.dli_fname, '/') - library.dli_fname),
                       library.dli_fname);
    else
        return fail(why, REASON_BROKEN, "nobody knows where libkrb5 is");
    if (!krb5_get_profile(tickets->context, &profile))
        (void)profile_get_string(profile, "libdefaults", "plugin_base_dir", NULL, beside, &base);
    (void)snprintf(path, sizeof path, "%s" PLUGIN, base ? base : beside);
    profile_release_string(base);
    profile_release(profile);
    return access(path, R_OK) ? fail(why, REASON_NO_PKINIT, "there is no %s", path) : OUTCOME_OK;
}
