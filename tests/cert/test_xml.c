/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/xml.h"

static struct why why;

static struct xml *read_text(const char *text)
{
    struct xml *xml = NULL;

    if (xml_read(text, strlen(text), &xml, &why))
        fail_msg("%s: %s", text, why.text);
    return xml;
}

static void refuses(const char *text, const char *words)
{
    struct xml *xml = NULL;

    test_reason(xml_read(text, strlen(text), &xml, &why), &why, REASON_BAD_ANSWER, words);
    assert_null(xml);
}

static void doctypes(void **state)
{
    static const char *const all[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x'><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]><a/>",
        "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>",
        "<?xml version='1.0'?><!-- x --><!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        refuses(all[i], "DOCTYPE");
}

static void malformed(void **state)
{
    static const char *const all[] = {
        "x",           "<a>",
        "<a></b>",     "<a/><a/>",
        "<a>&e;</a>",  "<a b='1' b='2'/>",
        "<a>\x80</a>", "<a>&#0;</a>",
        "<p:a/>x",     "\xff\xfe<\0a\0/\0>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        refuses(all[i], "no XML");
    refuses("", "0 bytes");
}

/* So many elements, one in the other. */
static char *deep(size_t count)
{
    char *text = malloc(count * 7 + 1), *at = text;

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, "<a>");
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, "</a>");
    return text;
}

static void limits(void **state)
{
    char *fits = deep(XML_DEPTH), *more = deep(XML_DEPTH + 1), *long_one = calloc(1, XML_MOST + 2);
    struct xml *xml = NULL;

    (void)state;
    assert_int_equal(xml_read(fits, strlen(fits), &xml, &why), OUTCOME_OK);
    xml_free(&xml);
    refuses(more, "deeper");
    assert_non_null(long_one);
    memset(long_one, ' ', XML_MOST + 1);
    refuses(long_one, "bytes");
    free(fits);
    free(more);
    free(long_one);
}

/* Others would have libxml2 look for modules that decode them. */
static void encodings(void **state)
{
    xml_auto *xml =
        read_text("<?xml version='1.0' encoding='EBCDIC-US'?><a xmlns='urn:1'>K\xc3\xb6ln</a>");
    char text[16];

    (void)state;
    assert_true(xml_text(xml_root(xml, "urn:1", "a"), text, sizeof text));
    assert_string_equal(text, "K\xc3\xb6ln");
    refuses("<?xml version='1.0' encoding='ISO-8859-1'?><a>K\xf6ln</a>", "no XML");
}

static void names(void **state)
{
    xml_auto *xml =
        read_text("<a xmlns='urn:1' xmlns:p='urn:2'><b>no</b><p:b>one</p:b><p:b>two</p:b></a>");
    const xml_node *root = xml_root(xml, "urn:1", "a"), *b = xml_child(root, "urn:2", "b");
    char text[16];

    (void)state;
    assert_null(xml_root(xml, "urn:2", "a"));
    assert_null(xml_root(xml, "urn:1", "b"));
    assert_null(xml_child(root, "urn:3", "b"));
    assert_null(xml_child(NULL, "urn:1", "b"));
    assert_true(xml_text(b, text, sizeof text));
    assert_string_equal(text, "one");
    assert_true(xml_text(xml_next(b, "urn:2", "b"), text, sizeof text));
    assert_string_equal(text, "two");
    assert_null(xml_next(xml_next(b, "urn:2", "b"), "urn:2", "b"));
}

/* What is in <a>, and what that is as this. */
static const xml_node *inside(struct xml **xml, const char *content)
{
    char text[256];

    xml_free(xml);
    (void)snprintf(text, sizeof text, "<a xmlns='urn:1'>%s</a>", content);
    *xml = read_text(text);
    return xml_root(*xml, "urn:1", "a");
}

static void texts(void **state)
{
    xml_auto *xml = NULL;
    char text[16];

    (void)state;
    assert_true(
        xml_text(inside(&xml, "\r\n a&#13;\n\t<![CDATA[<b>]]>&amp;&#x202e; "), text, sizeof text));
    assert_string_equal(text, "a   <b>&\?\?\?");
    assert_true(xml_text(inside(&xml, "0123456789abcdefg"), text, sizeof text));
    assert_string_equal(text, "0123456789abcde");
    assert_false(xml_text(inside(&xml, " \n "), text, sizeof text));
    assert_false(xml_text(NULL, text, sizeof text));
    assert_string_equal(text, "");
    assert_true(xml_word(inside(&xml, " whole\n"), text, sizeof text));
    assert_string_equal(text, "whole");
    assert_false(xml_word(inside(&xml, "0123456789abcdefg"), text, sizeof text));
    assert_false(xml_word(inside(&xml, "a&#10;b"), text, sizeof text));
    assert_string_equal(text, "");
}

static void numbers(void **state)
{
    static const char *const bad[] = { "",     "-1",         "+1",  "1.0",
                                       "0x10", "4294967296", "1 2", "99999999999999999999" };
    xml_auto *xml = NULL;
    unsigned number = 7;
    int other = 7;

    (void)state;
    assert_true(xml_number(inside(&xml, " 4294967295 "), &number));
    assert_int_equal(number, 4294967295U);
    assert_true(xml_signed(inside(&xml, "-2147483648"), &other));
    assert_int_equal(other, -2147483647 - 1);
    assert_false(xml_signed(inside(&xml, "-2147483649"), &other));
    assert_false(xml_signed(inside(&xml, "-"), &other));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(xml_number(inside(&xml, bad[i]), &number));
    assert_true(xml_is_true(inside(&xml, "true")) && xml_is_true(inside(&xml, "1")));
    assert_false(xml_is_true(inside(&xml, "TRUE")) || xml_is_true(inside(&xml, "false")) ||
                 xml_is_true(NULL));
}

static void base64(void **state)
{
    static const char *const bad[] = { "", " ", "AA", "A===", "AA-_", "AAAA<b>x</b>" };
    xml_auto *xml = NULL;
    gnutls_datum_t bytes;

    (void)state;
    assert_int_equal(xml_base64(inside(&xml, "aGF&#xD;\n\tsbG8="), &bytes, &why), OUTCOME_OK);
    assert_int_equal(bytes.size, 5);
    assert_memory_equal(bytes.data, "hallo", 5);
    gnutls_free(bytes.data);
    for (size_t i = 0; i < COUNT(bad); i++)
        test_reason(xml_base64(inside(&xml, bad[i]), &bytes, &why), &why, REASON_BAD_ANSWER, "");
    test_reason(xml_base64(NULL, &bytes, &why), &why, REASON_BAD_ANSWER, "");
}

FACTS(FACT(doctypes, "xml_read: no DOCTYPE, whatever is in it"),
      FACT(malformed, "xml_read: what is not well-formed is nothing"),
      FACT(limits, "xml_read: so deep and so long, and no more"),
      FACT(encodings, "xml_read: UTF-8, whatever it says of itself"),
      FACT(names, "xml_child, xml_next: by namespace and name"),
      FACT(texts, "xml_text: one clean line, cut; xml_word: whole, or not at all"),
      FACT(numbers, "xml_number, xml_signed, xml_is_true: in their range, and nothing else"),
      FACT(base64, "xml_base64: blanks and carriage returns are passed over"))
