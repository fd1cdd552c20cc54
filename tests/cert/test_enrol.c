/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <string.h>

#include "cert/enrol.h"

static struct why why;

static void bases(void **state)
{
    static const struct {
        const char *told, *base;
    } cases[] = {
        { "pki.corp.example", "https://pki.corp.example/certsrv/" },
        { "pki.corp.example/", "https://pki.corp.example/certsrv/" },
        { "pki.corp.example:8443", "https://pki.corp.example:8443/certsrv/" },
        { "https://pki.corp.example", "https://pki.corp.example/certsrv/" },
        { "https://pki.corp.example/", "https://pki.corp.example/certsrv/" },
        { "https://pki.corp.example/certsrv", "https://pki.corp.example/certsrv/" },
        { "https://pki.corp.example/certsrv/", "https://pki.corp.example/certsrv/" },
        { "https://pki.corp.example/a/b", "https://pki.corp.example/a/b/" },
        { "HTTPS://[2001:db8::1]/", "HTTPS://[2001:db8::1]/certsrv/" },
    };
    char base[URL_MOST];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(enrol_base(cases[i].told, base, &why), 0);
        assert_string_equal(base, cases[i].base);
    }
}

static void no_bases(void **state)
{
    static const char *const bad[] = { "",
                                       "/",
                                       "/certsrv/",
                                       "https://",
                                       "https:///certsrv/",
                                       "http://pki.corp.example/certsrv/",
                                       "ldap://pki.corp.example",
                                       "https://alice@pki.corp.example/",
                                       "https://pki.corp.example/?a=b",
                                       "pki.corp.example?a=b",
                                       "https://pki.corp.example/#a",
                                       "pki corp",
                                       "pki.corp.example\n",
                                       "pki.corp.example\\..\\evil.example",
                                       "https://pki.corp.example:0/" };
    char base[URL_MOST], longest[URL_MOST + 1];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        test_reason(enrol_base(bad[i], base, &why), &why, REASON_BAD_SETTING, "");
    memset(longest, 'x', sizeof longest);
    longest[URL_MOST] = '\0';
    test_reason(enrol_base(longest, base, &why), &why, REASON_BAD_SETTING, "");
}

FACTS(FACT(bases, "enrol_base: a host or an address becomes that of the pages"),
      FACT(no_bases, "enrol_base: nothing but https, without user, query and fragment"))
