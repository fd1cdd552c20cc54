/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "share/member.h"

static void matches(void **state)
{
    static const struct member_domain corp = { .dns = "corp.example",
                                               .netbios = "CORP",
                                               .person_sid = "S-1-5-21-1-2-3-1104" };
    static const struct {
        const char *list, *sid, *name;
        bool matches;
    } rows[] = {
        { "S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-513", "Domain Users", true },
        { "S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-5130", "Other", false },
        { "S-1-5-21-1-2-3-5130", "S-1-5-21-1-2-3-513", "Other", false },
        { "S-1-1-0", "S-1-1-0", "Everyone", true },
        { "CORP\\Sales", "S-1-5-21-1-2-3-1200", "Sales", true },
        { "corp\\SALES", "S-1-5-21-1-2-3-1200", "Sales", true },
        { "Corp.Example\\sales", "S-1-5-21-1-2-3-1200", "Sales", true },
        { "CORP\\Straßenbau Köln", "S-1-5-21-1-2-3-1200", "straßenbau kÖln", true },
        { "A\\b, CORP\\Sales , S-1-1-0", "S-1-5-21-1-2-3-1200", "Sales", true },
        { "CORP\\Sales", "S-1-5-21-1-2-3-1200", "Sales Team", false },
        { "CORP\\Sales Team", "S-1-5-21-1-2-3-1200", "Sales", false },
        { "OTHER\\Sales", "S-1-5-21-1-2-3-1200", "Sales", false },
        { "CORP\\Sales", "S-1-5-21-9-9-9-1200", "Sales", false },
        { "CORP\\Sales", "S-1-5-21-1-2-30-1200", "Sales", false },
        { "CORP\\Sales", "S-1-5-21-1-2-3-4-1200", "Sales", false },
        { "CORP\\Users", "S-1-5-32-545", "Users", false },
        { "CORP\\S-1-5-32-545", "S-1-5-32-545", "S-1-5-32-545", false },
        { "CORP\\Sales", "", "Sales", false },
    };
    static const struct member_domain unknown = { .dns = NULL };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(member_matches(rows[i].list, &corp, rows[i].sid, rows[i].name),
                         rows[i].matches);
    assert_false(member_matches("CORP\\Sales", &unknown, "S-1-5-21-1-2-3-1200", "Sales"));
    assert_true(member_matches("S-1-1-0", &unknown, "S-1-1-0", "Everyone"));
}

FACTS(FACT(matches, "member_matches: by SID, or by name within the person's own domain"))
