/* SPDX-License-Identifier: MIT
 *
 * Where a share is, as settings write it: smb://server/share/folder. What stands between %{ and }
 * is filled in with what the directory says, which is believed only as far as it stays in its
 * place: one name within the path, a name of a host within the server.
 */
#ifndef CONF_URL_H
#define CONF_URL_H

#include "base/outcome.h"
#include "conf/name.h"

/* In bytes without the NUL. A share's name has at most 80 characters (MS-FSCC 2.1.6). */
enum { URL_SETTING_MOST = 1024, URL_PATH_MOST = 1024, URL_MOST = 3 * URL_PATH_MOST + 300 };

enum url_variable {
    URL_USER,
    URL_MAIL,
    URL_UPN,
    URL_NETBIOS,
    URL_HOME,   /* \\server\share\folder; is all of a URL or nothing of it */
    URL_DOMAIN, /* this one and those below may be in the server's name, too */
    URL_DC,
    URL_SITE,
    URL_VARIABLES
};

struct url {
    char text[URL_MOST + 1]; /* smb://files.corp.example/team%20a/x, without a / at its end */
    char server[NAME_DOMAIN_MOST + 1];
    char path[URL_PATH_MOST + 1]; /* "team a/x" */
};

/* BAD_SETTING, and what is wrong with it, for one that could be of no use with any values. The
 * value itself, which may hold a password, is not told. */
enum outcome url_check(const char *setting, struct why *why);

/* Fills in the values; one that is needed must not be NULL or "". SHARE_VALUE if one does not fit
 * where it stands; the URL is then empty. */
enum outcome url_build(const char *setting, const char *const values[URL_VARIABLES],
                       struct url *url, struct why *why);

#endif
