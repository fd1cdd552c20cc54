/* SPDX-License-Identifier: MIT */
#include "network/entry.h"

#include <stdio.h>
#include <string.h>

/* NetworkManager's flags of a secret: who keeps it (nm-settings-dbus(5), "Secret flag types"). */
enum { AGENT_OWNED = 1, NOT_REQUIRED = 4 };

static void put(struct entries *entries, struct entry entry)
{
    entries->all[entries->count++] = entry;
}

static void put_text(struct entries *entries, const char *section, const char *key,
                     enum entry_kind kind, const char *text)
{
    put(entries, (struct entry){ .section = section, .key = key, .kind = kind, .text = text });
}

static void put_number(struct entries *entries, const char *key, uint32_t number)
{
    put(entries,
        (struct entry){ .section = "802-1x", .key = key, .kind = ENTRY_NUMBER, .number = number });
}

static void fill_connection(struct entries *entries, const struct profile *profile)
{
    (void)snprintf(entries->owner, sizeof entries->owner, "user:%s:", profile->account);
    put_text(entries, "connection", "id", ENTRY_TEXT, profile->name);
    put_text(entries, "connection", "uuid", ENTRY_TEXT, profile->uuid);
    put_text(entries, "connection", "type", ENTRY_TEXT,
             profile->ssid ? "802-11-wireless" : "802-3-ethernet");
    put_text(entries, "connection", "permissions", ENTRY_LIST, entries->owner);
}

static void fill_wifi(struct entries *entries, const struct profile *profile)
{
    put(entries, (struct entry){ .section = "802-11-wireless",
                                 .key = "ssid",
                                 .kind = ENTRY_BYTES,
                                 .bytes = profile->ssid,
                                 .length = strlen(profile->ssid) });
    put_text(entries, "802-11-wireless-security", "key-mgmt", ENTRY_TEXT, "wpa-eap");
}

/* The certificate itself can be read without a PIN. */
static void fill_8021x(struct entries *entries, const struct profile *profile)
{
    static const char section[] = "802-1x";

    put_text(entries, section, "eap", ENTRY_LIST, "tls");
    put_text(entries, section, "identity", ENTRY_TEXT, profile->login);
    put(entries, (struct entry){ .section = section,
                                 .key = "ca-cert",
                                 .kind = ENTRY_BYTES,
                                 .bytes = profile->ca,
                                 .length = profile->ca_length });
    if (*profile->server)
        put_text(entries, section, "domain-suffix-match", ENTRY_TEXT, profile->server);
    put_text(entries, section, "client-cert", ENTRY_URI, profile->uri);
    put_number(entries, "client-cert-password-flags", NOT_REQUIRED);
    put_text(entries, section, "private-key", ENTRY_URI, profile->key_uri);
    put_number(entries, "private-key-password-flags", AGENT_OWNED);
}

void entries_fill(struct entries *entries, const struct profile *profile)
{
    entries->count = 0;
    fill_connection(entries, profile);
    if (profile->ssid)
        fill_wifi(entries, profile);
    fill_8021x(entries, profile);
    put_text(entries, "user", "data", ENTRY_PAIR, profile->mark);
}

bool section_is_ours(const char *section)
{
    return !strcmp(section, "802-1x") || !strcmp(section, "user");
}

bool entry_is_ours(const char *section, const char *key)
{
    static const struct {
        const char *section, *key;
    } ours[] = {
        { "connection", "type" },
        { "connection", "permissions" },
        { "802-11-wireless", "ssid" },
        { "802-11-wireless-security", "key-mgmt" },
    };

    if (section_is_ours(section))
        return true;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (!strcmp(section, ours[i].section) && !strcmp(key, ours[i].key))
            return true;
    return false;
}

static int append_bytes(sd_bus_message *call, const void *bytes, size_t length)
{
    int code = sd_bus_message_open_container(call, 'v', "ay");

    if (code < 0 || (code = sd_bus_message_append_array(call, 'y', bytes, length)) < 0)
        return code;
    return sd_bus_message_close_container(call);
}

int entry_append(sd_bus_message *call, const struct entry *entry)
{
    int code = sd_bus_message_open_container(call, 'e', "sv");

    if (code < 0 || (code = sd_bus_message_append_basic(call, 's', entry->key)) < 0)
        return code;
    switch (entry->kind) {
    case ENTRY_TEXT:
        code = sd_bus_message_append(call, "v", "s", entry->text);
        break;
    case ENTRY_LIST:
        code = sd_bus_message_append(call, "v", "as", 1, entry->text);
        break;
    case ENTRY_BYTES:
        code = append_bytes(call, entry->bytes, entry->length);
        break;
    case ENTRY_URI:
        code = append_bytes(call, entry->text, strlen(entry->text) + 1);
        break;
    case ENTRY_NUMBER:
        code = sd_bus_message_append(call, "v", "u", entry->number);
        break;
    case ENTRY_PAIR:
        code = sd_bus_message_append(call, "v", "a{ss}", 1, MARK_KEY, entry->text);
        break;
    }
    return code < 0 ? code : sd_bus_message_close_container(call);
}

/* A path, or a list of numbers, is how the files have bytes. */
static void add_bytes(struct text *text, const struct entry *entry)
{
    const unsigned char *bytes = entry->bytes;

    for (size_t i = 0; i < entry->length; i++)
        text_add(text, "%u;", bytes[i]);
}

static void add_value(struct text *text, const struct entry *entry)
{
    if (entry->kind == ENTRY_NUMBER)
        text_add(text, "%u", entry->number);
    else if (entry->kind == ENTRY_BYTES)
        add_bytes(text, entry);
    else
        text_add(text, "%s%s", entry->text, entry->kind == ENTRY_LIST ? ";" : "");
}

void profile_lines(const struct profile *profile, void (*line)(void *data, const char *text),
                   void *data)
{
    struct entries entries;
    const char *section = "";

    entries_fill(&entries, profile);
    for (size_t i = 0; i < entries.count; i++) {
        const struct entry *entry = &entries.all[i];
        text_auto *text = text_new(PROFILE_CANON_MOST);
        char title[64];
        if (!text)
            return;
        if (strcmp(section, entry->section) != 0) {
            section = entry->section;
            (void)snprintf(title, sizeof title, "[%s]", section);
            line(data, title);
        }
        text_add(text, "%s=", entry->kind == ENTRY_PAIR ? MARK_KEY : entry->key);
        add_value(text, entry);
        line(data, text_peek(text));
    }
}
