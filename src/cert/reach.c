/* SPDX-License-Identifier: MIT */
#include "cert/reach.h"

#include <string.h>

#include "cert/session.h"
#include "cert/tpm.h"

static bool is_of(const CK_UTF8CHAR *maker, const char *name)
{
    return !memcmp(maker, name, strlen(name));
}

static enum outcome reach_tpm(struct why *why)
{
    struct tpm tpm;
    struct why none;

    (void)tpm_find(&tpm, &none);
    return tpm_is_of_system(&tpm)
               ? OUTCOME_OK
               : fail(why, REASON_TOKEN_UNREACHABLE,
                      "what belongs to the key in the TPM is in %s, and not in /etc/tpm2_pkcs11",
                      tpm.store);
}

enum outcome token_reach(const struct token *token, struct why *why)
{
    CK_INFO library;
    CK_RV code = token->module->C_GetInfo(&library);

    if (code)
        return session_fail(token, code, "asking the token's library who it is", why);
    if (is_of(token->info.manufacturerID, "SoftHSM project "))
        return softhsm_reach(why);
    return token->is_tpm || is_of(library.manufacturerID, "tpm2-software") ? reach_tpm(why)
                                                                           : OUTCOME_OK;
}
