/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "conf/settings.h"

static const struct {
    enum setting setting;
    const char *value;
    bool accepted;
} rows[] = {
    { SETTING_FORWARDABLE, "yes", true },
    { SETTING_FORWARDABLE, "no", true },
    { SETTING_FORWARDABLE, "true", true },
    { SETTING_FORWARDABLE, "false", true },
    { SETTING_FORWARDABLE, "", false },
    { SETTING_FORWARDABLE, "YES", false },
    { SETTING_FORWARDABLE, "1", false },
    { SETTING_FORWARDABLE, "yes ", false },
    { SETTING_RENEWABLE, "0", true },
    { SETTING_RENEWABLE, "90s", true },
    { SETTING_RENEWABLE, "30m", true },
    { SETTING_RENEWABLE, "8h", true },
    { SETTING_RENEWABLE, "366d", true },
    { SETTING_RENEWABLE, "367d", false },
    { SETTING_RENEWABLE, "99999999d", false },
    { SETTING_RENEWABLE, "999999999s", false },
    { SETTING_RENEWABLE, "90", false },
    { SETTING_RENEWABLE, "-1s", false },
    { SETTING_RENEWABLE, "1.5h", false },
    { SETTING_RENEWABLE, "1h30m", false },
    { SETTING_RENEWABLE, "1w", false },
    { SETTING_RENEWABLE, "s", false },
    { SETTING_RENEWABLE, "", false },
    { SETTING_TIME_LIMIT, "1s", true },
    { SETTING_TIME_LIMIT, "10m", true },
    { SETTING_TIME_LIMIT, "0", false },
    { SETTING_TIME_LIMIT, "0s", false },
    { SETTING_TIME_LIMIT, "11m", false },
    { SETTING_TIME_LIMIT, "366d", false },
    { SETTING_DOMAIN, "corp.example", true },
    { SETTING_DOMAIN, "corp", false },
    { SETTING_DOMAIN, "", false },
    { SETTING_USER, "alice", true },
    { SETTING_USER, "alice@@x.y", false },
    { SETTING_ATTRIBUTES, "", true },
    { SETTING_ATTRIBUTES, "telephoneNumber, department", true },
    { SETTING_ATTRIBUTES, "a)(b", false },
    { SETTING_ATTRIBUTES, "a*", false },
    { SETTING_TOKEN_URI, "auto", true },
    { SETTING_TOKEN_URI, "softhsm", true },
    { SETTING_TOKEN_URI, "tpm", true },
    { SETTING_TOKEN_URI, "pkcs11:token=Office%20card", true },
    { SETTING_TOKEN_URI, "auto|tpm", false },
    { SETTING_TOKEN_URI, "TPM", false },
    { SETTING_TOKEN_URI, "token=Office", false },
    { SETTING_TOKEN_URI, "", false },
    { SETTING_SERVERS, "", true },
    { SETTING_SERVERS, "dc1", true },
    { SETTING_SERVERS, "dc1.corp.example, 192.0.2.1 2001:db8::1,::ffff:192.0.2.1", true },
    { SETTING_SERVERS, "dc_1.corp.example", true },
    { SETTING_SERVERS, "dc1.corp.example.", false },
    { SETTING_SERVERS, ".corp.example", false },
    { SETTING_SERVERS, "dc1..example", false },
    { SETTING_SERVERS, "-dc1", false },
    { SETTING_SERVERS, "dc1:389", false },
    { SETTING_SERVERS, "ldap://dc1", false },
    { SETTING_SERVERS, "dc1;dc2", false },
    { SETTING_SERVERS, "[2001:db8::1]", false },
    { SETTING_SITE, "Default-First-Site-Name", true },
    { SETTING_SITE, "HQ_2", true },
    { SETTING_SITE, "", false },
    { SETTING_SITE, "HQ.x", false },
    { SETTING_SITE, "HQ 2", false },
    { SETTING_SITE, "-HQ", false },
    { SETTING_SITE, "0123456789012345678901234567890123456789012345678901234567890123", false },
    { SETTING_CA_FILE, "/etc/ca.pem", true },
    { SETTING_CA_FILE, "ca.pem", false },
    { SETTING_CA_FILE, "", false },
    { SETTING_CA_FILE, "/etc/\033", false },
    { SETTING_TEMPLATE, "User", true },
    { SETTING_TEMPLATE, "Kölner Straße", true },
    { SETTING_TEMPLATE, "a\nb", false },
    { SETTING_KEEP, "5", true },
    { SETTING_KEEP, "0", false },
    { SETTING_GROUPS, "S-1-5-32-545", true },
    { SETTING_GROUPS, "CORP\\Sales Team , S-1-5-21-1-2-3-1104,corp.example\\Köln", true },
    { SETTING_GROUPS, "", false },
    { SETTING_GROUPS, "Sales", false },
    { SETTING_GROUPS, "S-1-", false },
    { SETTING_GROUPS, "S-1-5-", false },
    { SETTING_GROUPS, "S-1-5-x", false },
    { SETTING_GROUPS, "s-1-5-32-545", false },
    { SETTING_GROUPS, "CORP\\", false },
    { SETTING_GROUPS, "\\Sales", false },
    { SETTING_GROUPS, "CORP\\Sales\\Team", false },
    { SETTING_GROUPS, "CORP\\Sales,", false },
    { SETTING_GROUPS, ",CORP\\Sales", false },
    { SETTING_SHARE_IDENTITY, "admin", true },
    { SETTING_SHARE_IDENTITY, "../admin", false },
    { SETTING_URL, "smb://files/team", true },
    { SETTING_URL, "", false },
    { SETTING_PROXY, "direct", true },
    { SETTING_CARD, "pkcs11:token=card;id=%01", true },
    { SETTING_CARD, "", false },
    { SETTING_CARD, "card-2", true },
    { SETTING_CARD, "../card", false },
    { SETTING_CARD, "pkcs11:token=\303\274ber", false },
    { SETTING_ISSUER, "https://idp.corp.example:8443/realms/one", true },
    { SETTING_ISSUER, "http://idp.corp.example", false },
    { SETTING_ISSUER, "https://", false },
    { SETTING_ISSUER, "https:///realm", false },
    { SETTING_ISSUER, "https://me@idp.corp.example", false },
    { SETTING_ISSUER, "https://idp.corp.example/#one", false },
    { SETTING_ISSUER, "https://idp.corp.example/a b", false },
    { SETTING_CLIENT_ID, "api://one-two_3.4", true },
    { SETTING_CLIENT_ID, "\303\274ber", false },
    { SETTING_PROXY, "http://proxy.corp.example:3128", true },
    { SETTING_PROXY, "http://192.0.2.1:65535", true },
    { SETTING_PROXY, "http://[2001:db8::1]:1", true },
    { SETTING_PROXY, "", false },
    { SETTING_PROXY, "Direct", false },
    { SETTING_PROXY, "proxy.corp.example:3128", false },
    { SETTING_PROXY, "http://proxy.corp.example", false },
    { SETTING_PROXY, "http://proxy.corp.example:", false },
    { SETTING_PROXY, "http://proxy.corp.example:0", false },
    { SETTING_PROXY, "http://proxy.corp.example:65536", false },
    { SETTING_PROXY, "http://proxy.corp.example:3128/", false },
    { SETTING_PROXY, "http://proxy.corp.example:+80", false },
    { SETTING_PROXY, "http://:3128", false },
    { SETTING_PROXY, "http:", false },
    { SETTING_PROXY, "http://2001:db8::1:80", false },
    { SETTING_PROXY, "http://[proxy]:80", false },
    { SETTING_PROXY, "http://[]:80", false },
    { SETTING_PROXY, "https://proxy.corp.example:3128", false },
    { SETTING_PROXY, "socks5://proxy.corp.example:3128", false },
    { SETTING_PROXY, "http://me:secret@proxy.corp.example:3128", false },
    { SETTING_PROTECTION, "sasl", true },
    { SETTING_PROTECTION, "ldaps", true },
    { SETTING_PROTECTION, "", false },
    { SETTING_PROTECTION, "sas", false },
    { SETTING_PROTECTION, "sasl|starttls", false },
    { SETTING_PROTECTION, "SASL", false },
    { SETTING_PROTECTION, "simple", false },
};

static void kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (setting_accepts(rows[i].setting, rows[i].value) != rows[i].accepted)
            fail_msg("%s = %s: expected it to be %s", setting_row(rows[i].setting)->key,
                     rows[i].value, rows[i].accepted ? "accepted" : "refused");
}

static void defaults(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = setting_row((enum setting)i);
        if (*row->fallback && !setting_accepts((enum setting)i, row->fallback))
            fail_msg("the default of %s is refused", row->key);
        assert_true(*setting_expected((enum setting)i));
        assert_true(*row->sentence);
    }
}

static void keys(void **state)
{
    enum setting found;

    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting_row *row = setting_row((enum setting)i);
        assert_true(setting_find(row->section, row->key, &found));
        assert_int_equal(found, i);
    }
    assert_false(setting_find(SECTION_GENERAL, "domain", &found));
    assert_false(setting_find(SECTION_IDENTITY, "log", &found));
    assert_false(setting_find(SECTION_IDENTITY, "", &found));
}

static void seconds(void **state)
{
    (void)state;
    assert_int_equal(setting_seconds("0"), 0);
    assert_int_equal(setting_seconds("90s"), 90);
    assert_int_equal(setting_seconds("30m"), 1800);
    assert_int_equal(setting_seconds("8h"), 28800);
    assert_int_equal(setting_seconds("7d"), 604800);
}

static void lists(void **state)
{
    (void)state;
    assert_true(setting_list_has("a, bc,d", "a"));
    assert_true(setting_list_has("a, bc,d", "bc"));
    assert_true(setting_list_has("a, bc,d", "d"));
    assert_false(setting_list_has("a, bc,d", "b"));
    assert_false(setting_list_has("a, bc,d", ""));
    assert_false(setting_list_has("", "a"));
    assert_false(setting_list_has(" ,, ", "a"));
}

FACTS(FACT(kinds, "setting_accepts: each kind takes its values and no other"),
      FACT(defaults, "settings.def: every default is of its own kind"),
      FACT(keys, "setting_find: every key is found in its own section only"),
      FACT(seconds, "setting_seconds: knows s, m, h and d"),
      FACT(lists, "setting_list_has: compares whole words"))
