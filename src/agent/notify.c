/* SPDX-License-Identifier: MIT */
#include "agent/notify.h"

#include <stdio.h>
#include <string.h>

#include "agent/bus.h"
#include "agent/notice.h"
#include "agent/told.h"
#include "agent/window.h"
#include "conf/name.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"
#define RULE "type='signal',sender='" NAME "',path='" PATH "',interface='" NAME "',member="

enum kind { ENDS, NEEDED, OPEN, CERTIFICATE, KINDS };

static struct note {
    struct identity *identity; /* NULL: not in use */
    sd_bus_slot *call;         /* it is being shown */
    int64_t end;
    enum kind kind;
    enum reason reason;
    uint32_t id;                       /* the server's; 0: it is not on the screen */
    bool due;                          /* to be shown, or shown anew */
    bool over;                         /* it was taken back while it was being shown */
    char name[NAME_IDENTITY_MOST + 1]; /* of a certificate */
} notes[IDENTITIES_MOST * KINDS];

static struct {
    bool known, buttons, markup;
    sd_bus_slot *owner, *asked, *action, *closed;
} server;

static struct note *find(struct identity *identity, enum kind kind)
{
    struct note *note = notes;

    while (note->identity && (note->identity != identity || note->kind != kind))
        note++;
    note->identity = identity;
    note->kind = kind;
    return note;
}

static struct note *find_id(uint32_t id)
{
    for (size_t i = 0; id && i < IDENTITIES_MOST * KINDS; i++)
        if (notes[i].id == id)
            return &notes[i];
    return NULL;
}

static void update(void);

bool notify_is_idle(void)
{
    bool any = false;

    for (size_t i = 0; i < IDENTITIES_MOST * KINDS; i++)
        any |= notes[i].id || notes[i].call;
    return !any;
}

/* All programs' notifications are heard of, so only while one of ours is on the screen. */
static void listen(void)
{
    if (notify_is_idle()) {
        slot_drop(&server.action);
        slot_drop(&server.closed);
    }
}

static int on_closed(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    struct note *note;
    uint32_t id;

    (void)data, (void)error;
    if (sd_bus_message_read(signal, "u", &id) < 0 || !(note = find_id(id)))
        return 0;
    note->id = 0;
    listen();
    return 0;
}

static void close_note(struct note *note)
{
    if (note->id && bus_peek())
        (void)sd_bus_call_method_async(bus_peek(), NULL, NAME, PATH, NAME, "CloseNotification",
                                       bus_ignore, NULL, "u", note->id);
    note->id = 0;
    listen();
}

/* True if it was done: the window is shown, or it is to be later. */
static bool act(const struct note *note, const char *word)
{
    enum verb verb;
    struct why why;

    if (!verb_find(word, &verb) || (verb != VERB_SIGN_IN && verb != VERB_CHANGE_PASSWORD))
        return !strcmp(word, "later");
    if (!window_show(note->identity, verb, &why))
        return true;
    agent_log(note->identity->name, "window", reason_outcome(why.reason), &why);
    return false;
}

/* Servers take a notification off the screen by then (version 1.2, "resident"), but not all do. */
static int on_action(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    struct note *note;
    const char *word;
    uint32_t id;

    (void)data, (void)error;
    if (sd_bus_message_read(signal, "us", &id, &word) >= 0 && (note = find_id(id)) &&
        act(note, word))
        close_note(note);
    return 0;
}

static int on_shown(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    struct note *note = data;

    (void)error;
    slot_drop(&note->call);
    if (sd_bus_message_is_method_error(answer, NULL) ||
        sd_bus_message_read(answer, "u", &note->id) < 0) {
        note->due = !note->over; /* by the next server */
        server.known = false;
    } else if (note->kind == ENDS && !note->over) {
        told_shown(note->identity);
    }
    if (note->over)
        close_note(note);
    note->over = false;
    if (server.known)
        update();
    return 0;
}

static int append(sd_bus_message *call, const struct note *note, const struct notice *notice,
                  const char *body)
{
    const char *word = verb_row(notice->verb)->word;
    int status = sd_bus_message_append(call, "susss", "Chatelaine", note->id, "dialog-password",
                                       notice->summary, body);

    if (status < 0)
        return status;
    status = server.buttons && notice->label
                 ? sd_bus_message_append(call, "as", 4, word, notice->label, "later", "Later")
                 : sd_bus_message_append(call, "as", 0);
    return status < 0 ? status
                      : sd_bus_message_append(call, "a{sv}i", 1, "urgency", "y",
                                              notice->urgent ? 2 : 1, -1);
}

static void show(struct note *note)
{
    __attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message *call = NULL;
    struct notice notice;
    char body[BODY_MOST];

    if (note->kind == ENDS)
        notice_password_ends(&notice, note->identity, note->end);
    else if (note->kind == NEEDED)
        notice_password_needed(&notice, note->identity, note->reason);
    else if (note->kind == CERTIFICATE)
        notice_certificate(&notice, note->identity, note->name, note->end, note->reason);
    else
        notice_places_open(&notice, note->identity, note->reason);
    if (server.markup)
        notice_escape(notice.body, body, sizeof body);
    bus_match(&server.action, RULE "'ActionInvoked'", on_action, NULL);
    bus_match(&server.closed, RULE "'NotificationClosed'", on_closed, NULL);
    note->due = false;
    if (sd_bus_message_new_method_call(bus_peek(), &call, NAME, PATH, NAME, "Notify") < 0 ||
        append(call, note, &notice, server.markup ? body : notice.body) < 0 ||
        sd_bus_call_async(bus_peek(), &note->call, call, on_shown, note, 0) < 0)
        note->due = true;
}

static int on_capabilities(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    const char *word;

    (void)data, (void)error;
    slot_drop(&server.asked);
    if (sd_bus_message_is_method_error(answer, NULL) ||
        sd_bus_message_enter_container(answer, 'a', "s") < 0)
        return 0; /* until there is another one */
    server.known = true;
    server.buttons = server.markup = false;
    while (sd_bus_message_read(answer, "s", &word) > 0) {
        server.buttons |= !strcmp(word, "actions");
        server.markup |= !strcmp(word, "body-markup");
    }
    update();
    return 0;
}

/* A warning of the end that this password has, and that is still to come. */
static bool is_so(const struct note *note)
{
    const struct message *facts = note->identity ? note->identity->facts : NULL;

    return note->kind != ENDS ||
           (note->end > agent_now() &&
            (!facts || message_number(facts, SLOT_PASSWORD_END, 0) * 1000 == note->end));
}

/* Shows what is due. Asking starts the desktop's server, where the bus knows one. */
static void update(void)
{
    for (size_t i = 0; bus_peek() && i < IDENTITIES_MOST * KINDS; i++) {
        if (!is_so(&notes[i]))
            notes[i].due = false;
        if (!notes[i].due || notes[i].call)
            continue;
        if (server.known)
            show(&notes[i]);
        else if (!server.asked)
            (void)sd_bus_call_method_async(bus_peek(), &server.asked, NAME, PATH, NAME,
                                           "GetCapabilities", on_capabilities, NULL, "");
    }
}

/* What the server of before has shown is gone with it. */
static void forget_server(void)
{
    server.known = false;
    for (size_t i = 0; i < IDENTITIES_MOST * KINDS; i++)
        notes[i].id = 0;
    listen();
}

static int on_owner(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    const char *name, *before, *now;

    (void)data, (void)error;
    if (sd_bus_message_read(signal, "sss", &name, &before, &now) < 0)
        return 0;
    if (*before)
        forget_server();
    if (*now)
        update();
    return 0;
}

void notify_begin(struct agent *agent)
{
    bus_match(&server.owner,
              "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
              "member='NameOwnerChanged',arg0='" NAME "'",
              on_owner, NULL);
    for (size_t i = 0; i < agent->identity_count; i++) {
        struct identity *identity = agent->identities[i];
        if (identity->warned.level && !identity->warning_shown)
            notify_password_ends(identity, identity->warned.end);
    }
    update();
}

void notify_end(void)
{
    for (size_t i = 0; i < IDENTITIES_MOST * KINDS; i++) {
        notes[i].due |= notes[i].call && !notes[i].over;
        notes[i].over = false;
        slot_drop(&notes[i].call);
    }
    forget_server();
    slot_drop(&server.owner);
    slot_drop(&server.asked);
}

void notify_password_ends(struct identity *identity, int64_t end)
{
    struct note *note = find(identity, ENDS);

    note->end = end;
    note->due = true;
    note->over = false;
    update();
}

static void notify_once(struct note *note, enum reason reason)
{
    if (note->reason == reason)
        return;
    note->reason = reason;
    note->due = true;
    note->over = false;
    update();
}

void notify_password_needed(struct identity *identity, enum reason reason)
{
    notify_once(find(identity, NEEDED), reason);
}

void notify_places_open(struct identity *identity)
{
    enum reason reason;

    if (notice_open_place(identity, &reason))
        notify_once(find(identity, OPEN), reason);
}

static void take_back(struct note *note)
{
    note->due = false;
    note->over = note->call;
    note->reason = REASON_NONE;
    if (note->id && !note->call)
        close_note(note);
}

void notify_certificate(struct identity *identity, const char *name, int64_t end,
                        enum reason reason)
{
    struct note *note = find(identity, CERTIFICATE);

    if (!reason) {
        take_back(note);
        return;
    }
    if (strcmp(note->name, name) != 0)
        note->reason = REASON_NONE;
    (void)snprintf(note->name, sizeof note->name, "%s", name);
    note->end = end;
    notify_once(note, reason);
}

void notify_changed(struct identity *identity)
{
    const struct message *facts = identity->facts;
    struct note *ends = find(identity, ENDS), *needed = find(identity, NEEDED),
                *open = find(identity, OPEN);
    enum reason reason;

    if (!facts)
        return;
    const char *state = message_text(facts, SLOT_STATE);
    if (!is_so(ends))
        take_back(ends);
    if (message_number(facts, SLOT_STAYS_SIGNED_OUT, 0) ||
        (!identity->stopped && state && !strcmp(state, "signed-in")))
        take_back(needed);
    if (!notice_open_place(identity, &reason))
        take_back(open);
}
