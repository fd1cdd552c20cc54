/* SPDX-License-Identifier: MIT */
#include "work/certificate_adopted.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cert/names.h"
#include "conf/name.h"
#include "wire/state.h"

enum { FILE_MOST = 64 << 10 };

void adopted_free(struct adopted *adopted)
{
    if (adopted->certificate)
        gnutls_x509_crt_deinit(adopted->certificate);
    adopted->certificate = NULL;
}

static void file_name(const char *name, char file[96])
{
    (void)snprintf(file, 96, "%s" STATE_ADOPTED, name);
}

/* A line "KEY TEXT"; gives what is behind it, NULL where it is not that. */
static const char *take_line(const char *lines, const char *end, const char *key, char *to,
                             size_t size)
{
    size_t length = strlen(key);
    const char *line = memchr(lines, '\n', (size_t)(end - lines));

    if (!line || (size_t)(line - lines) <= length || memcmp(lines, key, length) != 0 ||
        lines[length] != ' ' || (size_t)(line - lines) - length > size)
        return NULL;
    size_t text = (size_t)(line - lines) - length - 1;
    memcpy(to, lines + length + 1, text);
    to[text] = '\0';
    return text_is_clean(to, text) ? line + 1 : NULL;
}

bool adopted_parse(struct adopted *adopted, const char *lines, size_t length)
{
    const char *end = lines + length, *at = lines;
    chain_auto chain = { .count = 0 };
    struct why why;

    if (!(at = take_line(at, end, "identity", adopted->identity, sizeof adopted->identity)) ||
        !(at = take_line(at, end, "uri", adopted->uri, sizeof adopted->uri)) ||
        !(at = take_line(at, end, "key", adopted->key_uri, sizeof adopted->key_uri)) ||
        chain_read(at, (size_t)(end - at), &chain, &why) || chain.count != 1 ||
        strncmp(adopted->uri, "pkcs11:", 7) != 0 || strncmp(adopted->key_uri, "pkcs11:", 7) != 0)
        return false;
    adopted->certificate = chain.all[0];
    chain.count = 0;
    return true;
}

/* Whosever it is. */
static enum outcome read_any(const struct certificates *all, const char *name,
                             struct adopted *adopted, bool *has, struct why *why)
{
    text_auto *text = NULL;
    char file[96];

    *adopted = (struct adopted){ .certificate = NULL };
    file_name(name, file);
    enum outcome out = file_read(all->folder, file, FILE_MOST, geteuid(), &text, why);
    *has = !out && text;
    if (out || !text)
        return out;
    (void)snprintf(adopted->name, sizeof adopted->name, "%s", name);
    return adopted_parse(adopted, text_peek(text), text_length(text))
               ? OUTCOME_OK
               : fail(why, REASON_STATE_DAMAGED,
                      "what is written down of certificate %s: chatelaine certificate remove %s "
                      "forgets it",
                      name, name);
}

enum outcome adopted_read(const struct certificates *all, const char *name, struct adopted *adopted,
                          bool *has, struct why *why)
{
    enum outcome out = read_any(all, name, adopted, has, why);

    if (out || !*has || !strcmp(adopted->identity, all->errand->identity))
        return out;
    *has = false;
    adopted_free(adopted);
    return fail(why, REASON_OTHER_KIND, "the certificate %s is in the care of identity %s", name,
                adopted->identity);
}

enum outcome adopted_write(const struct certificates *all, const struct adopted *adopted,
                           struct why *why)
{
    text_auto *text = text_new(FILE_MOST), *pem = NULL;
    const struct chain chain = { .all = { adopted->certificate }, .count = 1 };
    char file[96];
    enum outcome out = text ? chain_write(&chain, &pem, why) : fail_memory(why);

    if (out)
        return out;
    text_add(text, "identity %s\nuri %s\nkey %s\n%s", adopted->identity, adopted->uri,
             adopted->key_uri, text_peek(pem));
    if (!text_ok(text))
        return fail_memory(why);
    file_name(adopted->name, file);
    return file_write(all->folder, file, text_peek(text), text_length(text), why);
}

enum outcome adopted_forget(const struct certificates *all, const char *name, struct why *why)
{
    char file[96];

    file_name(name, file);
    return file_remove(all->folder, file, why);
}

static int is_adopted(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name), ending = sizeof STATE_ADOPTED - 1;

    return length > ending && !strcmp(entry->d_name + length - ending, STATE_ADOPTED);
}

/* One that is damaged is told where it is asked for by its name. */
static enum outcome call(struct certificates *all, const char *file, adopted_function *function,
                         struct why *why)
{
    adopted_auto adopted = { .certificate = NULL };
    char name[KEY_NAME_MOST + 1];
    struct why unread;
    bool has;

    (void)snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - sizeof STATE_ADOPTED + 1), file);
    if (!name_is_identity(name) || adopted_read(all, name, &adopted, &has, &unread) || !has)
        return OUTCOME_OK;
    return function(all, &adopted, why);
}

enum outcome adopted_each(struct certificates *all, adopted_function *function, struct why *why)
{
    struct dirent **entries = NULL;
    int count = scandir(all->path, &entries, is_adopted, alphasort);
    enum outcome out = OUTCOME_OK;

    for (int i = 0; i < count; i++) {
        if (!out)
            out = call(all, entries[i]->d_name, function, why);
        free(entries[i]);
    }
    free(entries);
    return out;
}
