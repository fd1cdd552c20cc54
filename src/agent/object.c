/* SPDX-License-Identifier: MIT */
#include "agent/object.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/bus.h"
#include "agent/call.h"
#include "agent/certificates.h"
#include "agent/window.h"

#define ROOT      "/org/chatelaine"
#define PARENT    ROOT "/identity"
#define INTERFACE "org.chatelaine.Identity"

enum { MEMBERS_MOST = FACT_LAST - FACT_FIRST + 32 };

static const struct {
    const char *type;
    unsigned flags;
} kinds[] = {
#define KIND(kind, type, emits) [SLOT_##kind] = { type, SD_BUS_VTABLE_PROPERTY_EMITS_##emits },
#include "agent/interface.def"
};

static int on_errand(sd_bus_message *call, void *data, sd_bus_error *error);
static int on_window(sd_bus_message *call, void *data, sd_bus_error *error);

enum { ERRAND, WINDOW };

static const struct {
    const char *name;
    int what;
    enum verb verb;
} methods[] = {
#define METHOD(name, what, verb) { name, what, VERB_##verb },
#include "agent/interface.def"
};

/* The names of arguments end with an empty one. */
static const struct {
    const char *name, *type, *argument;
} signals[] = {
#define SIGNAL(news, name, type, argument) [NEWS_##news] = { name, type, argument "\0" },
#include "agent/interface.def"
};

static int append_pairs(sd_bus_message *reply, const struct message *facts, enum slot slot)
{
    struct slot_value value;
    int status = sd_bus_message_open_container(reply, 'a', "(ss)");

    for (size_t at = 0; status >= 0 && facts && message_next(facts, &at, &value);) {
        if (value.slot != slot)
            continue;
        char *first = strndup(value.text, (size_t)(value.second - 1 - value.text));
        status = sd_bus_message_append(reply, "(ss)", first ? first : "", value.second);
        free(first);
    }
    return status < 0 ? status : sd_bus_message_close_container(reply);
}

/* One row: each column by its word, as in --json. */
static int append_columns(sd_bus_message *reply, const struct slot_value *value)
{
    const char *word = slot_row(value->slot)->first;
    int status = sd_bus_message_open_container(reply, 'a', "{ss}");

    for (unsigned column = 0; status >= 0 && *word; column++) {
        size_t size = strcspn(word, " "), length;
        const char *text = message_column(value, column, &length);
        char *name = strndup(word, size), *copy = strndup(text, length);
        status = name && copy ? sd_bus_message_append(reply, "{ss}", name, copy) : -ENOMEM;
        free(name);
        free(copy);
        word += size + (word[size] == ' ');
    }
    return status < 0 ? status : sd_bus_message_close_container(reply);
}

static int append_certificates(sd_bus_message *reply, const struct identity *identity)
{
    message_auto *rows = message_new(MESSAGE_RESULT);
    struct slot_value value;
    int status = rows ? sd_bus_message_open_container(reply, 'a', "a{ss}") : -ENOMEM;

    if (rows)
        certificates_tell(identity, rows);
    for (size_t at = 0; status >= 0 && message_next(rows, &at, &value);)
        status = append_columns(reply, &value);
    return status < 0 ? status : sd_bus_message_close_container(reply);
}

static int get(sd_bus *bus, const char *path, const char *interface, const char *property,
               sd_bus_message *reply, void *data, sd_bus_error *error)
{
    const struct identity *identity = data;
    const struct message *facts = identity->facts;
    enum slot slot;

    (void)bus, (void)path, (void)interface, (void)error;
    if (!strcmp(property, slot_row(SLOT_IDENTITY)->name))
        return sd_bus_message_append(reply, "s", identity->name);
    if (!strcmp(property, slot_row(SLOT_CERTIFICATES)->name))
        return append_certificates(reply, identity);
    if (!fact_find(property, &slot))
        return 0;
    const char *type = kinds[slot_row(slot)->kind].type;
    const char *text = facts && *type == 's' ? message_text(facts, slot) : NULL;
    int64_t number = facts && (*type == 'x' || *type == 'b') ? message_number(facts, slot, 0) : 0;
    return *type == 'a'   ? append_pairs(reply, facts, slot)
           : *type == 's' ? sd_bus_message_append(reply, type, text ? text : "")
           : *type == 'b' ? sd_bus_message_append(reply, type, number != 0)
                          : sd_bus_message_append(reply, type, number);
}

static size_t add_properties(sd_bus_vtable *table, size_t count)
{
    table[count++] = (sd_bus_vtable)SD_BUS_PROPERTY(slot_row(SLOT_IDENTITY)->name, "s", get, 0,
                                                    SD_BUS_VTABLE_PROPERTY_CONST);
    table[count++] = (sd_bus_vtable)SD_BUS_PROPERTY(
        slot_row(SLOT_CERTIFICATES)->name, kinds[SLOT_ROW].type, get, 0, kinds[SLOT_ROW].flags);
    for (unsigned slot = FACT_FIRST; slot <= FACT_LAST; slot++) {
        const struct slot_row *row = slot_row(slot);
        if (row->name && row->kind < sizeof kinds / sizeof *kinds)
            table[count++] = (sd_bus_vtable)SD_BUS_PROPERTY(row->name, kinds[row->kind].type, get,
                                                            0, kinds[row->kind].flags);
    }
    return count;
}

/* The interface, made once. */
static const sd_bus_vtable *interface(void)
{
    static sd_bus_vtable table[MEMBERS_MOST];
    size_t count = 0;

    if (table[0].type)
        return table;
    table[count++] = (sd_bus_vtable)SD_BUS_VTABLE_START(0);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        table[count++] = (sd_bus_vtable)SD_BUS_METHOD(
            methods[i].name, "", "", methods[i].what == ERRAND ? on_errand : on_window,
            SD_BUS_VTABLE_UNPRIVILEGED);
    count = add_properties(table, count);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        table[count++] = (sd_bus_vtable)SD_BUS_SIGNAL_WITH_NAMES(signals[i].name, signals[i].type,
                                                                 signals[i].argument, 0);
    table[count++] = (sd_bus_vtable)SD_BUS_VTABLE_END;
    return table;
}

static enum verb verb_of(sd_bus_message *call)
{
    size_t i = 0;

    while (strcmp(methods[i].name, sd_bus_message_get_member(call)) != 0)
        i++;
    return methods[i].verb;
}

/* The person and root may call; the bus of a session lets in nobody else, if it is set up right. */
static int check_caller(sd_bus_message *call, sd_bus_error *error)
{
    return sd_bus_query_sender_privilege(call, -1) > 0
               ? 0
               : sd_bus_error_set_const(error, SD_BUS_ERROR_ACCESS_DENIED, "That is not for you.");
}

static int on_errand(sd_bus_message *call, void *data, sd_bus_error *error)
{
    int status = check_caller(call, error);

    if (status < 0)
        return status;
    call_take(call, data, verb_of(call));
    return 1; /* it is answered when it is done */
}

static int on_window(sd_bus_message *call, void *data, sd_bus_error *error)
{
    struct why why;
    int status = check_caller(call, error);

    if (status < 0)
        return status;
    if (window_show(data, verb_of(call), &why))
        return call_refuse(call, &why);
    return sd_bus_reply_method_return(call, "");
}

static int find(sd_bus *bus, const char *path, const char *interface, void *data, void **found,
                sd_bus_error *error)
{
    struct agent *agent = data;
    char *name = NULL;

    (void)bus, (void)interface, (void)error;
    if (sd_bus_path_decode(path, PARENT, &name) > 0)
        for (size_t i = 0; i < agent->identity_count; i++)
            if (!strcmp(agent->identities[i]->name, name))
                *found = agent->identities[i];
    free(name);
    return *found != NULL;
}

static int list(sd_bus *bus, const char *prefix, void *data, char ***paths, sd_bus_error *error)
{
    struct agent *agent = data;

    (void)bus, (void)prefix, (void)error;
    if (!(*paths = calloc(agent->identity_count + 1, sizeof **paths)))
        return -ENOMEM;
    for (size_t i = 0; i < agent->identity_count; i++)
        if (sd_bus_path_encode(PARENT, agent->identities[i]->name, &(*paths)[i]) < 0)
            break;
    return 0;
}

bool object_offer(sd_bus *bus, struct agent *agent)
{
    return sd_bus_add_object_manager(bus, NULL, ROOT) >= 0 &&
           sd_bus_add_node_enumerator(bus, NULL, PARENT, list, agent) >= 0 &&
           sd_bus_add_fallback_vtable(bus, NULL, PARENT, INTERFACE, interface(), find, agent) >= 0;
}

/* NULL where there is no bus, or no memory. */
static char *path_of(const struct identity *identity)
{
    char *path = NULL;

    if (bus_peek())
        (void)sd_bus_path_encode(PARENT, identity->name, &path);
    return path;
}

void object_added(struct identity *identity)
{
    char *path = path_of(identity);

    if (path)
        (void)sd_bus_emit_object_added(bus_peek(), path);
    free(path);
}

void object_changed(struct identity *identity)
{
    uint64_t digests[SLOT_END], certificates = certificates_digest(identity);
    char *names[FACT_LAST - FACT_FIRST + 3], *path = path_of(identity);
    size_t count = 0;

    message_digests(identity->facts, digests);
    for (unsigned slot = FACT_FIRST; slot <= FACT_LAST; slot++)
        if (digests[slot] != identity->told[slot - FACT_FIRST])
            names[count++] = (char *)slot_row(slot)->name;
    if (certificates != identity->told_certificates)
        names[count++] = (char *)slot_row(SLOT_CERTIFICATES)->name;
    names[count] = NULL;
    identity->told_certificates = certificates;
    memcpy(identity->told, &digests[FACT_FIRST], sizeof identity->told);
    if (path && count)
        (void)sd_bus_emit_properties_changed_strv(bus_peek(), path, INTERFACE, names);
    free(path);
}

void object_signal(struct identity *identity, enum news news, int64_t number, const char *text)
{
    char *path = path_of(identity);
    const char *type = signals[news].type;

    if (!path)
        return;
    if (*type == 'x')
        (void)sd_bus_emit_signal(bus_peek(), path, INTERFACE, signals[news].name, type, number);
    else if (*type == 's')
        (void)sd_bus_emit_signal(bus_peek(), path, INTERFACE, signals[news].name, type, text);
    else
        (void)sd_bus_emit_signal(bus_peek(), path, INTERFACE, signals[news].name, "");
    free(path);
}
