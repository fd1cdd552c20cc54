/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "wire/message.h"
#include "wire/partner.h"
#include "wire/verbs.h"

static void found(void **state)
{
    enum verb verb;

    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        assert_true(verb_find(verb_row((enum verb)i)->word, &verb));
        assert_int_equal(verb, i);
    }
    assert_false(verb_find("", &verb));
    assert_false(verb_find("sign", &verb));
    assert_false(verb_find("SIGN-IN", &verb));
}

static void complete(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        const struct verb_row *row = verb_row((enum verb)i);
        assert_true(*row->synopsis && *row->sentence);
        assert_true(strlen(row->word) <= slot_row(SLOT_VERB)->bytes);
        bool worker = row->libraries != LIBRARIES_NONE;
        assert_int_equal(worker, row->seconds > 0);
        assert_int_equal(worker, row->cpu_seconds > 0);
        if (!worker)
            assert_int_equal(row->confinement, 0);
    }
}

static void no_network(void **state)
{
    (void)state;
    assert_int_equal(verb_row(VERB_STATUS)->confinement, 0);
    assert_int_equal(verb_row(VERB_SIGN_OUT)->confinement, CONFINEMENT_CACHE);
}

static void programs(void **state)
{
    (void)state;
    for (int i = 0; i < VERB_COUNT; i++) {
        enum verb_libraries libraries = verb_row((enum verb)i)->libraries;
        assert_int_equal(partner_program((enum verb)i, false, false),
                         i == VERB_SHARES              ? PROGRAM_SHARES
                         : libraries == LIBRARIES_CERT ? PROGRAM_WORKER_CERT
                         : libraries == LIBRARIES_WEB  ? PROGRAM_WORKER_WEB
                                                       : PROGRAM_WORKER);
    }
    assert_int_equal(partner_program(VERB_SIGN_IN, false, false), PROGRAM_WORKER);
    assert_int_equal(partner_program(VERB_SIGN_IN, true, false), PROGRAM_WORKER_WEB);
    assert_int_equal(partner_program(VERB_SIGN_IN, false, true), PROGRAM_WORKER_CERT);
    assert_int_equal(partner_program(VERB_DOCTOR, false, true), PROGRAM_WORKER_CERT);
    assert_int_equal(partner_program(VERB_RENEW, false, true), PROGRAM_WORKER);
    assert_int_equal(partner_program(VERB_SHARES, true, false), PROGRAM_SHARES);
    assert_int_equal(partner_program(VERB_CERTIFICATE, true, false), PROGRAM_WORKER_CERT);
}

FACTS(FACT(found, "verb_find: every word finds its verb, no other word does"),
      FACT(complete, "verbs.def: every verb is described, and a worker's has its limits"),
      FACT(no_network, "verbs.def: status and sign-out have no network"),
      FACT(programs, "partner_program: the one with the libraries of the verb, and no more"))
