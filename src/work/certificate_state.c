/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "work/certificate.h"

enum { FILE_MOST = 16 << 10 };

static const char *const words[STEPS] = {
    [STEP_NONE] = "none",       [STEP_BEGUN] = "begun",   [STEP_UNKNOWN] = "unknown",
    [STEP_PENDING] = "pending", [STEP_ISSUED] = "issued", [STEP_DENIED] = "denied",
    [STEP_REFUSED] = "refused",
};

const char *step_word(enum step step)
{
    return words[step];
}

static void file_name(const char *name, char file[96])
{
    (void)snprintf(file, 96, "%s.certificate", name);
}

/* A number without a sign, at most 15 digits. */
static bool take_number(const char *text, long long *number)
{
    size_t digits = strspn(text, "0123456789");

    *number = digits && digits <= 15 && !text[digits] ? strtoll(text, NULL, 10) : -1;
    return *number >= 0;
}

static bool take_step(const char *text, enum step *step)
{
    for (unsigned i = STEP_BEGUN; i < STEPS; i++)
        if (!strcmp(words[i], text)) {
            *step = (enum step)i;
            return true;
        }
    return false;
}

static bool take_text(const char *text, char *to, size_t size)
{
    return text_is_clean(text, strlen(text)) && (size_t)snprintf(to, size, "%s", text) < size;
}

static bool set_number(struct pending *pending, const char *key, long long number)
{
    if (!strcmp(key, "request"))
        pending->request = (unsigned)number;
    else if (!strcmp(key, "at"))
        pending->at = (time_t)number;
    else if (!strcmp(key, "again"))
        pending->again = (time_t)number;
    else if (!strcmp(key, "renews"))
        pending->renews = number;
    else
        pending->exportable = number;
    return strcmp(key, "request") != 0 || number <= 0xffffffff;
}

/* One line; what is not known here is of a newer version, and no failure. */
static bool take(struct pending *pending, const char *key, const char *text)
{
    const struct {
        const char *key;
        char *to;
        size_t size;
    } texts[] = {
        { "token", pending->token, sizeof pending->token },
        { "person", pending->person, sizeof pending->person },
        { "base", pending->base, sizeof pending->base },
        { "protocol", pending->protocol, sizeof pending->protocol },
        { "authority", pending->authority, sizeof pending->authority },
        { "template", pending->template, sizeof pending->template },
        { "message", pending->message, sizeof pending->message },
    };
    static const char *const numbers[] = { "request", "at", "again", "renews", "exportable" };
    long long number = 0;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(key, texts[i].key))
            return take_text(text, texts[i].to, texts[i].size);
    if (!strcmp(key, "step"))
        return take_step(text, &pending->step);
    if (!strcmp(key, "key"))
        return key_id_parse(text, &pending->key);
    if (!strcmp(key, "kind"))
        return cert_key_parse(text, &pending->kind);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!strcmp(key, numbers[i]))
            return take_number(text, &number) && set_number(pending, key, number);
    return true;
}

static bool parse(struct pending *pending, char *lines)
{
    char *line;

    while ((line = strsep(&lines, "\n"))) {
        char *blank = strchr(line, ' ');
        if (!*line)
            continue;
        if (!blank)
            return false;
        *blank = '\0';
        if (!take(pending, line, blank + 1))
            return false;
    }
    return pending->step != STEP_NONE;
}

enum outcome pending_read(int folder, const char *name, struct pending *pending, struct why *why)
{
    text_auto *text = NULL;
    char file[96];

    *pending = (struct pending){ .step = STEP_NONE, .protocol = "certsrv" };
    file_name(name, file);
    enum outcome out = file_read(folder, file, FILE_MOST, geteuid(), &text, why);
    bool is_unread = out && why->reason == REASON_BAD_SETTING; /* far too long, it may be */
    if ((out && !is_unread) || (!out && !text))
        return out;
    char *copy = text ? strdup(text_peek(text)) : NULL;
    bool good = copy && strlen(copy) == text_length(text) && parse(pending, copy);
    free(copy);
    if (good)
        return OUTCOME_OK;
    *pending = (struct pending){ .step = STEP_NONE };
    return fail(why, REASON_STATE_DAMAGED,
                "what is under way of certificate %s: chatelaine certificate remove %s forgets it",
                name, name);
}

enum outcome pending_write(int folder, const char *name, struct pending *pending, struct why *why)
{
    text_auto *text = text_new(FILE_MOST);
    char file[96], key[KEY_ID_TEXT];

    if (!text)
        return fail_memory(why);
    if (!pending->at)
        pending->at = time(NULL);
    key_id_text(&pending->key, key);
    text_clean(pending->message);
    text_add(text, "step %s\nkey %s\nkind %s\nexportable %d\nrenews %d\nrequest %u\n",
             words[pending->step], key, cert_key_name(pending->kind), pending->exportable,
             pending->renews, pending->request);
    text_add(text, "at %lld\nagain %lld\nprotocol %s\n", (long long)pending->at,
             (long long)pending->again, pending->protocol);
    text_add(text, "token %s\nperson %s\nbase %s\nauthority %s\ntemplate %s\nmessage %s\n",
             pending->token, pending->person, pending->base, pending->authority, pending->template,
             pending->message);
    if (!text_ok(text))
        return fail_memory(why);
    file_name(name, file);
    return file_write(folder, file, text_peek(text), text_length(text), why)
               ? fail_in(why, "writing down what is under way of certificate %s", name)
               : OUTCOME_OK;
}

static void kept_name(const char *name, enum pending_what what, char file[96])
{
    (void)snprintf(file, 96, "%s.%s", name, what == PENDING_REQUEST ? "request" : "issued");
}

enum outcome pending_keep(int folder, const char *name, enum pending_what what,
                          const struct text *pem, struct why *why)
{
    char file[96];

    kept_name(name, what, file);
    return file_write(folder, file, text_peek(pem), text_length(pem), why)
               ? fail_in(why, "writing down what is under way of certificate %s", name)
               : OUTCOME_OK;
}

enum outcome pending_kept(int folder, const char *name, enum pending_what what, struct text **pem,
                          struct why *why)
{
    char file[96];

    kept_name(name, what, file);
    return file_read(folder, file, CHAIN_BYTES_MOST, geteuid(), pem, why);
}

enum outcome pending_forget(int folder, const char *name, struct why *why)
{
    char file[96], issued[96], request[96];
    enum outcome out;

    file_name(name, file);
    kept_name(name, PENDING_ISSUED, issued);
    kept_name(name, PENDING_REQUEST, request);
    if ((out = file_remove(folder, file, why)) || (out = file_remove(folder, issued, why)))
        return out;
    return file_remove(folder, request, why);
}
