/* SPDX-License-Identifier: MIT */
#include "agent/unit.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/bus.h"
#include "base/text.h"

#define MANAGER   "org.freedesktop.systemd1"
#define PATH      "/org/freedesktop/systemd1"
#define INTERFACE MANAGER ".Manager"
#define call_auto __attribute__((cleanup(sd_bus_message_unrefp))) sd_bus_message

enum { NAME_MOST = 128, ANSWER_MS = 3000 };

struct unit {
    sd_bus *bus; /* of which our reference to the unit is; ours */
    sd_bus_slot *call, *changes;
    char name[NAME_MOST];
    bool job, rests, too_long; /* job: one is queued; rests: inactive or failed */
    int32_t code, status;
    unit_told *told;
    void *data;
};

bool unit_are_we(void)
{
    const char *pid = getenv("SYSTEMD_EXEC_PID");

    return pid && strtoll(pid, NULL, 10) == getpid();
}

/* A method of the manager with the unit's name as the first argument. */
static int ask(const struct unit *unit, const char *method, sd_bus_message **call)
{
    int status = sd_bus_message_new_method_call(unit->bus, call, MANAGER, PATH, INTERFACE, method);

    if (status < 0 || (status = sd_bus_message_set_auto_start(*call, 0)) < 0)
        return status;
    return sd_bus_message_append(*call, "s", unit->name);
}

void unit_free(struct unit **unit)
{
    call_auto *call = NULL;

    if (!*unit)
        return;
    slot_drop(&(*unit)->call);
    slot_drop(&(*unit)->changes);
    if (ask(*unit, "UnrefUnit", &call) >= 0)
        (void)sd_bus_send((*unit)->bus, call, NULL);
    (void)sd_bus_unref((*unit)->bus);
    free(*unit);
    *unit = NULL;
}

static int take_text(sd_bus_message *message, const char **text)
{
    *text = "";
    return sd_bus_message_read(message, "v", "s", text);
}

static int take(struct unit *unit, const char *property, sd_bus_message *message)
{
    const char *text;
    uint32_t job = 0;
    int status;

    if (!strcmp(property, "ExecMainCode"))
        return sd_bus_message_read(message, "v", "i", &unit->code);
    if (!strcmp(property, "ExecMainStatus"))
        return sd_bus_message_read(message, "v", "i", &unit->status);
    if (!strcmp(property, "Job")) {
        status = sd_bus_message_read(message, "v", "(uo)", &job, NULL);
        unit->job = job;
    } else if (!strcmp(property, "Result")) {
        status = take_text(message, &text);
        unit->too_long = !strcmp(text, "timeout");
    } else if (!strcmp(property, "ActiveState")) {
        status = take_text(message, &text);
        unit->rests = !strcmp(text, "inactive") || !strcmp(text, "failed");
    } else {
        status = sd_bus_message_skip(message, "v");
    }
    return status;
}

/* The manager tells the properties of a service before its state. */
static int on_change(sd_bus_message *signal, void *data, sd_bus_error *error)
{
    struct unit *unit = data;
    const char *property;

    (void)error;
    if (sd_bus_message_skip(signal, "s") < 0 ||
        sd_bus_message_enter_container(signal, 'a', "{sv}") < 0)
        return 0;
    while (sd_bus_message_enter_container(signal, 'e', "sv") > 0)
        if (sd_bus_message_read(signal, "s", &property) < 0 || take(unit, property, signal) < 0 ||
            sd_bus_message_exit_container(signal) < 0)
            return 0;
    if (unit->rests && !unit->job && !unit->call)
        unit->told(unit->data, unit->too_long ? UNIT_TOO_LONG : UNIT_ENDED, unit->code,
                   unit->status);
    return 0;
}

/* No manager is no news; one that refuses is, once. */
static void log_refusal(const sd_bus_error *error)
{
    static bool told;
    struct why why;

    if (told ||
        sd_bus_error_has_names(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER, SD_BUS_ERROR_SERVICE_UNKNOWN))
        return;
    told = true;
    enum outcome out =
        fail(&why, REASON_REFUSED, "the user manager starts no unit for us, so it is our child: %s",
             error->name);
    agent_log("-", "unit", out, &why);
}

/* It may have heard us all the same: what it starts late is not to run beside ours. */
static void stop(const struct unit *unit)
{
    call_auto *call = NULL;

    if (ask(unit, "StopUnit", &call) >= 0 && sd_bus_message_append(call, "s", "replace") >= 0)
        (void)sd_bus_send(unit->bus, call, NULL);
}

static int on_answer(sd_bus_message *answer, void *data, sd_bus_error *error)
{
    struct unit *unit = data;
    const sd_bus_error *refusal = sd_bus_message_get_error(answer);

    (void)error;
    slot_drop(&unit->call);
    if (!refusal)
        return 0;
    log_refusal(refusal);
    if (sd_bus_error_has_names(refusal, SD_BUS_ERROR_NO_REPLY, SD_BUS_ERROR_TIMEOUT))
        stop(unit);
    unit->told(unit->data, UNIT_REFUSED, 0, 0);
    return 0;
}

static int open_all(sd_bus_message *call, const char *const containers[])
{
    int status = 0;

    for (; *containers && status >= 0; containers++)
        status = sd_bus_message_open_container(call, **containers, *containers + 1);
    return status;
}

static int close_all(sd_bus_message *call, size_t count)
{
    int status = 0;

    while (count-- && status >= 0)
        status = sd_bus_message_close_container(call);
    return status;
}

/* The words stay as they are: else the manager would put its variables in the place of $NAME. */
static bool append_command(sd_bus_message *call, const struct launch *launch)
{
    static const char *const property[] = { "rsv", NULL };
    static const char *const value[] = { "va(sasas)", "a(sasas)", "rsasas", NULL };

    return open_all(call, property) >= 0 && sd_bus_message_append(call, "s", "ExecStartEx") >= 0 &&
           open_all(call, value) >= 0 && sd_bus_message_append(call, "s", launch->path) >= 0 &&
           sd_bus_message_append_strv(call, (char **)launch->words) >= 0 &&
           sd_bus_message_append(call, "as", 1, "no-env-expand") >= 0 && close_all(call, 4) >= 0;
}

static bool append_variables(sd_bus_message *call, const struct launch *launch)
{
    static const char *const property[] = { "rsv", NULL }, *const value[] = { "vas", NULL };

    return open_all(call, property) >= 0 && sd_bus_message_append(call, "s", "Environment") >= 0 &&
           open_all(call, value) >= 0 &&
           sd_bus_message_append_strv(call, (char **)launch->variables) >= 0 &&
           close_all(call, 2) >= 0;
}

/* At its limit it is killed like a child of ours. */
static bool append_limit(sd_bus_message *call, const struct launch *launch)
{
    return !launch->limit_s || sd_bus_message_append(call, "(sv)(sv)", "RuntimeMaxUSec", "t",
                                                     (uint64_t)launch->limit_s * 1000000,
                                                     "KillSignal", "i", SIGKILL) >= 0;
}

/* AddRef: it is there, and we hear of it, until we let it go. */
static bool append_properties(sd_bus_message *call, const struct launch *launch)
{
    static const char *const properties[] = { "a(sv)", NULL };

    return open_all(call, properties) >= 0 &&
           sd_bus_message_append(call, "(sv)(sv)(sv)", "Type", "s", "exec", "CollectMode", "s",
                                 "inactive-or-failed", "AddRef", "b", 1) >= 0 &&
           append_limit(call, launch) && append_variables(call, launch) &&
           append_command(call, launch) && close_all(call, 1) >= 0;
}

static bool begin(struct unit *unit, const struct launch *launch)
{
    call_auto *call = NULL;
    char *path = NULL;
    bool sent = sd_bus_path_encode(PATH "/unit", unit->name, &path) >= 0 &&
                sd_bus_match_signal_async(unit->bus, &unit->changes, MANAGER, path,
                                          "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                          on_change, bus_ignore, unit) >= 0 &&
                ask(unit, "StartTransientUnit", &call) >= 0 &&
                sd_bus_message_append(call, "s", "fail") >= 0 && append_properties(call, launch) &&
                sd_bus_message_append(call, "a(sa(sv))", 0) >= 0 &&
                sd_bus_call_async(unit->bus, &unit->call, call, on_answer, unit,
                                  ANSWER_MS * UINT64_C(1000)) >= 0;

    free(path);
    return sent;
}

/* The bus ends connections that send anything else. */
static bool are_clean(char *const texts[])
{
    while (*texts && text_is_clean(*texts, strlen(*texts)))
        texts++;
    return !*texts;
}

struct unit *unit_start(const struct launch *launch, unit_told *told, void *data)
{
    struct unit *unit = NULL;

    if (!bus_peek() || !text_is_clean(launch->path, strlen(launch->path)) ||
        !are_clean(launch->words) || !are_clean(launch->variables) ||
        !(unit = calloc(1, sizeof *unit)))
        return NULL;
    *unit = (struct unit){ .bus = sd_bus_ref(bus_peek()), .told = told, .data = data };
    (void)snprintf(unit->name, sizeof unit->name, "chatelaine-%s-%08" PRIx32 ".service",
                   launch->name, agent_random());
    if (!begin(unit, launch))
        unit_free(&unit);
    return unit;
}
