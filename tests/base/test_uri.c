/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "base/uri.h"

static void reads(void **state)
{
    static const struct {
        const char *uri, *value; /* of the parameter "a"; NULL: none that is given */
        bool named;
    } rows[] = {
        { "x:/y?a=b", "b", true },
        { "x:/y?b=c&a=d&c=e", "d", true },
        { "?a=", "", true },
        { "?a", "", true },
        { "?a&b=c", "", true },
        { "?a=b=c?d", "b=c?d", true },
        { "?a=%41%c3%a4+%2B%26", "A\xc3\xa4 +&", true },
        { "?a=1234567", "1234567", true },
        { "?a=%31%32%33%34%35%36%37", "1234567", true },
        /* Not there. */
        { "", NULL, false },
        { "a=b", NULL, false },
        { "x:/a=b?", NULL, false },
        { "?aa=b&ba=c&A=d&=e&%61=f", NULL, false },
        { "?b=c#a=b", NULL, false },
        { "?b=c#&a=b", NULL, false },
        /* There, and of no use: twice, too long, malformed, not clean. */
        { "?a=b&a=b", NULL, true },
        { "?a=b&a", NULL, true },
        { "?a&c=d&a=b", NULL, true },
        { "?a=12345678", NULL, true },
        { "?a=%", NULL, true },
        { "?a=b%4", NULL, true },
        { "?a=%4&b=1", NULL, true },
        { "?a=%g0", NULL, true },
        { "?a=b%00", NULL, true },
        { "?a=b%0Ac", NULL, true },
        { "?a=%1b[m", NULL, true },
        { "?a=%ff", NULL, true },
        { "?a=%e2%80%ae", NULL, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char value[8] = "before";
        bool given = uri_parameter(rows[i].uri, "a", value, sizeof value);
        if (given != (rows[i].value != NULL) || strcmp(value, given ? rows[i].value : "") != 0)
            fail_msg("%s: %s \"%s\"", rows[i].uri, given ? "given" : "not given", value);
        if (uri_names(rows[i].uri, "a") != rows[i].named)
            fail_msg("%s: %snamed", rows[i].uri, rows[i].named ? "not " : "");
    }
}

FACTS(FACT(reads,
           "uri_parameter: one that is there once, whole and clean; uri_names: whether it is "
           "there"))
