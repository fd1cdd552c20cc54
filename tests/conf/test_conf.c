/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"

static struct why why;

static enum outcome take(struct conf *conf, const char *text, enum setting_who who)
{
    return conf_read(conf, "f", text, strlen(text), who, &why);
}

static void values(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_int_equal(take(conf,
                          "# a comment\n; another\n\n[chatelaine]\nlog = debug\n"
                          "[identity]\ndomain = corp.example\nrenewable=1d\nforwardable: yes\n"
                          "[identity admin]\nuser = alice-adm\n",
                          WHO_ADMINISTRATOR),
                     0);
    assert_string_equal(conf_text(conf, "default", SETTING_DOMAIN), "corp.example");
    assert_string_equal(conf_text(conf, "admin", SETTING_DOMAIN), "");
    assert_string_equal(conf_text(conf, "admin", SETTING_USER), "alice-adm");
    assert_string_equal(conf_text(conf, "admin", SETTING_LOG), "debug");
    assert_string_equal(conf_text(conf, "nobody", SETTING_PROTECTION), "sasl");
    assert_int_equal(conf_seconds(conf, "default", SETTING_RENEWABLE), 86400);
    assert_true(conf_flag(conf, "default", SETTING_FORWARDABLE));
    assert_false(conf_flag(conf, "admin", SETTING_FORWARDABLE));
    assert_string_equal(conf_origin(conf, "default", SETTING_DOMAIN), "f:7");
    assert_string_equal(conf_origin(conf, "admin", SETTING_DOMAIN), "default");
    assert_string_equal(conf_identity(conf, 0), "default");
    assert_string_equal(conf_identity(conf, 1), "admin");
    assert_null(conf_identity(conf, 2));
}

static void last_counts(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_int_equal(take(conf, "[identity]\nuser=a\nuser=b\n", WHO_ADMINISTRATOR), 0);
    assert_int_equal(take(conf, "[identity]\nuser=c\n", WHO_PERSON), 0);
    assert_string_equal(conf_text(conf, "default", SETTING_USER), "c");
    assert_string_equal(conf_origin(conf, "default", SETTING_USER), "f:2");
}

static void mistakes(void **state)
{
    static const struct {
        const char *text, *words;
    } rows[] = {
        { "[chatelaine]\nlog = loud\n", "f:2: log = loud: expected error|info|debug" },
        { "[identity]\nforwardable = maybe\n", "f:2: forwardable = maybe: expected yes or no" },
        { "\n\n[identity]\ndomain = corp\n", "f:4: domain = corp: expected a DNS name" },
        { "[identity]\nrenewable = 7\n", "f:2: renewable = 7: expected a duration" },
        { "[identity]\ntime_limit = 1h\n", "f:2: time_limit = 1h: expected 1s to 10m" },
        { "[identity]\nca_file = x.pem\n", "f:2: ca_file = x.pem: expected a path" },
        { "[identity]\nproxy = http://me:secret@proxy:1\n", "f:2: proxy = ...: expected direct" },
        { "[identity]\nuser = a@@b\n", "f:2: user = a@@b: expected a user name" },
        { "[identity]\nattributes = a(b\n", "expected words between commas" },
        { "[identity]\nuser =\n", "f:2: user = : expected a user name" },
        { "[identity]\ncolour = red\n", "f:2: unknown setting \"colour\" in [identity]" },
        { "[identity]\nlog = debug\n", "f:2: unknown setting \"log\" in [identity]" },
        { "[chatelaine]\ndomain = a.b\n", "f:2: unknown setting \"domain\" in [chatelaine]" },
        { "[idp]\nx = y\n", "f:2: unknown section [idp]: expected [chatelaine], [identity]" },
        { "[identityx]\nuser = y\n", "unknown section [identityx]" },
        { "user = y\n", "f:1: unknown section []" },
        { "[identity ../x]\nuser = y\n", "\"../x\" cannot name an identity" },
        { "[identity ]\nuser = y\n", "\"\" cannot name an identity" },
        { "[identity\nuser = y\n", "f:1: expected [section] or key = value" },
        { "[identity]\njust words\n", "f:2: expected [section] or key = value" },
        { "[certificate]\nkey = p-256\n", "\"\" cannot name a certificate" },
        { "[certificate a]\nkey = dsa\n", "expected rsa-2048|rsa-3072" },
        { "[certificate a]\ntemplate =\n", "f:2: template = : expected one line of text" },
        { "[certificate a]\nweb_pages = http://ca/\n", "expected https://HOST/PATH" },
        { "[share a/b]\nurl = smb://s/x\n", "\"a/b\" cannot name a share" },
        { "[share]\nurl = smb://s/x\n", "\"\" cannot name a share" },
        { "[share x]\nuser = y\n", "unknown setting \"user\" in [share x]" },
        { "[share x]\nwhen = now\n", "f:2: when = now: expected demand|ticket" },
        { "[share x]\ngroups = Sales\n", "f:2: groups = Sales: expected SIDs and DOMAIN\\name" },
        { "[share x]\nurl = http://s/x\n", "f:2: url: expected smb://server/share" },
        { "[share x]\nurl = smb://s/../x\n", "f:2: url: a name in the path ends with" },
        { "[identity]\n = y\n", "f:2: unknown setting \"\"" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        conf_auto *conf = conf_new();
        test_reason(take(conf, rows[i].text, WHO_ADMINISTRATOR), &why, REASON_BAD_SETTING,
                    rows[i].words);
    }
}

static void administrators_only(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    test_reason(take(conf, "[identity]\nldap_protection = ldaps\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "f:2: ldap_protection can be set only by the administrator");
    test_reason(take(conf, "[chatelaine]\nfixed = user\n", WHO_PERSON), &why, REASON_BAD_SETTING,
                "f:2: fixed can be set only by the administrator");
}

static void fixed(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_int_equal(take(conf,
                          "[chatelaine]\nfixed = domain, renewable\n[identity]\n"
                          "domain = corp.example\n",
                          WHO_ADMINISTRATOR),
                     0);
    test_reason(take(conf, "[identity x]\ndomain = evil.example\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "f:2: domain is fixed by the administrator");
    test_reason(take(conf, "[identity]\nrenewable = 1d\n", WHO_PERSON), &why, REASON_BAD_SETTING,
                "renewable is fixed");
    assert_int_equal(take(conf, "[identity]\nuser = alice\n", WHO_PERSON), 0);
    assert_int_equal(take(conf, "[identity]\ndomain = b.example\n", WHO_ADMINISTRATOR), 0);
}

static void shares(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_null(conf_share(conf, 0));
    assert_int_equal(take(conf,
                          "[share team]\nurl = smb://files/team\n"
                          "groups = S-1-5-21-1-2-3-513, CORP\\Sales Team\n"
                          "[identity team]\nuser = alice\n[share default]\nurl = %{home}\n"
                          "when = ticket\nidentity = team\nmount_point = /mnt/home\n",
                          WHO_ADMINISTRATOR),
                     0);
    assert_int_equal(conf_complete(conf, &why), 0);
    assert_string_equal(conf_share(conf, 0), "team");
    assert_string_equal(conf_share(conf, 1), "default");
    assert_null(conf_share(conf, 2));
    assert_string_equal(conf_text(conf, "team", SETTING_URL), "smb://files/team");
    assert_string_equal(conf_text(conf, "team", SETTING_WHEN), "demand");
    assert_string_equal(conf_text(conf, "team", SETTING_SHARE_IDENTITY), "default");
    assert_string_equal(conf_text(conf, "team", SETTING_USER), "alice");
    assert_string_equal(conf_text(conf, "default", SETTING_SHARE_IDENTITY), "team");
    assert_string_equal(conf_text(conf, "other", SETTING_URL), "");
    assert_null(conf_identity(conf, 2));
}

static void certificates(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_null(conf_certificate(conf, 0));
    assert_int_equal(take(conf,
                          "[certificate wifi]\ntemplate = K\xc3\xb6lner Stra\xc3\x9f"
                          "e\nkey = p-256\n[share wifi]\nurl = smb://files/team\n"
                          "[certificate mail]\nidentity = admin\n",
                          WHO_ADMINISTRATOR),
                     0);
    assert_int_equal(conf_complete(conf, &why), 0);
    assert_string_equal(conf_certificate(conf, 0), "wifi");
    assert_string_equal(conf_certificate(conf, 1), "mail");
    assert_null(conf_certificate(conf, 2));
    assert_string_equal(conf_text(conf, "wifi", SETTING_TEMPLATE), "K\xc3\xb6lner Stra\xc3\x9f"
                                                                   "e");
    assert_string_equal(conf_text(conf, "mail", SETTING_TEMPLATE), "User");
    assert_string_equal(conf_text(conf, "wifi", SETTING_CERTIFICATE_IDENTITY), "default");
    assert_string_equal(conf_text(conf, "mail", SETTING_CERTIFICATE_IDENTITY), "admin");
    assert_null(conf_identity(conf, 1));
    test_reason(take(conf, "[certificate wifi]\nkey = p-384\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "certificate wifi is the administrator's");
    assert_int_equal(take(conf, "[certificate own]\nkey = p-384\n", WHO_PERSON), 0);
}

static void shares_without_url(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_int_equal(take(conf, "[share team]\nwhen = ticket\n", WHO_ADMINISTRATOR), 0);
    test_reason(conf_complete(conf, &why), &why, REASON_BAD_SETTING,
                "f:2: [share team] has no url");
}

static void provider_alone(void **state)
{
    static const struct {
        const char *lines, *missing;
    } rows[] = {
        { "provider = oidc\nclient_id = c\n", "needs issuer too" },
        { "provider = keycloak\nissuer = https://idp\n", "needs client_id too" },
        { "provider = entra\nclient_id = c\n", "needs tenant too" },
        { "provider = google\n", "needs client_id too" },
        { "provider = okta\nclient_id = c\n", "needs org too" },
        { "provider = google\nclient_id = c\n", NULL },
        { "provider = entra\nclient_id = c\ntenant = 1-2\n", NULL },
        { "provider = oidc\nclient_id = c\nissuer = https://idp/realm\n", NULL },
        { "provider = certificate\n", "needs certificate too" },
        { "provider = certificate\ncertificate = pkcs11:id=%01\n", NULL },
        { "provider = ad\n", NULL },
    };
    char text[200];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        conf_auto *conf = conf_new();
        (void)snprintf(text, sizeof text, "[identity work]\n%s", rows[i].lines);
        assert_int_equal(take(conf, text, WHO_ADMINISTRATOR), 0);
        bool by_certificate = strstr(rows[i].lines, "= certificate\n");
        assert_int_equal(conf_by_certificate(conf, "work"), by_certificate);
        assert_int_equal(conf_is_web(conf, "work"), i + 1 < COUNT(rows) && !by_certificate);
        assert_false(conf_is_web(conf, "default"));
        if (rows[i].missing)
            test_reason(conf_complete(conf, &why), &why, REASON_BAD_SETTING, rows[i].missing);
        else
            assert_int_equal(conf_complete(conf, &why), 0);
    }
}

static void shares_of_others(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_int_equal(take(conf, "[share team]\nurl = smb://files/team\n", WHO_ADMINISTRATOR), 0);
    test_reason(take(conf, "[share team]\nurl = smb://evil/team\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "f:2: share team is the administrator's");
    test_reason(take(conf, "[share team]\nwhen = ticket\n", WHO_PERSON), &why, REASON_BAD_SETTING,
                "f:2: share team is the administrator's");
    assert_int_equal(take(conf, "[share mine]\nurl = smb://files/mine\n", WHO_PERSON), 0);
    assert_int_equal(take(conf, "[chatelaine]\nfixed = url\n", WHO_ADMINISTRATOR), 0);
    test_reason(take(conf, "[share more]\nurl = smb://files/more\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "f:2: url is fixed by the administrator");
}

static void certificates_of(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    assert_int_equal(take(conf,
                          "[identity]\nprovider = okta\norg = https://a.okta.com\ndirectory = ad\n"
                          "[identity ad]\ndomain = corp.example\n"
                          "[identity alone]\nprovider = okta\norg = https://b.okta.com\n"
                          "[certificate one]\nkey = p-256\n"
                          "[certificate two]\nidentity = ad\n"
                          "[certificate three]\nidentity = alone\n",
                          WHO_ADMINISTRATOR),
                     0);
    assert_string_equal(conf_in_directory(conf, "default"), "ad");
    assert_string_equal(conf_in_directory(conf, "ad"), "ad");
    assert_string_equal(conf_in_directory(conf, "alone"), "alone");
    assert_string_equal(conf_certificate_for(conf, "ad", 0), "one");
    assert_string_equal(conf_certificate_for(conf, "ad", 1), "two");
    assert_null(conf_certificate_for(conf, "ad", 2));
    assert_null(conf_certificate_for(conf, "default", 0));
    assert_string_equal(conf_certificate_for(conf, "alone", 0), "three");
}

static void passwords_in_urls(void **state)
{
    conf_auto *conf = conf_new();

    (void)state;
    test_reason(take(conf, "[share x]\nurl = smb://alice:S3cret@files/team\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "f:2: url: it holds a user or a password");
    assert_null(strstr(why.text, "S3cret"));
    test_reason(take(conf, "[share x]\nurl = smb://alice:S3/cret@files/team\n", WHO_PERSON), &why,
                REASON_BAD_SETTING, "f:2: url: the server must be a name");
    assert_null(strstr(why.text, "S3"));
}

static void bytes(void **state)
{
    conf_auto *conf = conf_new();
    char line[5000];

    (void)state;
    test_reason(conf_read(conf, "f", "[identity]\nuser = a\0b\n", 22, WHO_PERSON, &why), &why,
                REASON_BAD_SETTING, "f:2: the file holds a NUL byte");
    test_reason(take(conf, "[identity]\nuser = M\xfcller\n", WHO_PERSON), &why, REASON_BAD_SETTING,
                "f:2: user = M?ller: expected a user name");
    memset(line, 'x', sizeof line);
    memcpy(line, "#", 1);
    test_reason(conf_read(conf, "f", line, sizeof line, WHO_PERSON, &why), &why, REASON_BAD_SETTING,
                "f:1: the line is too long");
    memcpy(line, "[identity ", 10);
    line[100] = '\n';
    test_reason(conf_read(conf, "f", line, 101, WHO_PERSON, &why), &why, REASON_BAD_SETTING,
                "f:1: the section's name is too long");
    assert_int_equal(take(conf, "\xef\xbb\xbf[identity]\r\nuser = alice\r\n", WHO_PERSON), 0);
    assert_string_equal(conf_text(conf, "default", SETTING_USER), "alice");
    assert_int_equal(take(conf, "[identity]\nuser = bob", WHO_PERSON), 0);
    assert_string_equal(conf_text(conf, "default", SETTING_USER), "bob");
    assert_int_equal(take(conf, "", WHO_PERSON), 0);
}

static void indented(void **state)
{
    conf_auto *conf = conf_new();
    char text[200];

    (void)state;
    (void)snprintf(text, sizeof text, "  [identity %s]\nuser = alice\n",
                   "0123456789012345678901234567890123456789012345678901234567890123456789");
    test_reason(take(conf, text, WHO_PERSON), &why, REASON_BAD_SETTING,
                "f:1: the section's name is too long");
}

static void many_identities(void **state)
{
    conf_auto *conf = conf_new();
    char text[64];

    (void)state;
    for (int i = 1; i < 32; i++) {
        (void)snprintf(text, sizeof text, "[identity n%d]\nuser = u\n", i);
        assert_int_equal(take(conf, text, WHO_PERSON), 0);
    }
    for (int i = 0; i < 64; i++) {
        (void)snprintf(text, sizeof text, "[share n%d]\nurl = smb://s/x\n", i);
        assert_int_equal(take(conf, text, WHO_PERSON), 0);
    }
    test_reason(take(conf, "[identity more]\nuser = u\n", WHO_PERSON), &why, REASON_BAD_SETTING,
                "more than 32 identities");
    test_reason(take(conf, "[share more]\nurl = smb://s/x\n", WHO_PERSON), &why, REASON_BAD_SETTING,
                "more than 64 shares");
}

static void person_folder(void **state)
{
    char path[64];

    (void)state;
    (void)setenv("HOME", "/home/alice", 1);
    (void)unsetenv("XDG_CONFIG_HOME");
    assert_true(conf_person_folder(path, sizeof path));
    assert_string_equal(path, "/home/alice/.config/chatelaine");
    (void)setenv("XDG_CONFIG_HOME", "/x", 1);
    assert_true(conf_person_folder(path, sizeof path));
    assert_string_equal(path, "/x/chatelaine");
    (void)setenv("XDG_CONFIG_HOME", "relative", 1);
    (void)setenv("HOME", "relative", 1);
    assert_false(conf_person_folder(path, sizeof path));
    (void)setenv("HOME", "/home/alice", 1);
    assert_false(conf_person_folder(path, 20));
}

FACTS(FACT(values, "conf_read: values of sections and identities, with their origin"),
      FACT(last_counts, "conf_read: the last value counts, the person's after all"),
      FACT(mistakes, "conf_read: a mistake is told with file, line and what was expected"),
      FACT(administrators_only, "conf_read: a person may not set what only administrators may"),
      FACT(fixed, "conf_read: what the administrator fixed a person may not set"),
      FACT(shares, "conf_read: shares and identities of one name are two"),
      FACT(shares_without_url, "conf_complete: a share without url is refused"),
      FACT(certificates, "conf_read: certificates and shares of one name are two"),
      FACT(provider_alone, "conf_complete: a provider needs to be known, and to know us"),
      FACT(shares_of_others, "conf_read: a person adds shares, unless url is fixed, changes none"),
      FACT(certificates_of,
           "conf_certificate_for: of a provider's identity, those of the directory beside it"),
      FACT(passwords_in_urls, "conf_read: a password in a url is refused, and not told"),
      FACT(bytes, "conf_read: NUL, bad UTF-8, long lines and long sections are refused"),
      FACT(indented, "conf_read: a long section behind blanks is refused too"),
      FACT(many_identities, "conf_read: more than 32 identities or 64 shares are refused"),
      FACT(person_folder, "conf_person_folder: XDG_CONFIG_HOME, else HOME, else none"))
