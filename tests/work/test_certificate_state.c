/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "work/certificate.h"

static struct why why;

static int use(const char *name)
{
    int folder = -1;

    assert_int_equal(file_open_folder(test_folder(), name, &folder, &why), 0);
    return folder;
}

static struct pending whole(void)
{
    struct pending pending = { .step = STEP_PENDING,
                               .kind = CERT_KEY_P384,
                               .exportable = true,
                               .renews = true,
                               .request = 4294967295U,
                               .again = 1800000000,
                               .protocol = "est",
                               .token = "pkcs11:token=Chatelaine;serial=1",
                               .person = "alice@AD.LAB.TEST",
                               .base = "https://pki.ad.lab.test/certsrv/",
                               .authority = "Lab Issuing CA",
                               .template = "K\xc3\xb6lner Stra\xc3\x9f"
                                           "e",
                               .message = "Taken Under Submission" };

    assert_true(key_id_parse("00112233445566778899aabbccddeeff", &pending.key));
    return pending;
}

static void again(void **state)
{
    fd_auto folder = use("again");
    struct pending pending = whole(), read;
    struct stat st;
    time_t before = time(NULL);

    (void)state;
    assert_int_equal(pending_write(folder, "wifi", &pending, &why), 0);
    assert_int_equal(pending_read(folder, "wifi", &read, &why), 0);
    assert_true(read.at >= before && read.at <= time(NULL));
    assert_int_equal(read.step, STEP_PENDING);
    assert_int_equal(read.kind, CERT_KEY_P384);
    assert_true(read.exportable);
    assert_true(read.renews);
    assert_int_equal(read.request, 4294967295U);
    assert_int_equal(read.again, 1800000000);
    assert_string_equal(read.protocol, "est");
    assert_memory_equal(&read.key, &pending.key, sizeof read.key);
    assert_string_equal(read.token, pending.token);
    assert_string_equal(read.person, pending.person);
    assert_string_equal(read.base, pending.base);
    assert_string_equal(read.authority, pending.authority);
    assert_string_equal(read.template, pending.template);
    assert_string_equal(read.message, pending.message);
    assert_int_equal(fstatat(folder, "wifi.certificate", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(pending_forget(folder, "wifi", &why), 0);
    assert_int_equal(pending_read(folder, "wifi", &read, &why), 0);
    assert_int_equal(read.step, STEP_NONE);
}

static void since(void **state)
{
    fd_auto folder = use("since");
    struct pending pending = whole(), read;

    (void)state;
    pending.at = 1700000000;
    assert_int_equal(pending_write(folder, "wifi", &pending, &why), 0);
    assert_int_equal(pending_read(folder, "wifi", &read, &why), 0);
    assert_int_equal(read.at, 1700000000);
}

static void beside(void **state)
{
    fd_auto folder = use("beside");
    text_auto *pem = text_new(100), *read = NULL;
    struct pending pending = whole();

    (void)state;
    text_add(pem, "-----BEGIN\n");
    assert_int_equal(pending_kept(folder, "wifi", PENDING_REQUEST, &read, &why), 0);
    assert_null(read);
    assert_int_equal(pending_write(folder, "wifi", &pending, &why), 0);
    assert_int_equal(pending_keep(folder, "wifi", PENDING_REQUEST, pem, &why), 0);
    assert_int_equal(pending_kept(folder, "wifi", PENDING_REQUEST, &read, &why), 0);
    assert_string_equal(text_peek(read), text_peek(pem));
    text_free(&read);
    assert_int_equal(pending_kept(folder, "wifi", PENDING_ISSUED, &read, &why), 0);
    assert_null(read);
    assert_int_equal(pending_keep(folder, "wifi", PENDING_ISSUED, pem, &why), 0);
    assert_int_equal(pending_forget(folder, "wifi", &why), 0);
    assert_int_equal(unlinkat(folder, "wifi.request", 0), -1);
    assert_int_equal(unlinkat(folder, "wifi.issued", 0), -1);
}

static void every_step(void **state)
{
    fd_auto folder = use("steps");
    struct pending pending = whole(), read;

    (void)state;
    for (unsigned step = STEP_BEGUN; step < STEPS; step++) {
        pending.step = (enum step)step;
        assert_int_equal(pending_write(folder, "wifi", &pending, &why), 0);
        assert_int_equal(pending_read(folder, "wifi", &read, &why), 0);
        assert_int_equal(read.step, step);
    }
}

/* The authority's words are whatever it says. */
static void hostile(void **state)
{
    fd_auto folder = use("hostile");
    struct pending pending = whole(), read;

    (void)state;
    (void)strcpy(pending.message, "no\nstep issued\nrequest 1\n\033[2J");
    assert_int_equal(pending_write(folder, "wifi", &pending, &why), 0);
    assert_int_equal(pending_read(folder, "wifi", &read, &why), 0);
    assert_int_equal(read.step, STEP_PENDING);
    assert_int_equal(read.request, 4294967295U);
    assert_string_equal(read.message, "no?step issued?request 1??[2J");
}

static void damaged(void **state)
{
    static const char *const files[] = { "",
                                         "\n",
                                         "step\n",
                                         "step none\n",
                                         "step later\n",
                                         "key 00112233445566778899aabbccddeeff\n",
                                         "step begun\nkey 0011\n",
                                         "step begun\nkind dsa\n",
                                         "step begun\nrequest -1\n",
                                         "step begun\nrequest 4294967296\n",
                                         "step begun\nrequest 1x\n",
                                         "step begun\nat \n",
                                         "step begun\nagain -1\n",
                                         "step begun\nrenews x\n",
                                         "step begun\nprotocol 0123456789abcdef\n",
                                         "step begun\nmessage a\033b\n" };
    fd_auto folder = use("damaged");
    struct pending read;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(file_write(folder, "wifi.certificate", files[i], strlen(files[i]), &why),
                         0);
        test_reason(pending_read(folder, "wifi", &read, &why), &why, REASON_STATE_DAMAGED, "wifi");
        assert_int_equal(read.step, STEP_NONE);
    }
    assert_int_equal(file_write(folder, "wifi.certificate", "step begun\0x 1\n", 15, &why), 0);
    test_reason(pending_read(folder, "wifi", &read, &why), &why, REASON_STATE_DAMAGED, "wifi");
}

static void newer(void **state)
{
    static const char file[] = "step issued\nrequest 18\ncolour red\n";
    fd_auto folder = use("newer");
    struct pending read;

    (void)state;
    assert_int_equal(file_write(folder, "wifi.certificate", file, strlen(file), &why), 0);
    assert_int_equal(pending_read(folder, "wifi", &read, &why), 0);
    assert_int_equal(read.request, 18);
    assert_string_equal(read.protocol, "certsrv"); /* of a time when there was no other one */
}

static void due(void **state)
{
    struct kept kept = { .begin = 1000, .end = 4000 };

    (void)state;
    assert_int_equal(certificate_due(&(struct wanted){ .name = "a" }, &kept), 3000);
    assert_int_equal(certificate_due(&(struct wanted){ .renew_before_s = 500 }, &kept), 3500);
}

static void good(void **state)
{
    time_t now = time(NULL);
    struct kept all[] = { { .name = "mail", .begin = now + 60, .end = now + 120 },
                          { .name = "mail", .begin = now - 60, .end = now + 60 },
                          { .name = "vpn", .begin = now - 60, .end = now - 1 },
                          { .name = "wifi", .begin = now, .end = now + 60, .is_others = true },
                          { .name = "wifi", .begin = now - 60, .end = now + 60 } };
    const struct kept_list list = { all, 5 };

    (void)state;
    assert_null(certificate_good(&list, "mail"));
    assert_null(certificate_good(&list, "vpn"));
    assert_null(certificate_good(&list, "none"));
    assert_ptr_equal(certificate_good(&list, "wifi"), &all[4]);
}

static void far_too_long(void **state)
{
    static const char line[] = "colour red\n";
    text_auto *text = text_new(64 << 10);
    fd_auto folder = use("long");
    struct pending read;

    (void)state;
    for (int i = 0; i < 2000; i++)
        text_add(text, "%s", line);
    assert_int_equal(
        file_write(folder, "wifi.certificate", text_peek(text), text_length(text), &why), 0);
    test_reason(pending_read(folder, "wifi", &read, &why), &why, REASON_STATE_DAMAGED, "wifi");
}

/* Whatever another program has put into the token, the others are told. */
static void many(void **state)
{
    message_auto *result = message_new(MESSAGE_RESULT);
    struct errand errand = { .result = result };
    struct certificates all = { .errand = &errand };
    struct slot_value row;
    unsigned rows = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        certificate_tell_end(&all, "wifi", "none", NULL);
    for (size_t at = 0; message_next(result, &at, &row);)
        rows += row.slot == SLOT_CERTIFICATES;
    assert_int_equal(rows, slot_row(SLOT_CERTIFICATES)->values);
}

FACTS(FACT(far_too_long, "pending_read: a file that is far too long is state-damaged"),
      FACT(many, "certificate_tell_end: no more rows than a result may have"),
      FACT(again, "pending_read: what was written is read again"),
      FACT(since, "pending_write: since when it waits stays as it was"),
      FACT(beside, "pending_keep: a request and what came of it, until pending_forget"),
      FACT(every_step, "pending_read: every step is known again"),
      FACT(hostile, "pending_write: the authority's words stay on their line"),
      FACT(damaged,
           "pending_read: what makes no sense is state-damaged, and nothing of it is believed"),
      FACT(newer, "pending_read: what is not known is passed over"),
      FACT(due, "certificate_due: when a third of its lifetime is left, or as the settings say"),
      FACT(good, "certificate_good: the person's newest of its name, if it is valid now"))
