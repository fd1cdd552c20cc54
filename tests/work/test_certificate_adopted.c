/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/ca.h"
#include "work/certificate_adopted.h"

static struct why why;
static struct errand errand = { .identity = "default" };
static struct certificates all = { .errand = &errand };

static const char uri[] = "pkcs11:token=card;id=%01;type=cert";
static const char key_uri[] = "pkcs11:token=card;id=%01;type=private";

static void use(const char *name)
{
    fd_close(&all.folder);
    assert_int_equal(file_open_folder(test_folder(), name, &all.folder, &why), 0);
    (void)snprintf(all.path, sizeof all.path, "%s/%s", test_folder(), name);
}

static void write_one(const char *name, const char *identity, const struct ca *ca)
{
    struct adopted adopted = { .certificate = ca->crt };

    (void)snprintf(adopted.name, sizeof adopted.name, "%s", name);
    (void)snprintf(adopted.identity, sizeof adopted.identity, "%s", identity);
    (void)strcpy(adopted.uri, uri);
    (void)strcpy(adopted.key_uri, key_uri);
    if (adopted_write(&all, &adopted, &why))
        fail_msg("%s", why.text);
}

static void again(void **state)
{
    struct ca ca = ca_make("Any", NULL);
    adopted_auto read = { .certificate = NULL };
    struct adopted none;
    bool has;

    (void)state;
    use("again");
    write_one("card", "default", &ca);
    assert_int_equal(adopted_read(&all, "card", &read, &has, &why), 0);
    assert_true(has);
    assert_string_equal(read.name, "card");
    assert_string_equal(read.uri, uri);
    assert_string_equal(read.key_uri, key_uri);
    assert_true(gnutls_x509_crt_equals(read.certificate, ca.crt));
    assert_int_equal(adopted_read(&all, "other", &none, &has, &why), 0);
    assert_false(has);
    assert_int_equal(adopted_forget(&all, "card", &why), 0);
    assert_int_equal(adopted_read(&all, "card", &none, &has, &why), 0);
    assert_false(has);
    ca_free(&ca);
}

static void others(void **state)
{
    struct ca ca = ca_make("Any", NULL);
    struct adopted read;
    bool has;

    (void)state;
    use("others");
    write_one("card", "admin", &ca);
    test_reason(adopted_read(&all, "card", &read, &has, &why), &why, REASON_OTHER_KIND, "admin");
    assert_false(has);
    ca_free(&ca);
}

static char seen[64];

static enum outcome see(struct certificates *certificates, const struct adopted *adopted,
                        struct why *failure)
{
    (void)certificates;
    (void)failure;
    (void)strcat(strcat(seen, adopted->name), " ");
    return OUTCOME_OK;
}

static void each(void **state)
{
    struct ca ca = ca_make("Any", NULL);

    (void)state;
    use("each");
    write_one("two", "default", &ca);
    write_one("one", "default", &ca);
    write_one("not", "admin", &ca);
    assert_int_equal(file_write(all.folder, "bad.adopted", "x", 1, &why), 0);
    assert_int_equal(file_write(all.folder, ".adopted", "x", 1, &why), 0);
    assert_int_equal(adopted_each(&all, see, &why), 0);
    assert_string_equal(seen, "one two ");
    ca_free(&ca);
}

static void damaged(void **state)
{
    struct ca ca = ca_make("Any", NULL);
    text_auto *text = NULL;
    struct adopted read;
    bool has;

    (void)state;
    use("damaged");
    write_one("card", "default", &ca);
    assert_int_equal(file_read(all.folder, "card.adopted", 1 << 16, geteuid(), &text, &why), 0);
    for (size_t length = 0; length < text_length(text) - sizeof "-----END CERTIFICATE-----";
         length++) {
        struct adopted half = { .certificate = NULL };
        assert_false(adopted_parse(&half, text_peek(text), length));
    }
    assert_int_equal(file_write(all.folder, "card.adopted", "identity default\n", 17, &why), 0);
    test_reason(adopted_read(&all, "card", &read, &has, &why), &why, REASON_STATE_DAMAGED, "card");
    assert_true(has); /* so that it can be forgotten */
    ca_free(&ca);
}

int main(void)
{
    static const struct CMUnitTest facts[] = {
        FACT(again, "adopted_read: what was written, and no other name"),
        FACT(others, "adopted_read: what another identity has is told to be its"),
        FACT(each, "adopted_each: all of the identity, whole ones, by their names"),
        FACT(damaged, "adopted_parse: half of it is nothing"),
    };

    all.folder = -1;
    return test_run(facts, COUNT(facts));
}
