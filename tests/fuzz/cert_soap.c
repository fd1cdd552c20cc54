/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "cert/wstep.h"
#include "cert/xcep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ID "urn:uuid:72048b64-0f19-448f-8c2e-b4c661860aa0"

static void need(bool good)
{
    if (!good)
        __builtin_trap();
}

/* An answer of a policy or an enrolment server, whichever it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy policy;
    const struct chain none = { .count = 0 };
    chain_auto issued = { .count = 0 };
    xml_auto *xml = NULL;
    const xml_node *body = NULL;
    struct soap_fault fault;
    struct cert_answer answer = { .disposition = DISPOSITION_FAILED };
    struct why why = { 0 };

    if (xml_read((const char *)data, size, &xml, &why) || soap_read(xml, ID, &body, &fault, &why)) {
        need(why.reason == REASON_BAD_ANSWER || why.reason == REASON_BROKEN);
        return 0;
    }
    need(text_is_clean(fault.text, strlen(fault.text)));
    if (fault.is_there) {
        need(wstep_is_denial(&fault, &answer) == (answer.disposition == DISPOSITION_DENIED));
        return 0;
    }
    if (!wstep_read(body, &answer, &issued, &why))
        need((answer.disposition == DISPOSITION_ISSUED) == (issued.count > 0) &&
             (answer.disposition != DISPOSITION_PENDING || answer.request));
    else
        need(!issued.count);
    need(text_is_clean(answer.message, strlen(answer.message)));
    need(xcep_read(body, "User", &none, &policy, &why)); /* of no authority there is none */
    return 0;
}
