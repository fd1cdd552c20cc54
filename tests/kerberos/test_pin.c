/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <krb5.h>
#include <profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kerberos/pin.h"

static struct why why;

static const char system_file[] = "[libdefaults]\n"
                                  "default_realm = SYSTEM.EXAMPLE\n"
                                  "rdns = true\n"
                                  "ticket_lifetime = 1h\n"
                                  "[realms]\n"
                                  "CORP.EXAMPLE = {\n"
                                  "kdc = evil.example\n"
                                  "kpasswd_server = evil.example\n"
                                  "primary_kdc = evil.example\n"
                                  "admin_server = evil.example\n"
                                  "default_domain = corp.example\n"
                                  "auth_to_local = RULE:[1:$1](a\\\"b)\n"
                                  "auth_to_local = DEFAULT\n"
                                  "auth_to_local_names = {\n"
                                  "alice = al\n"
                                  "}\n"
                                  "}\n"
                                  "OTHER.EXAMPLE = {\n"
                                  "kdc = other.example\n"
                                  "}\n";

/* The values of a key as libkrb5 sees them, with blanks between. */
static void values(const char *section, const char *realm, const char *key, char *text, size_t size)
{
    const char *names[] = { section, realm ? realm : key, realm ? key : NULL, NULL };
    char **found = NULL;
    struct _profile_t *profile;
    krb5_context context;

    *text = '\0';
    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_get_profile(context, &profile), 0);
    if (!profile_get_values(profile, names, &found))
        for (char **value = found; *value; value++) {
            size_t length = strlen(text);
            (void)snprintf(text + length, size - length, "%s%s", length ? " " : "", *value);
        }
    profile_free_list(found);
    profile_release(profile);
    krb5_free_context(context);
}

/* In a child each, for a pin is for good: the name tells which file is the system's. */
static void begin(void)
{
    char path[200];

    test_write("krb5.conf", system_file, sizeof system_file - 1);
    (void)snprintf(path, sizeof path, "%s/krb5.conf", test_folder());
    assert_int_equal(setenv("KRB5_CONFIG", path, 1), 0);
}

static int pins(void *data)
{
    char text[256];

    (void)data;
    begin();
    assert_int_equal(pin_realm("CORP.EXAMPLE", "192.0.2.1", &why), 0);
    values("realms", "CORP.EXAMPLE", "kdc", text, sizeof text);
    assert_string_equal(text, "192.0.2.1:88");
    values("realms", "CORP.EXAMPLE", "primary_kdc", text, sizeof text);
    assert_string_equal(text, "192.0.2.1:88");
    values("realms", "CORP.EXAMPLE", "kpasswd_server", text, sizeof text);
    assert_string_equal(text, "192.0.2.1:464");
    return 0;
}

/* Certificates are for whom they are asked for; the server must be who it is called. */
static int for_certificates(void *data)
{
    char text[256];

    (void)data;
    begin();
    assert_int_equal(pin_realm("CORP.EXAMPLE", "192.0.2.1", &why), 0);
    values("realms", "CORP.EXAMPLE", "pkinit_kdc_hostname", text, sizeof text);
    assert_string_equal(text, "");
    values("plugins", "clpreauth", "disable", text, sizeof text);
    assert_string_equal(text, "spake pkinit");
    assert_int_equal(
        pin_realm_for_certificates("CORP.EXAMPLE", "192.0.2.1", "dc1.corp.example", &why), 0);
    values("realms", "CORP.EXAMPLE", "pkinit_kdc_hostname", text, sizeof text);
    assert_string_equal(text, "dc1.corp.example");
    values("plugins", "clpreauth", "disable", text, sizeof text);
    assert_string_equal(text, "spake");
    test_reason(pin_realm_for_certificates("CORP.EXAMPLE", "192.0.2.1", "a\nb", &why), &why,
                REASON_BAD_NAME, "realm");
    return 0;
}

static int obeys(void *data)
{
    char text[256];

    (void)data;
    begin();
    assert_int_equal(pin_realm("CORP.EXAMPLE", "192.0.2.1", &why), 0);
    values("realms", "CORP.EXAMPLE", "default_domain", text, sizeof text);
    assert_string_equal(text, "corp.example");
    values("realms", "CORP.EXAMPLE", "auth_to_local", text, sizeof text);
    assert_string_equal(text, "RULE:[1:$1](a\\\"b) DEFAULT");
    values("realms", "OTHER.EXAMPLE", "kdc", text, sizeof text);
    assert_string_equal(text, "other.example");
    values("libdefaults", NULL, "default_realm", text, sizeof text);
    assert_string_equal(text, "SYSTEM.EXAMPLE");
    values("libdefaults", NULL, "ticket_lifetime", text, sizeof text);
    assert_string_equal(text, "1h");
    values("libdefaults", NULL, "rdns", text, sizeof text);
    assert_memory_equal(text, "false",
                        5); /* the first one counts: names are never made canonical */
    values("libdefaults", NULL, "dns_canonicalize_hostname", text, sizeof text);
    assert_memory_equal(text, "false", 5);
    return 0;
}

static int again(void *data)
{
    char text[256];

    (void)data;
    begin();
    assert_int_equal(pin_realm("CORP.EXAMPLE", "192.0.2.1", &why), 0);
    assert_int_equal(pin_realm("CORP.EXAMPLE", "2001:db8::1", &why), 0);
    values("realms", "CORP.EXAMPLE", "kdc", text, sizeof text);
    assert_string_equal(text, "[2001:db8::1]:88");
    values("libdefaults", NULL, "default_realm", text, sizeof text);
    assert_string_equal(text, "SYSTEM.EXAMPLE");
    return 0;
}

static int only_defaults(void *data)
{
    char text[256];

    (void)data;
    begin();
    assert_int_equal(pin_realm(NULL, NULL, &why), 0);
    values("realms", "CORP.EXAMPLE", "kdc", text, sizeof text);
    assert_string_equal(text, "evil.example");
    values("libdefaults", NULL, "udp_preference_limit", text, sizeof text);
    assert_string_equal(text, "1");
    return 0;
}

static int no_system_file(void *data)
{
    char text[256];

    (void)data;
    assert_int_equal(setenv("KRB5_CONFIG", "/no/such/krb5.conf", 1), 0);
    assert_int_equal(pin_realm("CORP.EXAMPLE", "192.0.2.1", &why), 0);
    values("realms", "CORP.EXAMPLE", "kdc", text, sizeof text);
    assert_string_equal(text, "192.0.2.1:88");
    return 0;
}

/* Sections, realms and files that the system marked as final, or that another file includes. */
static int final_system(void *data)
{
    static const char file[] = "[realms]*\nCORP.EXAMPLE = {\nkdc* = evil.example\n}*\n";
    char text[256];

    (void)data;
    begin();
    test_write("krb5.conf", file, sizeof file - 1);
    assert_int_equal(pin_realm("CORP.EXAMPLE", "192.0.2.1", &why), 0);
    values("realms", "CORP.EXAMPLE", "kdc", text, sizeof text);
    assert_string_equal(text, "192.0.2.1:88");
    return 0;
}

static int bad_names(void *data)
{
    static const char *const names[] = { "A{B", "A}B", "A=B", "A B", "A\nB", "A#B", "A*", "A\"B" };

    (void)data;
    begin();
    for (size_t i = 0; i < COUNT(names); i++)
        test_reason(pin_realm(names[i], "192.0.2.1", &why), &why, REASON_BAD_NAME, "realm");
    test_reason(pin_realm("CORP.EXAMPLE", "192.0.2.1\nkdc = x", &why), &why, REASON_BAD_NAME,
                "cannot name");
    return 0;
}

#define IN_CHILD(function)                                                                         \
    static void child_##function(void **state)                                                     \
    {                                                                                              \
        (void)state;                                                                               \
        assert_int_equal(test_child(function, NULL), 0);                                           \
    }
IN_CHILD(pins)
IN_CHILD(obeys)
IN_CHILD(again)
IN_CHILD(only_defaults)
IN_CHILD(no_system_file)
IN_CHILD(final_system)
IN_CHILD(bad_names)
IN_CHILD(for_certificates)

FACTS(FACT(child_pins, "pin_realm: another kdc in krb5.conf does not count"),
      FACT(child_obeys, "pin_realm: all other settings of krb5.conf hold"),
      FACT(child_again, "pin_realm: a second pin replaces the first"),
      FACT(child_only_defaults, "pin_realm: without a realm only the defaults stand behind"),
      FACT(child_no_system_file, "pin_realm: works without a krb5.conf"),
      FACT(child_final_system, "pin_realm: a krb5.conf with final marks does not win either"),
      FACT(child_bad_names, "pin_realm: what cannot name a realm or address is refused"),
      FACT(child_for_certificates,
           "pin_realm_for_certificates: certificates are tried, of the host that is named"))
