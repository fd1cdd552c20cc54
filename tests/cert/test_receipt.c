/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/ca.h"
#include "cert/names.h"
#include "cert/receipt.h"

static const char dn[] = "CN=Alice Example,OU=Staff,DC=corp,DC=example";
static const struct cert_person alice = { dn, "alice@corp.example", "alice.example@corp.example",
                                          "S-1-5-21-1-2-3-1105" };

static struct ca root, issuing, other;
static gnutls_x509_privkey_t keys[2];
static gnutls_pubkey_t ours, theirs;
static struct why why;
static bool for_clients; /* the template is */

static void begin(void)
{
    static gnutls_pubkey_t *const public[] = { &ours, &theirs };

    root = ca_make("Root", NULL);
    issuing = ca_make("Issuing", &root);
    other = ca_make("Issuing", NULL);
    for (size_t i = 0; i < 2; i++) {
        gnutls_privkey_t key;
        assert_int_equal(gnutls_x509_privkey_init(&keys[i]), 0);
        assert_int_equal(
            gnutls_x509_privkey_generate(keys[i], GNUTLS_PK_ECDSA,
                                         GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
            0);
        assert_int_equal(gnutls_privkey_init(&key), 0);
        assert_int_equal(gnutls_privkey_import_x509(key, keys[i], 0), 0);
        assert_int_equal(gnutls_pubkey_init(public[i]), 0);
        assert_int_equal(gnutls_pubkey_import_privkey(*public[i], key, 0, 0), 0);
        gnutls_privkey_deinit(key);
    }
}

static void end(void)
{
    ca_free(&root);
    ca_free(&issuing);
    ca_free(&other);
    for (size_t i = 0; i < 2; i++)
        gnutls_x509_privkey_deinit(keys[i]);
    gnutls_pubkey_deinit(ours);
    gnutls_pubkey_deinit(theirs);
}

/* What comes of a certificate by this authority, where the CA that was asked is the issuing one. */
static enum outcome check(const struct ca *by, gnutls_pubkey_t key, const struct ca_wish *wish,
                          struct chain *kept)
{
    chain_auto came = { .count = 0 }, authorities = { .count = 0 };
    const struct receipt receipt = { ours, &authorities, &alice, time(NULL), for_clients };

    assert_int_equal(chain_add(&came, by->crt, &why), OUTCOME_OK);
    came.all[came.count++] = ca_issue(by, key, wish);
    assert_int_equal(chain_add(&authorities, issuing.crt, &why), OUTCOME_OK);
    enum outcome out = receipt_check(&receipt, &came, kept, &why);
    if (out)
        assert_int_equal(kept->count, 0);
    return out;
}

static void good(void **state)
{
    const struct ca_wish wishes[] = {
        { .upn = alice.upn },
        { .upn = "ALICE@corp.EXAMPLE", .mail = alice.mail, .sid = alice.sid, .dn = dn },
        { .mail = alice.mail },
        { .sid = alice.sid },
        { .uri = "tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1105" },
        { .dn = dn },
        { .dn = "cn=alice example,OU=staff,dc=Corp,DC=example" },
        { .upn = alice.upn, .uri = "https://corp.example/alice" },
    };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(wishes); i++) {
        chain_auto kept = { .count = 0 };
        if (check(&issuing, ours, &wishes[i], &kept))
            fail_msg("%zu: %s", i, why.text);
        assert_int_equal(kept.count, 2);
        assert_false(gnutls_x509_crt_get_ca_status(kept.all[0], NULL) > 0);
        assert_true(gnutls_x509_crt_equals(kept.all[1], issuing.crt));
    }
    end();
}

static void people(void **state)
{
    static const struct {
        struct ca_wish wish;
        const char *words;
    } cases[] = {
        { { .upn = "bob@corp.example" }, "UPN bob@" },
        { { .upn = "alice@corp.example2" }, "UPN alice@corp.example2" },
        { { .upn = "alice@corp.exampl" }, "UPN alice@corp.exampl," },
        { { .upn = "alice@corp.example", .mail = "bob@corp.example" }, "mail address bob@" },
        { { .upn = "alice@corp.example", .sid = "S-1-5-21-1-2-3-500" }, "SID S-1-5-21-1-2-3-500" },
        { { .upn = "alice@corp.example",
            .uri = "tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500" },
          "SID S-1-5-21-1-2-3-500" },
        { { .upn = "alice@corp.example", .host = "dc1.corp.example" }, "host" },
        { { .upn = "bob@corp.example",
            .sid = "S-1-5-21-1-2-3-1105",
            .dn = "CN=Alice Example,OU=Staff,DC=corp,DC=example" },
          "UPN bob@" },
        { { .dn = "CN=Alice Example" }, "whose it is" },
        { { .upn = "\x1b]0;x\x07\xe2\x80\xae" }, "UPN ?]0;x????" },
        { { .dn = "CN=Alice Example,OU=Staff,DC=corp,DC=example2" }, "whose it is" },
        { { .uri = "tag:microsoft.com,2022-09-14:sid:" }, "whose it is" },
        { { .dn = "CN=alice@corp.example" }, "whose it is" },
    };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto kept = { .count = 0 };
        test_reason(check(&issuing, ours, &cases[i].wish, &kept), &why,
                    REASON_CERTIFICATE_OTHER_PERSON, cases[i].words);
    }
    end();
}

static void refused(void **state)
{
    const struct {
        const struct ca *by;
        gnutls_pubkey_t *key;
        struct ca_wish wish;
        enum reason reason;
        const char *words;
    } cases[] = {
        { &issuing, &theirs, { 0 }, REASON_CERTIFICATE_OTHER_KEY, "our key" },
        { &other, &ours, { 0 }, REASON_CERTIFICATE_OTHER_CA, "authority" },
        { &root, &ours, { 0 }, REASON_CERTIFICATE_OTHER_CA, "authority" },
        { &issuing, &ours, { .begin = 1, .end = 9 }, REASON_CERTIFICATE_TIME, "will be" },
        { &issuing, &ours, { .begin = -9, .end = -1 }, REASON_CERTIFICATE_TIME, "ended" },
        { &issuing, &ours, { .begin = -1, .end = 36500 }, REASON_CERTIFICATE_TIME, "36501 days" },
        { &issuing, &ours, { .is_authority = true }, REASON_CERTIFICATE_UNFIT, "authority" },
        { &issuing, &ours, { .is_weak = true }, REASON_CERTIFICATE_UNFIT, "weak" },
        { &issuing,
          &ours,
          { .usage = GNUTLS_KEY_KEY_ENCIPHERMENT },
          REASON_CERTIFICATE_UNFIT,
          "signatures" },
        { &issuing, /* with the NUL at its end */
          &ours,
          { .upn_size = sizeof "alice@corp.example" },
          REASON_CERTIFICATE_UNFIT,
          "malformed" },
        { &issuing, /* as an IA5String */
          &ours,
          { .upn = "\x16\x05"
                   "alice",
            .upn_size = 7,
            .is_odd_upn = true },
          REASON_CERTIFICATE_UNFIT,
          "malformed" },
        { &issuing,
          &ours,
          { .sid = "S-1-5-21-1-2-3-1105", .is_sid_more = true },
          REASON_CERTIFICATE_UNFIT,
          "malformed" },
    };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto kept = { .count = 0 };
        struct ca_wish wish = cases[i].wish;
        wish.upn = wish.upn ? wish.upn : alice.upn;
        test_reason(check(cases[i].by, *cases[i].key, &wish, &kept), &why, cases[i].reason,
                    cases[i].words);
    }
    end();
}

static void nobody_trusted(void **state)
{
    chain_auto came = { .count = 0 }, none = { .count = 0 }, kept = { .count = 0 };
    const struct ca_wish wish = { .upn = alice.upn };

    (void)state;
    begin();
    const struct receipt receipt = { ours, &none, &alice, time(NULL) };
    came.all[came.count++] = ca_issue(&issuing, ours, &wish);
    assert_int_equal(chain_add(&came, issuing.crt, &why), OUTCOME_OK);
    assert_int_equal(chain_add(&came, root.crt, &why), OUTCOME_OK);
    test_reason(receipt_check(&receipt, &came, &kept, &why), &why, REASON_CERTIFICATE_OTHER_CA,
                "authority");
    end();
}

/* The root is what is trusted; all that is between came with it, in no order. */
static void whole_chain(void **state)
{
    chain_auto came = { .count = 0 }, trusted = { .count = 0 }, kept = { .count = 0 };
    const struct ca_wish wish = { .upn = alice.upn };

    (void)state;
    begin();
    const struct receipt receipt = { ours, &trusted, &alice, time(NULL) };
    assert_int_equal(chain_add(&came, other.crt, &why), OUTCOME_OK);
    assert_int_equal(chain_add(&came, issuing.crt, &why), OUTCOME_OK);
    came.all[came.count++] = ca_issue(&issuing, ours, &wish);
    assert_int_equal(chain_add(&trusted, root.crt, &why), OUTCOME_OK);
    if (receipt_check(&receipt, &came, &kept, &why))
        fail_msg("%s", why.text);
    assert_int_equal(kept.count, 3);
    assert_true(gnutls_x509_crt_equals(kept.all[1], issuing.crt));
    assert_true(gnutls_x509_crt_equals(kept.all[2], root.crt));
    end();
}

/* Where the root alone is believed, and another authority is between. */
static void between(void **state)
{
    static const struct {
        unsigned rsa_bits;
        int root_below;
        const char *mail_domain;
        enum reason reason;
    } cases[] = {
        { 0, -1, NULL, REASON_NONE },
        { 2048, 1, "corp.example", REASON_NONE },
        { 1024, -1, NULL, REASON_CERTIFICATE_UNFIT },
        { 0, -1, "other.example", REASON_CERTIFICATE_OTHER_CA },
        { 0, 0, NULL, REASON_CERTIFICATE_OTHER_CA },
    };
    const struct ca_wish wish = { .upn = alice.upn, .mail = alice.mail };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(cases); i++) {
        chain_auto came = { .count = 0 }, trusted = { .count = 0 }, kept = { .count = 0 };
        const struct receipt receipt = { ours, &trusted, &alice, time(NULL) };
        struct ca top = ca_make_as("Top", NULL, 0, cases[i].root_below, NULL);
        struct ca below = ca_make_as("Below", &top, cases[i].rsa_bits, -1, cases[i].mail_domain);
        assert_int_equal(chain_add(&came, below.crt, &why), OUTCOME_OK);
        came.all[came.count++] = ca_issue(&below, ours, &wish);
        assert_int_equal(chain_add(&trusted, top.crt, &why), OUTCOME_OK);
        enum outcome out = receipt_check(&receipt, &came, &kept, &why);
        if (out && why.reason != cases[i].reason)
            fail_msg("%zu: %s", i, why.text);
        assert_true(!out == !cases[i].reason);
        ca_free(&below);
        ca_free(&top);
    }
    end();
}

/* It has the name of the one above the authority, and has signed nothing. */
static void impostor(void **state)
{
    chain_auto came = { .count = 0 }, trusted = { .count = 0 }, kept = { .count = 0 };
    const struct ca_wish wish = { .upn = alice.upn };

    (void)state;
    begin();
    const struct receipt receipt = { ours, &trusted, &alice, time(NULL) };
    struct ca false_root = ca_make("Root", NULL);
    assert_int_equal(chain_add(&came, false_root.crt, &why), OUTCOME_OK);
    came.all[came.count++] = ca_issue(&issuing, ours, &wish);
    assert_int_equal(chain_add(&trusted, issuing.crt, &why), OUTCOME_OK);
    assert_int_equal(receipt_check(&receipt, &came, &kept, &why), OUTCOME_OK);
    assert_int_equal(kept.count, 2);
    ca_free(&false_root);
    end();
}

static void differ(void **state)
{
    const struct cert_person known = { .upn = alice.upn, .sid = alice.sid }, nobody = { 0 };
    const struct {
        struct ca_wish wish;
        bool is_others;
    } cases[] = {
        { { .upn = alice.upn, .mail = "bob@corp.example" }, false },
        { { .upn = "bob@corp.example" }, true },
        { { .sid = "S-1-5-21-1-2-3-500" }, true },
        { { .dn = "CN=bob" }, false },
    };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(cases); i++) {
        gnutls_x509_crt_t certificate = ca_issue(&issuing, ours, &cases[i].wish);
        assert_int_equal(names_differ(certificate, &known), cases[i].is_others);
        assert_false(names_differ(certificate, &nobody));
        gnutls_x509_crt_deinit(certificate);
    }
    end();
}

/* id-kp-clientAuth, emailProtection, anyExtendedKeyUsage */
static void uses(void **state)
{
    static const struct {
        const char *purpose;
        bool is_good;
    } cases[] = { { "1.3.6.1.5.5.7.3.2", true },
                  { "1.3.6.1.5.5.7.3.4", false },
                  { "2.5.29.37.0", true },
                  { NULL, true } };

    (void)state;
    begin();
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct ca_wish wish = { .upn = alice.upn, .purpose = cases[i].purpose };
        chain_auto kept = { .count = 0 }, again = { .count = 0 };
        for_clients = true;
        if (cases[i].is_good)
            assert_int_equal(check(&issuing, ours, &wish, &kept), 0);
        else
            test_reason(check(&issuing, ours, &wish, &kept), &why, REASON_CERTIFICATE_UNFIT,
                        "client authentication");
        for_clients = false;
        assert_int_equal(check(&issuing, ours, &wish, &again), 0);
    }
    end();
}

FACTS(FACT(uses, "receipt_check: for clients, where the template is for them"),
      FACT(between, "receipt_check: an authority between is no weaker, and within what it may"),
      FACT(impostor, "receipt_check: one that only has an authority's name is not kept"),
      FACT(differ, "names_differ: by what is known of the person alone"),
      FACT(good, "receipt_check: SID, UPN, mail or the whole DN, in any case of letters"),
      FACT(people, "receipt_check: one name of another person or host: certificate-other-person"),
      FACT(refused, "receipt_check: another key, another authority, no good time, unfit"),
      FACT(nobody_trusted, "receipt_check: without an authority nobody is believed"),
      FACT(whole_chain, "receipt_check: the chain is put in order, from whatever came"))
