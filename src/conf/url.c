/* SPDX-License-Identifier: MIT */
#include "conf/url.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SCHEME "smb://"
#define HOME   "%{home}"
enum { VALUE_MOST = 256, SHARE_MOST = 80 };

static const char *const names[URL_VARIABLES] = {
    [URL_USER] = "user", [URL_MAIL] = "mail",     [URL_UPN] = "upn", [URL_NETBIOS] = "netbios",
    [URL_HOME] = "home", [URL_DOMAIN] = "domain", [URL_DC] = "dc",   [URL_SITE] = "site",
};

/* A part of the setting with its values filled in: the server or one name of the path. */
struct part {
    char text[URL_PATH_MOST + 1];
    size_t length;
    bool of_server, has_value;
};

/* Whose fault it is: the setting's, or that of the value in it. */
static enum outcome refuse(const struct part *part, struct why *why, const char *what)
{
    return fail(why, part->has_value ? REASON_SHARE_VALUE : REASON_BAD_SETTING, "%s", what);
}

static bool add(struct part *part, const char *bytes, size_t length)
{
    if (length > URL_PATH_MOST - part->length)
        return false;
    memcpy(part->text + part->length, bytes, length);
    part->length += length;
    part->text[part->length] = '\0';
    return true;
}

static bool fits_server(enum url_variable variable, const char *value)
{
    return variable == URL_SITE ? name_is_label(value, strlen(value)) : name_is_domain(value);
}

/* From %{ on; *at is then behind the }. */
static enum outcome add_value(struct part *part, const char **at, const char *const values[],
                              struct why *why)
{
    const char *name = *at + 2;
    size_t length = strcspn(name, "}");
    int i = 0;

    while (i < URL_VARIABLES &&
           (strlen(names[i]) != length || strncmp(names[i], name, length) != 0))
        i++;
    if (i == URL_VARIABLES || !name[length])
        return fail(why, REASON_BAD_SETTING, "a %%{NAME} in it is not known");
    if (i == URL_HOME)
        return fail(why, REASON_BAD_SETTING,
                    "%%{home} is a whole URL: nothing may stand beside it");
    if (part->of_server && i < URL_DOMAIN)
        return fail(why, REASON_BAD_SETTING, "%%{%s} may not name the server", names[i]);
    const char *value = values[i];
    if (!value || !*value)
        return fail(why, REASON_SHARE_VALUE, "nothing is known for %%{%s}", names[i]);
    if (strnlen(value, VALUE_MOST + 1) > VALUE_MOST)
        return fail(why, REASON_SHARE_VALUE, "%%{%s} is too long", names[i]);
    if (part->of_server && !fits_server((enum url_variable)i, value))
        return fail(why, REASON_SHARE_VALUE, "%%{%s} is no name of a host: %s", names[i], value);
    part->has_value = true;
    *at = name + length + 1;
    return add(part, value, strlen(value)) ? OUTCOME_OK : refuse(part, why, "it is too long");
}

/* From a % on that begins no %{: two hexadecimal digits. */
static enum outcome add_byte(struct part *part, const char **at, struct why *why)
{
    const char *digits = *at + 1;
    char text[3] = "", byte;

    if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
        return fail(why, REASON_BAD_SETTING,
                    "a %% begins neither %%{NAME} nor two hexadecimal "
                    "digits");
    memcpy(text, digits, 2);
    byte = (char)strtol(text, NULL, 16);
    *at = digits + 2;
    return byte && add(part, &byte, 1)
               ? OUTCOME_OK
               : fail(why, REASON_BAD_SETTING, "it is too long, or holds a NUL");
}

/* Fills in what the setting has up to end. */
static enum outcome fill(struct part *part, const char *at, const char *end,
                         const char *const values[], struct why *why)
{
    enum outcome out = OUTCOME_OK;

    while (!out && at < end) {
        if (at[0] == '%' && at[1] == '{')
            out = add_value(part, &at, values, why);
        else if (*at == '%')
            out = add_byte(part, &at, why);
        else if (!add(part, at++, 1))
            out = refuse(part, why, "it is too long");
    }
    return out;
}

/* What no name of a share or folder can have (MS-FSCC 2.1.5), and what a server could take for
 * another name: Windows drops dots and spaces at the end. NULL: nothing. */
static const char *fault_of_name(const char *name, size_t length)
{
    return !length                          ? "a name in the path is empty"
           : !text_is_clean(name, length)   ? "a name in the path has control characters or is "
                                              "not UTF-8"
           : strpbrk(name, "\\/:*?\"<>|")   ? "a name in the path holds one of \\ / : * ? \" < > |"
           : name[0] == ' '                 ? "a name in the path begins with a space"
           : strchr(" .", name[length - 1]) ? "a name in the path ends with a space or a dot"
                                            : NULL;
}

/* RFC 3986 2.1 */
static void encode(const char *name, char *text)
{
    static const char plain[] = "-._~$", digits[] = "0123456789ABCDEF";

    for (; *name; name++) {
        unsigned char byte = (unsigned char)*name;
        bool is_plain = isalnum(byte) || strchr(plain, byte);
        *text++ = is_plain ? *name : '%';
        if (!is_plain) {
            *text++ = digits[byte >> 4];
            *text++ = digits[byte & 15];
        }
    }
    *text = '\0';
}

/* One more name of the path. */
static enum outcome take_name(struct url *url, const struct part *part, struct why *why)
{
    size_t length = strlen(url->path);
    const char *fault = fault_of_name(part->text, part->length);

    if (fault)
        return refuse(part, why, fault);
    if (!length && part->length > SHARE_MOST)
        return refuse(part, why, "the share's name has more than 80 bytes");
    if (length + part->length + 1 > URL_PATH_MOST)
        return refuse(part, why, "it is too long");
    (void)snprintf(url->path + length, sizeof url->path - length, "%s%s", length ? "/" : "",
                   part->text);
    (void)strcat(url->text, "/");
    encode(part->text, url->text + strlen(url->text));
    return OUTCOME_OK;
}

static enum outcome take_server(struct url *url, const struct part *part, struct why *why)
{
    if (!name_is_host(part->text))
        return refuse(part, why,
                      strchr(part->text, '@') ? "it holds a user or a password, which is never "
                                                "taken from there"
                                              : "the server must be a name, without a port; "
                                                "Kerberos knows no addresses");
    (void)snprintf(url->text, sizeof url->text, SCHEME "%s", part->text);
    (void)strcpy(url->server, part->text);
    return OUTCOME_OK;
}

/* Server and names; at is behind the two separators in front. One at the end is fine. */
static enum outcome take(const char *at, char separator, const char *const values[],
                         struct part *first, struct url *url, struct why *why)
{
    const char between[] = { separator, '\0' };
    struct part part = *first;
    enum outcome out = OUTCOME_OK;

    for (part.of_server = true; !out && (*at || part.of_server || !*url->path);) {
        const char *end = at + strcspn(at, between);
        part.length = 0;
        part.text[0] = '\0';
        if (!values)
            out = add(&part, at, (size_t)(end - at)) ? OUTCOME_OK
                                                     : refuse(&part, why, "it is too long");
        else
            out = fill(&part, at, end, values, why);
        if (!out)
            out = part.of_server ? take_server(url, &part, why) : take_name(url, &part, why);
        part.of_server = false;
        part.has_value = first->has_value;
        at = end + (*end != '\0');
    }
    if (out)
        *url = (struct url){ .text = "" };
    return out;
}

/* The folder that the directory names: \\server\share\folder (MS-ADA1 2.293). */
static enum outcome take_home(const char *home, struct url *url, struct why *why)
{
    struct part part = { .has_value = true };

    if (!home || !*home)
        return fail(why, REASON_SHARE_VALUE, "the directory tells no home folder");
    if (strncmp(home, "\\\\", 2) != 0)
        return fail(why, REASON_SHARE_VALUE, "the home folder is not \\\\server\\share: %s", home);
    if (take(home + 2, '\\', NULL, &part, url, why))
        return fail_in(why, "the home folder %s", home);
    return OUTCOME_OK;
}

enum outcome url_build(const char *setting, const char *const values[URL_VARIABLES],
                       struct url *url, struct why *why)
{
    size_t length = strnlen(setting, URL_SETTING_MOST + 1);
    struct part part = { .has_value = false };

    *url = (struct url){ .text = "" };
    if (!length)
        return fail(why, REASON_BAD_SETTING, "it is empty");
    if (length > URL_SETTING_MOST)
        return fail(why, REASON_BAD_SETTING, "it has more than %d bytes", URL_SETTING_MOST);
    if (!strcmp(setting, HOME))
        return take_home(values[URL_HOME], url, why);
    if (strncmp(setting, SCHEME, strlen(SCHEME)) != 0)
        return fail(why, REASON_BAD_SETTING, "expected " SCHEME "server/share/folder or %%{home}");
    if (strpbrk(setting, "?#\\"))
        return fail(why, REASON_BAD_SETTING, "it holds one of ? # \\");
    return take(setting + strlen(SCHEME), '/', values, &part, url, why);
}

enum outcome url_check(const char *setting, struct why *why)
{
    /* Short ones: what is too long with them always is. */
    static const char *const samples[URL_VARIABLES] = {
        [URL_USER] = "u",        [URL_MAIL] = "m",     [URL_UPN] = "p",    [URL_NETBIOS] = "N",
        [URL_HOME] = "\\\\h\\u", [URL_DOMAIN] = "c.e", [URL_DC] = "d.c.e", [URL_SITE] = "S",
    };
    struct url url;

    return url_build(setting, samples, &url, why) ? fail_as(why, REASON_BAD_SETTING) : OUTCOME_OK;
}
