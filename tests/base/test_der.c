/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/clock.h"
#include "base/der.h"

/* Two elements: a sequence of an integer and an octet string, and a long string. */
static unsigned char bytes[300] = { 0x30, 0x07, 0x02, 0x01, 0x05, 0x04, 0x02,
                                    'h',  'i',  0x04, 0x82, 0x01, 0x00 };
enum { ALL = 13 + 256 };

static void takes(void **state)
{
    struct der in = { bytes, bytes + ALL }, sequence, inside;
    unsigned long tag;

    (void)state;
    assert_true(der_take(&in, &tag, &sequence));
    assert_int_equal(tag, 0x30);
    assert_int_equal(sequence.end - sequence.at, 7);
    assert_true(der_take_as(&sequence, 0x02, &inside));
    assert_int_equal(*inside.at, 5);
    assert_true(der_take_as(&sequence, 0x04, &inside));
    assert_memory_equal(inside.at, "hi", 2);
    assert_false(der_take(&sequence, &tag, &inside));
    assert_true(der_take_as(&in, 0x04, &inside));
    assert_int_equal(inside.end - inside.at, 256);
    assert_ptr_equal(in.at, in.end);
    assert_false(der_take(&in, &tag, &inside));
}

static void cut(void **state)
{
    unsigned long tag;

    (void)state;
    for (size_t length = 0; length < ALL; length++) {
        struct der in = { bytes, bytes + length }, inside;
        int count = 0;
        while (der_take(&in, &tag, &inside)) {
            assert_true(inside.at <= inside.end && inside.end <= bytes + length);
            count++;
        }
        assert_int_equal(count, length >= 9);
    }
}

static void malformed(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        { "\x30\x80\x00\x00", 4 },                              /* indefinite */
        { "\x04\x84\xff\xff\xff\xff", 6 },                      /* huge */
        { "\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10 },     /* overflowing */
        { "\x04\x89\x00\x00\x00\x00\x00\x00\x00\x00\x00", 11 }, /* long length */
        { "\x04\xff", 2 },
        { "\x04\x82\x01", 3 },
        { "\x04\x02\x01", 3 }, /* cut */
    };
    unsigned long tag;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const unsigned char *at = (const unsigned char *)rows[i].bytes;
        struct der in = { at, at + rows[i].length }, inside;
        if (der_take(&in, &tag, &inside))
            fail_msg("row %zu is taken", i);
    }
}

static void clock_goes_on(void **state)
{
    long before = clock_ms();

    (void)state;
    assert_true(before > 0);
    assert_true(clock_ms() >= before);
}

FACTS(FACT(takes, "der_take: elements in their order, short and long lengths"),
      FACT(cut, "der_take: never past the end, wherever it is cut"),
      FACT(malformed, "der_take: indefinite, huge and cut lengths are malformed"),
      FACT(clock_goes_on, "clock_ms: never steps back"))
