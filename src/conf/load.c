/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "conf/conf.h"
#include "conf/conf_set.h"

enum { FILE_MOST = 256 << 10, LINE_MOST = 4096, SECTION_MOST = 46 };

/* What libinih reads lines from, so that we know which line it is at. */
struct reading {
    struct conf *conf;
    const char *name, *at, *end;
    struct why *why;
    enum outcome out;
    enum setting_who who;
    int line;
};

/* Notes the first error, with file and line. */
static void refuse(struct reading *r, const char *what)
{
    if (r->out)
        return;
    r->out = what ? fail(r->why, REASON_BAD_SETTING, "%s:%d: %s", r->name, r->line, what)
                  : fail_in(r->why, "%s:%d", r->name, r->line);
}

/* libinih skips blanks, and a byte order mark, before the bracket. */
static bool begins_section(const char *line, size_t length)
{
    while (length && strchr(" \t\v\f\r\xef\xbb\xbf", *line) && *line) {
        line++;
        length--;
    }
    return length && *line == '[';
}

/* Replaces fgets. libinih would cut long names of sections without a word. */
static char *next_line(char *line, int size, void *stream)
{
    struct reading *r = stream;
    const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
    size_t length = (size_t)((end ? end + 1 : r->end) - r->at);

    if (r->at == r->end || r->out)
        return NULL;
    r->line++;
    if (length >= (size_t)size || length > LINE_MOST)
        refuse(r, "the line is too long");
    else if (length > SECTION_MOST && begins_section(r->at, length))
        refuse(r, "the section's name is too long");
    else if (begins_section(r->at, length) && !memchr(r->at, ']', length))
        refuse(r, "expected [section] or key = value");
    else if (memchr(r->at, '\0', length))
        refuse(r, "the file holds a NUL byte: expected text");
    if (r->out)
        return NULL;
    memcpy(line, r->at, length);
    line[length] = '\0';
    r->at += length;
    return line;
}

static int one_setting(void *user, const char *section, const char *key, const char *value)
{
    struct reading *r = user;
    char origin[512];

    if (r->out)
        return 0;
    (void)snprintf(origin, sizeof origin, "%s:%d", r->name, r->line);
    if (conf_set(r->conf, section, key, value, r->who, origin, r->why))
        refuse(r, NULL);
    return r->out == OUTCOME_OK;
}

enum outcome conf_read(struct conf *conf, const char *name, const char *text, size_t length,
                       enum setting_who who, struct why *why)
{
    struct reading r = {
        .conf = conf, .name = name, .at = text, .end = text + length, .why = why, .who = who
    };

    ini_use_stack = false;
    ini_allow_realloc = false;
    ini_initial_alloc = LINE_MOST + 8;
    ini_max_line = LINE_MOST + 8;
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    int line = ini_parse_stream(next_line, &r, one_setting, &r);
    if (!r.out && line > 0) {
        r.line = line;
        refuse(&r, "expected [section] or key = value");
    } else if (!r.out && line) {
        return fail_memory(why);
    }
    return r.out;
}

static enum outcome read_one(struct conf *conf, int folder, const char *path, const char *name,
                             enum setting_who who, struct why *why)
{
    char full[512];
    text_auto *text = NULL;
    enum outcome out;

    (void)snprintf(full, sizeof full, "%s/%s", path, name);
    if ((out = file_read(folder, name, FILE_MOST, geteuid(), &text, why)))
        return fail_in(why, "reading the settings in %s", path);
    return text ? conf_read(conf, full, text_peek(text), text_length(text), who, why) : OUTCOME_OK;
}

static int is_conf(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return *entry->d_name != '.' && length > 5 && !strcmp(entry->d_name + length - 5, ".conf");
}

static void names_free(struct dirent ***names, int count)
{
    for (int i = 0; i < count; i++)
        free((*names)[i]);
    free(*names);
}

static enum outcome read_drop_ins(struct conf *conf, const char *admin_folder, struct why *why)
{
    char path[480];
    struct dirent **names = NULL;
    enum outcome out = OUTCOME_OK;

    (void)snprintf(path, sizeof path, "%s/conf.d", admin_folder);
    fd_auto folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno == ENOENT ? OUTCOME_OK
                               : fail(why, REASON_BAD_SETTING, "%s: %s", path, strerror(errno));
    int count = scandirat(folder, ".", &names, is_conf, alphasort);
    for (int i = 0; !out && i < count; i++)
        out = read_one(conf, folder, path, names[i]->d_name, WHO_ADMINISTRATOR, why);
    names_free(&names, count);
    if (count < 0)
        return fail(why, REASON_BAD_SETTING, "%s: %s", path, strerror(errno));
    return out;
}

static enum outcome read_main(struct conf *conf, const char *path, enum setting_who who,
                              struct why *why)
{
    fd_auto folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? OUTCOME_OK
                   : fail(why, REASON_BAD_SETTING, "%s: %s", path, strerror(errno));
    return read_one(conf, folder, path, CONF_FILE, who, why);
}

enum outcome conf_load(const char *admin_folder, const char *person_folder, struct conf **conf,
                       struct why *why)
{
    conf_auto *all = conf_new();
    enum outcome out;

    if (!all)
        return fail_memory(why);
    if (admin_folder && ((out = read_main(all, admin_folder, WHO_ADMINISTRATOR, why)) ||
                         (out = read_drop_ins(all, admin_folder, why))))
        return out;
    if ((person_folder && (out = read_main(all, person_folder, WHO_PERSON, why))) ||
        (out = conf_complete(all, why)))
        return out;
    *conf = all;
    all = NULL;
    return OUTCOME_OK;
}
