/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdlib.h>

#include "net/negotiate.h"

static struct why why;

static void offers(void **state)
{
    static const struct {
        const char *value;
        enum negotiate_offer offer;
    } cases[] = {
        { "Negotiate", NEGOTIATE_BARE },
        { "negotiate", NEGOTIATE_BARE },
        { "Negotiate ", NEGOTIATE_BARE },
        { "Negotiate, NTLM", NEGOTIATE_BARE },
        { "Negotiate oYG3", NEGOTIATE_TOKEN },
        { "NEGOTIATE  oYG3, NTLM", NEGOTIATE_TOKEN },
        { "Negotiator x", NEGOTIATE_OTHER },
        { "NTLM", NEGOTIATE_OTHER },
        { "NTLM TlRMTVNTUAAC", NEGOTIATE_OTHER },
        { "Basic realm=\"Negotiate\"", NEGOTIATE_OTHER },
        { "", NEGOTIATE_OTHER },
        { "Nego", NEGOTIATE_OTHER },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(negotiate_offer(cases[i].value), cases[i].offer);
}

/* No cache, so there is nothing to show; what libkrb5 finds elsewhere is not taken. */
static void no_ticket(void **state)
{
    negotiate_auto *negotiate = NULL;

    (void)state;
    test_reason(negotiate_open("FILE:/nonexistent/cache", false, &negotiate, &why), &why,
                REASON_NOT_SIGNED_IN, "no ticket");
    assert_null(negotiate);
    test_reason(negotiate_open("STRANGE:kind", false, &negotiate, &why), &why,
                REASON_CACHE_UNUSABLE, "unknown kind");
}

FACTS(FACT(offers, "negotiate_offer: a token, the bare word, or another scheme"),
      FACT(no_ticket, "negotiate_open: without a ticket nobody is signed in"))
