/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "directory/enrolment_take.h"

static struct berval value_of(const char *bytes, size_t length)
{
    return (struct berval){ length, (char *)bytes };
}
#define VALUE(literal) value_of(literal, sizeof(literal) - 1)

static void names(void **state)
{
    const struct berval bad[] = {
        VALUE(""),         VALUE("two\nlines"), VALUE("two\r\nSAN:upn=x"),   VALUE("nul\0"),
        VALUE("\x1b[31m"), VALUE("latin \xe4"), VALUE("turned \xe2\x80\xae")
    };
    char name[ENROLMENT_NAME] = "as it was", longest[ENROLMENT_NAME];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(enrolment_name(&bad[i], name));
    assert_string_equal(name, "as it was");
    struct berval good = VALUE("K\xc3\xb6lner Stra\xc3\x9f"
                               "e (1)");
    assert_true(enrolment_name(&good, name));
    assert_string_equal(name, "K\xc3\xb6lner Stra\xc3\x9f"
                              "e (1)");
    memset(longest, 'x', sizeof longest);
    struct berval fits = value_of(longest, ENROLMENT_NAME - 1),
                  too_long = value_of(longest, ENROLMENT_NAME);
    assert_true(enrolment_name(&fits, name));
    assert_false(enrolment_name(&too_long, name));
}

static void ders(void **state)
{
    const struct berval bad[] = { VALUE(""),
                                  VALUE("\0"),
                                  VALUE("\x30"),
                                  VALUE("\x30\x00"),
                                  VALUE("\x31\x01x"),
                                  VALUE("\x30\x01"),
                                  VALUE("\x30\x01xx"),
                                  VALUE("\x30\x80x\0\0"),
                                  VALUE("\x30\x84\xff\xff\xff\xffx"),
                                  VALUE("-----BEGIN") };
    static char large[ENROLMENT_DER_MOST + 1] = "\x30\x82\x3f\xfc";

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(enrolment_is_der(&bad[i]));
    struct berval good = VALUE("\x30\x01x"), largest = value_of(large, ENROLMENT_DER_MOST);
    assert_true(enrolment_is_der(&good));
    assert_true(enrolment_is_der(&largest));
    large[3] = '\xfd';
    largest.bv_len++;
    assert_false(enrolment_is_der(&largest));
}

static void servers(void **state)
{
    static const char *const bad[] = { "",
                                       "1",
                                       "1\n2\n0",
                                       "1\n2\n0\n",
                                       "1\n2\n0\n\n0",
                                       "x\n2\n0\nhttps://h/",
                                       "\n2\n0\nhttps://h/",
                                       "1\n-2\n0\nhttps://h/",
                                       "1\n2\n12345678\nhttps://h/",
                                       "1\n2\n0\nhttps://h/\x1b" };
    static char longest[ENROLMENT_URL + 8] = "1\n8\n1\n";
    struct berval good = { 22, "1\n8\n1\nhttps://h/CES\n0" }, more = { 0, longest };
    struct enrolment_server server;

    (void)state;
    assert_true(enrolment_server_parse(&good, &server));
    assert_int_equal(server.priority, 1);
    assert_int_equal(server.authentication, 8);
    assert_true(server.renewal_only);
    assert_string_equal(server.url, "https://h/CES");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct berval value = { strlen(bad[i]), (char *)bad[i] };
        assert_false(enrolment_server_parse(&value, &server));
    }
    memset(longest + 6, 'x', ENROLMENT_URL);
    more.bv_len = 6 + ENROLMENT_URL - 1;
    assert_true(enrolment_server_parse(&more, &server));
    more.bv_len++;
    assert_false(enrolment_server_parse(&more, &server));
}

FACTS(FACT(servers, "enrolment_server_parse: three numbers and an address, a line each"),
      FACT(names, "enrolment_name: one clean line that fits, nothing else"),
      FACT(ders, "enrolment_is_der: one SEQUENCE that is not too long, and nothing behind it"))
