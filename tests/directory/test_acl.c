/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory/acl.h"

enum { DESCRIPTOR_MOST = 1024 };

static const char enrol[] = "0e10c968-78fb-11d2-90d4-00c04f79dc55";
static struct membership groups[] = { { "S-1-5-21-1-2-3-513", NULL }, { "S-1-5-11", NULL } };
static const struct person member = { .sid = "S-1-5-21-1-2-3-1104",
                                      .group_count = 2,
                                      .groups = groups };
static const struct person stranger = { .sid = "S-1-5-21-9-9-9-1104" };

/* Those that Samba makes of SDDL. */
static size_t read_descriptor(const char *name, unsigned char *bytes)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/directory_acl/%s", getenv("SOURCE"),
                   name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, DESCRIPTOR_MOST, file);
    (void)fclose(file);
    assert_true(length > 20 && length < DESCRIPTOR_MOST);
    return length;
}

static const struct {
    const char *name;
    enum acl_answer answer;
} cases[] = {
    { "everybody", ACL_GRANTS },      { "person", ACL_GRANTS },     { "denied-first", ACL_REFUSES },
    { "denied-later", ACL_GRANTS },   { "all-rights", ACL_GRANTS }, { "full", ACL_GRANTS },
    { "other-right", ACL_REFUSES },   { "read", ACL_REFUSES },      { "handed-down", ACL_REFUSES },
    { "inherited-type", ACL_GRANTS }, { "others", ACL_REFUSES },    { "no-list", ACL_UNKNOWN },
    { "empty-list", ACL_REFUSES },
};

static void answers(void **state)
{
    unsigned char bytes[DESCRIPTOR_MOST];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = read_descriptor(cases[i].name, bytes);
        if (acl_grants(bytes, length, enrol, &member) != cases[i].answer)
            fail_msg("%s", cases[i].name);
        assert_int_not_equal(acl_grants(bytes, length, enrol, &stranger), ACL_GRANTS);
    }
}

/* In a buffer of just that size, for the sanitizers. */
static void cut(void **state)
{
    unsigned char bytes[DESCRIPTOR_MOST];
    size_t length = read_descriptor("person", bytes);

    (void)state;
    for (size_t shorter = 0; shorter < length; shorter++) {
        unsigned char *copy = malloc(shorter + 1);
        assert_non_null(copy);
        memcpy(copy, bytes, shorter);
        assert_int_equal(acl_grants(copy, shorter, enrol, &member), ACL_UNKNOWN);
        free(copy);
    }
}

FACTS(FACT(answers, "acl_grants: lists as Samba writes them"),
      FACT(cut, "acl_grants: a list that is cut says nothing"))
