/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "kerberos/ntstatus.h"

/* KERB-ERROR-DATA (MS-KILE 2.2.1) with KERB-EXT-ERROR: status, reserved 0, flags 1. As Windows
 * sends it, bare. */
static const unsigned char bare[] = {
    0x30, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04, 0x0c, 0x34,
    0x02, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
};

/* As Samba sends it: one PA-DATA of type 3 in METHOD-DATA. */
static const unsigned char wrapped[] = {
    0x30, 0x17, 0x30, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04, 0x0c,
    0x72, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
};

/* The same behind another PA-DATA (type 2), lengths in long form. */
static const unsigned char second[] = {
    0x30, 0x81, 0x23, 0x30, 0x09, 0xa1, 0x03, 0x02, 0x01, 0x02, 0xa2, 0x02, 0x04,
    0x00, 0x30, 0x82, 0x00, 0x15, 0xa1, 0x03, 0x02, 0x01, 0x03, 0xa2, 0x0e, 0x04,
    0x0c, 0x6f, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
};

static void forms(void **state)
{
    uint32_t status;

    (void)state;
    assert_true(ntstatus_find(bare, sizeof bare, &status));
    assert_int_equal(status, 0xc0000234);
    assert_true(ntstatus_find(wrapped, sizeof wrapped, &status));
    assert_int_equal(status, 0xc0000072);
}

static void behind(void **state)
{
    unsigned char bytes[sizeof second];
    uint32_t status;

    (void)state;
    memcpy(bytes, second, sizeof second);
    bytes[2] = sizeof second - 3;
    assert_true(ntstatus_find(bytes, sizeof bytes, &status));
    assert_int_equal(status, 0xc000006f);
}

static void cut(void **state)
{
    uint32_t status;

    (void)state;
    for (size_t length = 0; length < sizeof bare; length++)
        assert_false(ntstatus_find(bare, length, &status));
    for (size_t length = 0; length < sizeof wrapped; length++)
        assert_false(ntstatus_find(wrapped, length, &status));
}

/* Every byte in turn gets every value: no crash, and no status but from the status' bytes. */
static void changed(void **state)
{
    unsigned char bytes[sizeof wrapped];
    uint32_t status;

    (void)state;
    for (size_t i = 0; i < 13; i++)
        for (int value = 0; value < 256; value++) {
            memcpy(bytes, wrapped, sizeof wrapped);
            bytes[i] = (unsigned char)value;
            if (ntstatus_find(bytes, sizeof bytes, &status))
                assert_int_equal(status, 0xc0000072);
        }
}

static void others(void **state)
{
    static const unsigned char type_2[] = { 0x30, 0x09, 0xa1, 0x03, 0x02, 0x01,
                                            0x02, 0xa2, 0x02, 0x04, 0x00 };
    static const unsigned char endless[] = { 0x30, 0x80, 0x00, 0x00 };
    static const unsigned char huge[] = { 0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30 };
    unsigned char deep[64];
    uint32_t status;

    (void)state;
    assert_false(ntstatus_find(type_2, sizeof type_2, &status));
    assert_false(ntstatus_find(endless, sizeof endless, &status));
    assert_false(ntstatus_find(huge, sizeof huge, &status));
    assert_false(ntstatus_find((const unsigned char *)"text", 4, &status));
    for (size_t i = 0; i < sizeof deep; i += 2) {
        deep[i] = 0x30;
        deep[i + 1] = (unsigned char)(sizeof deep - i - 2);
    }
    assert_false(ntstatus_find(deep, sizeof deep, &status));
}

static void reasons(void **state)
{
    static const struct {
        uint32_t status;
        enum reason reason;
    } rows[] = {
        { 0xc0000234, REASON_ACCOUNT_LOCKED },   { 0xc0000072, REASON_DISABLED },
        { 0xc0000193, REASON_ACCOUNT_EXPIRED },  { 0xc000006f, REASON_OUTSIDE_HOURS },
        { 0xc0000071, REASON_PASSWORD_EXPIRED }, { 0xc0000224, REASON_MUST_CHANGE },
        { 0xc000006a, REASON_WRONG_PASSWORD },   { 0xc0000064, REASON_UNKNOWN_USER },
    };
    enum reason reason;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(ntstatus_reason(rows[i].status, &reason));
        assert_int_equal(reason, rows[i].reason);
    }
    assert_false(ntstatus_reason(0, &reason));
    assert_false(ntstatus_reason(0xc0000001, &reason));
}

FACTS(FACT(forms, "ntstatus_find: both forms are read, Windows' and Samba's"),
      FACT(behind, "ntstatus_find: it is found behind other PA-DATA, with long lengths"),
      FACT(cut, "ntstatus_find: cut at any byte there is none"),
      FACT(changed, "ntstatus_find: no changed byte gives another status"),
      FACT(others, "ntstatus_find: other types, endless, huge and deep ones hold none"),
      FACT(reasons, "ntstatus_reason: the four cases of CLIENT_REVOKED and others"))
