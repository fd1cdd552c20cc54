/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "kerberos/rounds.h"

/* What goes before a METHOD-DATA: a KRB-ERROR's e-data, an AS-REP's padata. */
static const unsigned char error[] = { 0x7e, 43, 0x30, 41, 0xac, 39, 0x04, 37 };
static const unsigned char ticket[] = { 0x6b, 41, 0x30, 39, 0xa2, 37 };

/* One ETYPE-INFO2: AES-256 without parameters, AES-128 with a count. */
enum { PA_TAG = 4, PA_TYPE = 8, COUNT_AT = 33, SIZE = 37 };
static const unsigned char wanted[SIZE] = {
    0x30, 35, 0x30, 33, 0xa1, 3,    0x02, 1,    19, 0xa2, 26, 0x04, 24,   0x30, 22,   0x30, 5,
    0xa0, 3,  0x02, 1,  18,   0x30, 13,   0xa0, 3,  0x02, 1,  17,   0xa2, 6,    0x04, 4,
};

static size_t build(unsigned char *message, const unsigned char *head, size_t length,
                    uint32_t count)
{
    memcpy(message, head, length);
    memcpy(message + length, wanted, SIZE);
    for (size_t i = 0; i < 4; i++)
        message[length + COUNT_AT + i] = (unsigned char)(count >> (24 - 8 * i));
    return length + SIZE;
}

static bool of_count(uint32_t count)
{
    unsigned char message[64];
    bool unfit = rounds_unfit(message, build(message, error, sizeof error, count));

    assert_int_equal(unfit, rounds_unfit(message, build(message, ticket, sizeof ticket, count)));
    return unfit;
}

static void counts(void **state)
{
    (void)state;
    assert_true(of_count(1));
    assert_true(of_count(ROUNDS_LEAST - 1));
    assert_false(of_count(ROUNDS_LEAST));
    assert_false(of_count(32768));
    assert_false(of_count(ROUNDS_MOST));
    assert_true(of_count(ROUNDS_MOST + 1));
    assert_true(of_count(UINT32_MAX));
    assert_true(of_count(0)); /* 2^32 */
}

static void others(void **state)
{
    unsigned char message[64];
    size_t length = build(message, error, sizeof error, 0);

    (void)state;
    assert_true(rounds_unfit(message, length));
    message[sizeof error + PA_TAG] = 0xa0; /* TYPED-DATA, which libkrb5 takes too */
    assert_true(rounds_unfit(message, length));
    message[sizeof error + PA_TYPE] = 2;
    assert_false(rounds_unfit(message, length));
    for (size_t i = 0; i < length; i++)
        assert_false(rounds_unfit(message, i));
}
FACTS(FACT(counts, "rounds_unfit: 4096 to a million in an error or a ticket; 0 is 2^32"),
      FACT(others, "rounds_unfit: a half message or another kind of data wants none"))
