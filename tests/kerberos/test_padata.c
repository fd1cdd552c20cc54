/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "kerberos/padata.h"

/* A KRB-ERROR with a code and a METHOD-DATA of one element of a type. */
enum { CODE_AT = 8, TYPE_AT = 21 };
static unsigned char error[] = { 0x7e, 24, 0x30, 22, 0xa6, 3, 0x02, 1, 25, 0xac, 15, 0x04, 13,
                                 0x30, 11, 0x30, 9,  0xa1, 3, 0x02, 1, 16, 0xa2, 2,  0x04, 0 };

static const unsigned char ticket[] = { 0x6b, 4, 0x30, 2, 0xa5, 0 };

static void lacks(void **state)
{
    (void)state;
    assert_false(padata_lacks(error, sizeof error, PADATA_PK_AS_REQ));
    assert_true(padata_lacks(error, sizeof error, PADATA_ETYPE_INFO2));
    error[TYPE_AT] = PADATA_ETYPE_INFO2;
    assert_true(padata_lacks(error, sizeof error, PADATA_PK_AS_REQ));
    error[CODE_AT] = 6; /* of another one the list says nothing */
    assert_false(padata_lacks(error, sizeof error, PADATA_PK_AS_REQ));
    error[CODE_AT] = 25;
    for (size_t i = 0; i < 11; i++)
        assert_false(padata_lacks(error, i, PADATA_PK_AS_REQ));
    assert_false(padata_lacks(ticket, sizeof ticket, PADATA_PK_AS_REQ));
}

static void tickets(void **state)
{
    (void)state;
    assert_true(padata_is_ticket(ticket, sizeof ticket));
    assert_false(padata_is_ticket(error, sizeof error));
    assert_false(padata_is_ticket(ticket, 3));
}

FACTS(FACT(lacks, "padata_lacks: of the error that asks for more alone, and of a whole one"),
      FACT(tickets, "padata_is_ticket: an AS-REP is"))
