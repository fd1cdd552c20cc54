/* SPDX-License-Identifier: MIT */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "share/gvfs.h"

/* As gdbus prints a mount, with this name and these properties. */
#define MOUNT(name, properties)                                                                    \
    "(':1.19', objectpath '/org/gtk/vfs/mount/1', " name ", 'smb-share:server=x,share=y', '', "    \
    "'. GThemedIcon folder-remote', '. GThemedIcon folder-remote-symbolic', '', true, b'', "       \
    "(b'/', {" properties "}), b'/')"
#define SPEC(server, share)                                                                        \
    "'server': <b'" server "'>, 'share': <b'" share "'>, 'type': <b'smb-share'>"

static struct url make_url(const char *server, const char *path)
{
    struct url url = { .text = "" };

    (void)snprintf(url.server, sizeof url.server, "%s", server);
    (void)snprintf(url.path, sizeof url.path, "%s", path);
    return url;
}

static void lists(void **state)
{
    static const struct {
        const char *server, *path, *answer;
        bool found;
    } rows[] = {
        { "files", "team", "(@a(sossssssbay(aya{sv})ay) [],)", false },
        { "files", "team", "([" MOUNT("'team on files'", SPEC("files", "team")) "],)", true },
        { "FILES", "Team/a/b", "([" MOUNT("'x'", SPEC("files", "team")) "],)", true },
        { "files", "Übung", "([" MOUNT("'x'", SPEC("files", "\\303\\274bung")) "],)", true },
        { "files", "Ubung", "([" MOUNT("'x'", SPEC("files", "\\303\\274bung")) "],)", false },
        { "files", "o'neil",
          "([" MOUNT("'x'",
                     "'server': <b'files'>, 'share': <b\"o'neil\">, 'type': <b'smb-share'>") "],)",
          true },
        { "files", "home$", "([" MOUNT("'x'", SPEC("files", "home$")) "],)", true },
        { "files", "tea", "([" MOUNT("'x'", SPEC("files", "team")) "],)", false },
        { "files", "team2", "([" MOUNT("'x'", SPEC("files", "team")) "],)", false },
        { "files2", "team", "([" MOUNT("'x'", SPEC("files", "team")) "],)", false },
        { "files", "team",
          "([" MOUNT("'x'", SPEC("other", "team")) ", " MOUNT("'x'", SPEC("files", "team")) "],)",
          true },
        { "files", "team",
          "([" MOUNT("'x'", SPEC("files", "other")) ", " MOUNT("'x'", SPEC("other", "team")) "],)",
          false },
        { "files", "team",
          "([" MOUNT("'x'",
                     "'server': <b'files'>, 'share': <b'team'>, 'type': <b'afp-volume'>") "],)",
          false },
        { "files", "team", "([" MOUNT("'x'", SPEC("files", "team") ", 'user': <b'bob'>") "],)",
          false },
        { "files", "team", "([" MOUNT("'x'", "'domain': <b'D'>, " SPEC("files", "team")) "],)",
          false },
        /* The name of a disk that somebody has plugged in. */
        { "files", "team",
          "([" MOUNT("\"', {'server': <b'files'>, 'share': <b'team'>, 'type': <b'smb-share'>}\"",
                     "'type': <b'x'>") "],)",
          false },
        { "files", "team",
          "([" MOUNT("'\\', {\\'server\\': <b\\'files\\'>, \\'share\\': <b\\'team\\'>, "
                     "\\'type\\': <b\\'smb-share\\'>}'",
                     "'type': <b'x'>") "],)",
          false },
        { "files", "team", "([" MOUNT("'x'", "'note': <b'server'>, 'b': <b'files'>") "],)", false },
        { "files", "team", "{'server': <b'files'>, 'share': <b'team'>, 'type': <b'smb-sha", false },
        { "files", "team", "{'", false },
        { "files", "team", "", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct url url = make_url(rows[i].server, rows[i].path);
        if (gvfs_lists(rows[i].answer, &url) != rows[i].found)
            fail_msg("%s/%s in %s", rows[i].server, rows[i].path, rows[i].answer);
    }
}

FACTS(FACT(lists, "gvfs_lists: the share itself, with nobody else's name; no text can pretend"))
