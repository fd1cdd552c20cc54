/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/stack.h"

static struct stack stack;
static struct why why;

static void file(const char *folder, const char *name, const char *text)
{
    char path[200];

    (void)mkdir(folder, 0755);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    test_write(path, text, strlen(text));
    assert_int_equal(chmod(path, 0644), 0);
}

static enum outcome reads(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    enum outcome out = stack_read(fd, "passwd", &stack, &why);
    (void)close(fd);
    return out;
}

static void of_debian(void **state)
{
    (void)state;
    file("debian", "passwd", "#\n# The PAM configuration file\n\n@include common-password\n\n");
    file("debian", "common-password",
         "# here are the per-package modules\n"
         "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n"
         "password\trequisite\t\t\tpam_deny.so\n"
         "password\trequired\t\t\tpam_permit.so\n"
         "password\toptional\tpam_gnome_keyring.so \n");
    assert_int_equal(reads("debian"), 0);
    assert_string_equal(stack.foreign, "");
    assert_true(stack.sets_password);
    assert_false(stack.quality);
    assert_int_equal(stack.shortest, 6);
}

static void with_quality(void **state)
{
    (void)state;
    file("quality", "passwd", "password include system-auth\n");
    file("quality", "system-auth",
         "auth required pam_sss.so\n"
         "password requisite pam_pwquality.so retry=3 \\\n minlen=12 difok=2\n"
         "-password sufficient /usr/lib/security/pam_unix.so minlen=9 use_authtok\n");
    assert_int_equal(reads("quality"), 0);
    assert_string_equal(stack.foreign, "");
    assert_true(stack.quality);
    assert_non_null(strstr(stack.arguments, "minlen=12"));
    assert_non_null(strstr(stack.arguments, "difok=2"));
    assert_int_equal(stack.shortest, 9);
}

static void foreign(void **state)
{
    static const struct {
        const char *line, *name;
    } rows[] = { { "password sufficient pam_sss.so use_authtok", "pam_sss" },
                 { "password requisite pam_krb5.so minimum_uid=1000", "pam_krb5" },
                 { "Password [success=1 default=ignore] pam_winbind.so", "pam_winbind" },
                 { "-password optional pam_ldap.so", "pam_ldap" },
                 { "password required pam_exec.so /bin/true", "pam_exec" },
                 { "password required /opt/else/pam_unix2.so", "pam_unix2" },
                 { "password required /opt/else/pam_unix.so", "pam_unix" },
                 { "password required pam_unix.so.1", "pam_unix.so.1" },
                 { "password required pam_unix.so\r\n", "pam_unix.so?" },
                 { "password required pam_unix.so obscure nis", "pam_unix with nis" },
                 { "[password] sufficient pam_sss.so", "pam_sss" },
                 { "[-password] [suff\\]icient] [pam_sss.so]", "pam_sss" },
                 { "# no more \\\npassword sufficient pam_sss.so", "pam_sss" },
                 { "password required pam_unix.so # no more \\\npassword optional pam_sss.so",
                   "pam_sss" },
                 { "password required pam_unix.so \\#\npassword optional pam_sss.so", "pam_sss" },
                 { "password \\ \t\n# why\n\n required \\\n   pam_sss.so", "pam_sss" },
                 { "password required pam_systemd_home.so", "pam_systemd_home" },
                 { "password required", "?" },
                 { "password", "?" },
                 { "password [success=1", "?" },
                 { "password required pam_\x1b[1m.so", "pam_?[1m" } };
    char name[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(name, sizeof name, "foreign-%zu", i);
        file(name, "passwd", rows[i].line);
        assert_int_equal(reads(name), 0);
        assert_string_equal(stack.foreign, rows[i].name);
    }
}

static void others_lines(void **state)
{
    (void)state;
    file("others", "passwd",
         "auth required pam_sss.so\naccount required pam_krb5.so\n"
         "# password required pam_ldap.so\npassword required pam_unix.so # pam_sss.so\n"
         "auth required pam_x.so \\\n password required pam_sss.so\n"
         "passwords required pam_sss.so\n");
    assert_int_equal(reads("others"), 0);
    assert_string_equal(stack.foreign, "");
}

static void refused(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = { { "@include passwd\n", "too many" },
                 { "@include gone\n", "gone is not there" },
                 { "@include ../shadow\n", "another folder" },
                 { "@include /etc/shadow\n", "another folder" },
                 { "password substack\n", "another folder" },
                 { "@include", "another folder" },
                 { "-@INCLUDE gone", "gone is not there" },
                 { "@include a\n@include a\n", "too many" } };
    char name[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)snprintf(name, sizeof name, "refused-%zu", i);
        file(name, "passwd", rows[i].text);
        file(name, "a", "@include a\n");
        assert_int_equal(reads(name), OUTCOME_SETTINGS);
        test_reason(OUTCOME_SETTINGS, &why, REASON_COMPANY_STACK, rows[i].why);
    }
    assert_int_equal(mkdir("refused-none", 0755), 0);
    assert_int_equal(reads("refused-none"), OUTCOME_SETTINGS);
    file("refused-link", "real", "password required pam_unix.so\n");
    assert_int_equal(symlink("real", "refused-link/passwd"), 0);
    assert_int_equal(reads("refused-link"), OUTCOME_SETTINGS);
    file("refused-mode", "passwd", "password required pam_unix.so\n");
    assert_int_equal(chmod("refused-mode/passwd", 0666), 0);
    assert_int_equal(reads("refused-mode"), OUTCOME_SETTINGS);
}

/* As long as libpam's room for one allows: what is beyond would be a line of its own. */
static void long_lines(void **state)
{
    char text[3000] = "password required pam_unix.so ";
    size_t begun = strlen(text);

    (void)state;
    memset(text + begun, 'a', 1022 - begun);
    file("long-not", "passwd", text);
    assert_int_equal(reads("long-not"), 0);
    (void)strcat(text, "a");
    file("long", "passwd", text);
    test_reason(reads("long"), &why, REASON_COMPANY_STACK, "a line of more than 1022 bytes");
    (void)snprintf(text, sizeof text, "#%1500s\n", "password sufficient pam_sss.so");
    file("long-comment", "passwd", text);
    test_reason(reads("long-comment"), &why, REASON_COMPANY_STACK, "a line of more than");
    (void)snprintf(text, sizeof text, "password required \\\n%600s \\\n%600s\n", "pam_unix.so", "");
    file("long-joined", "passwd", text);
    test_reason(reads("long-joined"), &why, REASON_COMPANY_STACK, "a line of more than");
}

static void no_text(void **state)
{
    static const char bytes[] = "password required pam_unix.so\0\npassword optional pam_sss.so\n";
    static char huge[70000];

    (void)state;
    (void)mkdir("no-text", 0755);
    test_write("no-text/passwd", bytes, sizeof bytes - 1);
    assert_int_equal(chmod("no-text/passwd", 0644), 0);
    test_reason(reads("no-text"), &why, REASON_COMPANY_STACK, "passwd is no text");
    memset(huge, '\n', sizeof huge - 1);
    file("huge", "passwd", huge);
    test_reason(reads("huge"), &why, REASON_COMPANY_STACK, "more than 65536 bytes");
}

static void many(void **state)
{
    char text[1200] = "";

    (void)state;
    for (int i = 0; i < 40; i++)
        (void)strcat(text, "@include b\n");
    file("many", "passwd", text);
    file("many", "b", "\n");
    test_reason(reads("many"), &why, REASON_COMPANY_STACK, "too many files");
}

FACTS(FACT(of_debian, "stack_read: Debian's own stack is local, and wants six characters"),
      FACT(with_quality,
           "stack_read: an included file, a continued line, pam_pwquality's arguments"),
      FACT(foreign, "stack_read: a module that asks a server, or that is not known, is named"),
      FACT(others_lines, "stack_read: lines of other types and comments do not count"),
      FACT(refused, "stack_read: loops, files that are absent, elsewhere, links or anybody's"),
      FACT(long_lines, "stack_read: a line that libpam would part is refused"),
      FACT(no_text, "stack_read: a file with a NUL, or of no end, is refused"),
      FACT(many, "stack_read: a file that includes no end"))
