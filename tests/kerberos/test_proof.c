/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "kerberos/proof.h"

/* An AS-REQ of version 5 with one PA-DATA, whose type and first byte of value are written in. */
static const unsigned char with_padata[] = {
    0x6a, 0x20, 0x30, 0x1e, 0xa1, 0x03, 0x02, 0x01, 0x05, 0xa2, 0x03, 0x02,
    0x01, 0x0a, 0xa3, 0x0e, 0x30, 0x0c, 0x30, 0x0a, 0xa1, 0x04, 0x02, 0x02,
    0x00, 0x02, 0xa2, 0x02, 0x04, 0x00, 0xa4, 0x02, 0x30, 0x00,
};
static const unsigned char without[] = {
    0x6a, 0x10, 0x30, 0x0e, 0xa1, 0x03, 0x02, 0x01, 0x05,
    0xa2, 0x03, 0x02, 0x01, 0x0a, 0xa4, 0x02, 0x30, 0x00,
};

static bool of_type(unsigned type)
{
    unsigned char request[sizeof with_padata];

    memcpy(request, with_padata, sizeof request);
    request[24] = (unsigned char)(type >> 8);
    request[25] = (unsigned char)type;
    return proof_in(request, sizeof request);
}

static void types(void **state)
{
    (void)state;
    assert_false(proof_in(without, sizeof without));
    assert_true(of_type(2));    /* encrypted timestamp */
    assert_true(of_type(138));  /* encrypted challenge */
    assert_true(of_type(136));  /* what is inside FAST cannot be seen */
    assert_false(of_type(128)); /* PAC request */
    assert_false(of_type(149)); /* request for a canonical name */
    assert_false(of_type(151)); /* SPAKE, its empty first message */
}

static void damaged(void **state)
{
    (void)state;
    assert_true(proof_in((const unsigned char *)"", 0));
    for (size_t i = 0; i < sizeof with_padata; i++)
        assert_true(proof_in(with_padata, i));
}
FACTS(FACT(types, "proof_in: timestamps, challenges, SPAKE responses and FAST are proofs"),
      FACT(damaged, "proof_in: what is no whole AS-REQ counts as one"))
