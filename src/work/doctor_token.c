/* SPDX-License-Identifier: MIT
 *
 * doctor on the computer's TPM: for whom it could hold the keys of certificates.
 */
#include <string.h>

#include "cert/tpm.h"
#include "work/doctor.h"

/* Those of this identity, by what they say of a token. */
static unsigned count(const struct errand *errand, const char *token)
{
    const char *name;
    unsigned found = 0;

    for (size_t n = 0; (name = conf_certificate(errand->conf, n)); n++)
        found += !strcmp(conf_text(errand->conf, name, SETTING_CERTIFICATE_IDENTITY),
                         errand->identity) &&
                 !strcmp(conf_text(errand->conf, name, SETTING_TOKEN_URI), token);
    return found;
}

void doctor_tpm(struct doctor *doctor)
{
    static const char check[] = "tpm";
    bool is_needed = count(doctor->errand, "tpm");
    struct why why;
    struct tpm tpm;

    if (!is_needed && !count(doctor->errand, "auto"))
        return;
    if (!tpm_find(&tpm, &why) && !tpm_check_store(&tpm, &why))
        doctor_good(doctor, check, "", "by %s; new keys of certificates are made there", tpm.way);
    else if (why.reason == REASON_NO_TPM && !is_needed)
        doctor_skip(doctor, check, "", "%s: keys are made in SoftHSM", why.text);
    else
        doctor_fault(doctor, false, check, "", &why, NULL);
}
