/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the word is ours */

#include "directory/dns.h"

#define NAME "_ldap._tcp.dc._msdcs.ad.test"

/* A message under construction. */
struct message {
    unsigned char bytes[65536];
    size_t length;
};

static void add(struct message *message, const void *bytes, size_t length)
{
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

static void add16(struct message *message, unsigned value)
{
    unsigned char bytes[] = { (unsigned char)(value >> 8), (unsigned char)value };

    add(message, bytes, sizeof bytes);
}

static void add_name(struct message *message, const char *name)
{
    while (*name) {
        unsigned char size = (unsigned char)strcspn(name, ".");
        add(message, &size, 1);
        add(message, name, size);
        name += size + (name[size] == '.');
    }
    add(message, "", 1);
}

static void begin(struct message *message, unsigned code, unsigned answers, unsigned additional)
{
    message->length = 0;
    add16(message, 7);
    add16(message, 0x8180 | code);
    add16(message, 1);
    add16(message, answers);
    add16(message, 0);
    add16(message, additional);
    add_name(message, NAME);
    add16(message, 33);
    add16(message, 1);
}

static void add_head(struct message *message, const char *owner, unsigned type, unsigned length)
{
    add_name(message, owner);
    add16(message, type);
    add16(message, 1);
    add16(message, 0);
    add16(message, 60);
    add16(message, length);
}

static void add_srv(struct message *message, unsigned priority, unsigned weight, const char *target)
{
    add_head(message, NAME, 33, (unsigned)(6 + strlen(target) + (*target ? 2 : 1)));
    add16(message, priority);
    add16(message, weight);
    add16(message, 389);
    add_name(message, target);
}

static struct dns_servers servers;
static struct why why;

static enum outcome parse(const struct message *message)
{
    memset(&why, 0, sizeof why);
    return dns_srv_parse(message->bytes, message->length, NAME, &servers, &why);
}

static void records_with_addresses_are_read(void **state)
{
    static struct message message;
    static const unsigned char v4[] = { 192, 0, 2, 7 }, v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 9 };
    char text[DNS_ADDRESS_TEXT];

    (void)state;
    begin(&message, 0, 2, 3);
    add_srv(&message, 0, 100, "dc1.ad.test");
    add_srv(&message, 1, 100, "dc2.ad.test");
    add_head(&message, "DC1.ad.test", 1, 4);
    add(&message, v4, sizeof v4);
    add_head(&message, "dc1.ad.test", 28, 16);
    add(&message, v6, sizeof v6);
    add_head(&message, "other.ad.test", 1, 4);
    add(&message, v4, sizeof v4);
    assert_int_equal(parse(&message), OUTCOME_OK);
    assert_int_equal(servers.count, 2);
    assert_string_equal(servers.server[0].host, "dc1.ad.test");
    assert_int_equal(servers.server[0].addresses, 2);
    dns_address_text(&servers.server[0].address[0], text);
    assert_string_equal(text, "192.0.2.7:389");
    dns_address_text(&servers.server[0].address[1], text);
    assert_string_equal(text, "[2001:db8::9]:389");
    assert_int_equal(servers.server[1].addresses, 0);
    assert_int_equal(servers.server[1].priority, 1);
}

static void no_such_name_and_no_records_are_no_domain(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 3, 0, 0);
    assert_int_not_equal(parse(&message), OUTCOME_OK);
    assert_int_equal(why.reason, REASON_NO_DOMAIN);
    begin(&message, 0, 0, 0);
    assert_int_not_equal(parse(&message), OUTCOME_OK);
    assert_int_equal(why.reason, REASON_NO_DOMAIN);
}

static void a_failing_server_is_no_dns(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 2, 0, 0);
    assert_int_equal(parse(&message), OUTCOME_OFFLINE);
    assert_int_equal(why.reason, REASON_NO_DNS);
}

static void target_dot_means_no_such_service(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 0, 1, 0);
    add_srv(&message, 0, 0, "");
    assert_int_not_equal(parse(&message), OUTCOME_OK);
    assert_int_equal(why.reason, REASON_NO_DOMAIN);
}

static void hostile_targets_are_refused(void **state)
{
    static const char *const targets[] = { "dc1\n.ad.test",     "dc1 evil.ad.test", "dc(1).ad.test",
                                           "d\xc3\xbc.ad.test", "dc1\\.ad.test",    "a/b.ad.test" };
    static struct message message;

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        begin(&message, 0, 2, 0);
        add_srv(&message, 0, 0, "dc1.ad.test");
        add_srv(&message, 0, 0, targets[i]);
        assert_int_equal(parse(&message), OUTCOME_STRANGE);
        assert_int_equal(why.reason, REASON_BAD_ANSWER);
        assert_int_equal(servers.count, 0);
    }
}

static void an_alias_is_refused(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 0, 2, 0);
    add_head(&message, NAME, 5, 11);
    add_name(&message, "x.ad.test");
    add_srv(&message, 0, 0, "dc1.ad.test");
    assert_int_equal(parse(&message), OUTCOME_STRANGE);
}

static void a_compression_loop_is_refused(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 0, 1, 0);
    add_head(&message, NAME, 33, 8);
    add16(&message, 0);
    add16(&message, 0);
    add16(&message, 389);
    add16(&message, 0xc000 | (unsigned)message.length); /* points to itself */
    assert_int_equal(parse(&message), OUTCOME_STRANGE);
}

static void a_target_longer_or_shorter_than_its_record_is_refused(void **state)
{
    static struct message message;

    (void)state;
    for (unsigned length = 0; length < 30; length++) {
        begin(&message, 0, 1, 0);
        add_head(&message, NAME, 33, length);
        add16(&message, 0);
        add16(&message, 0);
        add16(&message, 389);
        add_name(&message, "dc1.ad.test");
        assert_int_equal(parse(&message), length == 19 ? OUTCOME_OK : OUTCOME_STRANGE);
    }
}

static void every_cut_of_an_answer_is_refused(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 0, 1, 0);
    add_srv(&message, 0, 100, "dc1.ad.test");
    size_t whole = message.length;
    for (message.length = 0; message.length < whole; message.length++)
        assert_int_equal(parse(&message), OUTCOME_STRANGE);
}

static void of_a_thousand_records_64_are_used(void **state)
{
    static struct message message;

    (void)state;
    begin(&message, 0, 1000, 0);
    for (unsigned i = 0; i < 1000; i++)
        add_srv(&message, i, 0, "dc1.ad.test");
    assert_int_equal(parse(&message), OUTCOME_OK);
    assert_int_equal(servers.count, DNS_SERVERS);
}

static void lower_priority_comes_first(void **state)
{
    (void)state;
    servers.count = DNS_SERVERS;
    for (size_t i = 0; i < DNS_SERVERS; i++)
        servers.server[i] = (struct dns_server){ .priority = (uint16_t)(DNS_SERVERS - i) };
    dns_srv_order(&servers);
    for (size_t i = 1; i < DNS_SERVERS; i++)
        assert_true(servers.server[i - 1].priority < servers.server[i].priority);
}

static void weight_decides_how_often_one_comes_first(void **state)
{
    enum { ROUNDS = 20000 };
    unsigned first[3] = { 0 };

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        servers.count = 3;
        servers.server[0] = (struct dns_server){ .port = 0, .weight = 0 };
        servers.server[1] = (struct dns_server){ .port = 1, .weight = 100 };
        servers.server[2] = (struct dns_server){ .port = 2, .weight = 300 };
        dns_srv_order(&servers);
        first[servers.server[0].port]++;
    }
    /* 1/401, 100/401 and 300/401 of the rounds, with ten standard deviations to spare. */
    assert_in_range(first[0], 1, 150);
    assert_in_range(first[1], 4387, 5587);
    assert_in_range(first[2], 14363, 15563);
}

static void host_names_are_told_from_others(void **state)
{
    char label[65] = "";
    static const char *const good[] = { "a", "ad.lab.test", "_msdcs.x", "dc-1.example", "1.2.3.4" };
    static const char *const bad[] = { "",    ".",   "a.",    ".a",       "a..b",
                                       "a b", "a\n", "a@b.c", "\xc3\xbc", "a/b" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(dns_is_name(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(dns_is_name(bad[i]));
    memset(label, 'a', 63);
    assert_true(dns_is_name(label));
    memset(label, 'a', 64);
    assert_false(dns_is_name(label));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_with_addresses_are_read),
        cmocka_unit_test(no_such_name_and_no_records_are_no_domain),
        cmocka_unit_test(a_failing_server_is_no_dns),
        cmocka_unit_test(target_dot_means_no_such_service),
        cmocka_unit_test(hostile_targets_are_refused),
        cmocka_unit_test(an_alias_is_refused),
        cmocka_unit_test(a_compression_loop_is_refused),
        cmocka_unit_test(a_target_longer_or_shorter_than_its_record_is_refused),
        cmocka_unit_test(every_cut_of_an_answer_is_refused),
        cmocka_unit_test(of_a_thousand_records_64_are_used),
        cmocka_unit_test(lower_priority_comes_first),
        cmocka_unit_test(weight_decides_how_often_one_comes_first),
        cmocka_unit_test(host_names_are_told_from_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
