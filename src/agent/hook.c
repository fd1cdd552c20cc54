/* SPDX-License-Identifier: MIT */
#include "agent/hook.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/unit.h"
#include "base/spawn.h"

enum { HOOKS_MOST = 16, WORDS_MOST = 32, VARIABLES_MOST = 96 };

struct hook {
    struct identity *identity;
    sd_event_source *child, *timer;
    pid_t pid; /* 0: not in use */
    enum setting setting;
};

static struct hook hooks[HOOKS_MOST];

/* It leads a session of its own: what it has started ends with it. */
static void end(struct hook *hook)
{
    (void)kill(-hook->pid, SIGKILL);
    (void)sd_event_source_disable_unref(hook->child);
    (void)sd_event_source_disable_unref(hook->timer);
    *hook = (struct hook){ .pid = 0 };
}

void hooks_end(void)
{
    for (size_t i = 0; i < HOOKS_MOST; i++)
        if (hooks[i].pid)
            end(&hooks[i]);
}

static void tell(const struct identity *identity, enum setting setting, enum reason reason,
                 const char *text)
{
    struct why why;
    enum outcome out = fail(&why, reason, "%s: %s", setting_row(setting)->key, text);

    agent_log(identity->name, "hook", out, &why);
}

static int on_child(sd_event_source *source, const siginfo_t *info, void *data)
{
    struct hook *hook = data;
    char text[64];

    (void)source;
    (void)snprintf(text, sizeof text, "it ended %s %d",
                   info->si_code == CLD_EXITED ? "with status" : "by signal", info->si_status);
    if (info->si_code != CLD_EXITED || info->si_status)
        tell(hook->identity, hook->setting, REASON_HOOK_FAILED, text);
    end(hook);
    return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
    struct hook *hook = data;

    (void)source, (void)usec;
    tell(hook->identity, hook->setting, REASON_HOOK_FAILED, "it took too long, and is ended");
    (void)kill(-hook->pid, SIGKILL); /* on_child hears of it */
    return 0;
}

/* Only the person or root may have written it. */
static bool may_run(const struct identity *identity, enum setting setting, const char *path)
{
    struct stat st;

    if (stat(path, &st)) {
        tell(identity, setting, REASON_HOOK_FAILED, strerror(errno));
        return false;
    }
    if (S_ISREG(st.st_mode) && (st.st_uid == 0 || st.st_uid == geteuid()) &&
        !(st.st_mode & (S_IWGRP | S_IWOTH)))
        return true;
    tell(identity, setting, REASON_OTHER_OWNER, "others may write it, or it is no file");
    return false;
}

/* Room for one variable more; the list is owned here, and NULL at its end. */
static void add(char **variables, const char *prefix, const char *name, const char *value)
{
    size_t count = 0;
    char *made;

    while (variables[count])
        count++;
    if (!value || count == VARIABLES_MOST || asprintf(&made, "%s%s=%s", prefix, name, value) < 0)
        return;
    for (char *c = made + strlen(prefix); *c && *c != '='; c++)
        *c = (char)(*prefix ? toupper((unsigned char)*c) : *c);
    variables[count] = made;
}

/* All facts that have one value each; lists have no bound that an environment has. */
static void add_facts(char **variables, const struct message *facts)
{
    char number[32];
    struct slot_value value;

    for (size_t at = 0; facts && message_next(facts, &at, &value);) {
        const struct slot_row *row = slot_row(value.slot);
        if (row->values > 1)
            continue;
        (void)snprintf(number, sizeof number, "%" PRId64, value.number);
        add(variables, "CHATELAINE_", row->name, value.text ? value.text : number);
    }
}

static void make_environment(char **variables, const struct identity *identity,
                             enum setting setting)
{
    static const char *const inherited[] = { "HOME",
                                             "USER",
                                             "LOGNAME",
                                             "PATH",
                                             "LANG",
                                             "LC_ALL",
                                             "TZ",
                                             "XDG_RUNTIME_DIR",
                                             "DISPLAY",
                                             "WAYLAND_DISPLAY",
                                             "XDG_CONFIG_HOME",
                                             "DBUS_SESSION_BUS_ADDRESS" };
    const struct message *facts = identity->facts;

    for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
        add(variables, "", inherited[i], getenv(inherited[i]));
    add(variables, "", "KRB5CCNAME", facts ? message_text(facts, SLOT_TICKET_CACHE) : NULL);
    add(variables, "CHATELAINE_", "IDENTITY", identity->name);
    add(variables, "CHATELAINE_", "EVENT", setting_row(setting)->key + strlen("on_"));
    add_facts(variables, facts);
}

/* A place for it; NULL if it runs already, or if there are too many. */
static struct hook *find_place(const struct identity *identity, enum setting setting)
{
    struct hook *place = NULL;

    for (size_t i = 0; i < HOOKS_MOST; i++) {
        if (!hooks[i].pid)
            place = &hooks[i];
        else if (hooks[i].identity == identity && hooks[i].setting == setting)
            return NULL;
    }
    return place;
}

static void watch(struct hook *hook, struct identity *identity, enum setting setting)
{
    sd_event *event = identity->agent->event;
    int64_t limit = conf_seconds(identity->agent->conf, identity->name, SETTING_HOOK_TIME);

    hook->identity = identity;
    hook->setting = setting;
    if (sd_event_add_child(event, &hook->child, hook->pid, WEXITED, on_child, hook) < 0 ||
        sd_event_add_time_relative(event, &hook->timer, CLOCK_MONOTONIC, (uint64_t)limit * 1000000,
                                   0, on_time, hook) < 0) {
        tell(identity, setting, REASON_HOOK_FAILED, "it cannot be watched, and is ended");
        pid_t pid = hook->pid;
        end(hook);
        spawn_end(&pid);
    }
}

/* In a unit of its own, or as our child. */
static enum outcome start(const struct identity *identity, char **words, char **variables,
                          pid_t *pid, struct why *why)
{
    int64_t limit = conf_seconds(identity->agent->conf, identity->name, SETTING_HOOK_TIME);
    char **as_unit = unit_words(words, variables, limit);
    enum outcome out = spawn(as_unit ? UNIT_PROGRAM : words[0], as_unit ? as_unit : words,
                             variables, -1, pid, why);

    unit_free(&as_unit);
    return out;
}

void hook_start(struct identity *identity, enum setting setting)
{
    char *command = strdup(conf_text(identity->agent->conf, identity->name, setting));
    char *words[WORDS_MOST + 1] = { NULL }, *variables[VARIABLES_MOST + 1] = { NULL };
    char *rest = command, *word;
    struct hook *hook = find_place(identity, setting);
    size_t count = 0;
    struct why why;

    while (rest && count < WORDS_MOST && (word = strsep(&rest, " ")))
        if (*word)
            words[count++] = word;
    if (count && !hook) {
        tell(identity, setting, REASON_HOOK_FAILED, "that of last time still runs");
    } else if (count && may_run(identity, setting, words[0])) {
        make_environment(variables, identity, setting);
        if (start(identity, words, variables, &hook->pid, &why))
            tell(identity, setting, REASON_HOOK_FAILED, why.text);
        else
            watch(hook, identity, setting);
    }
    for (char **variable = variables; *variable; variable++)
        free(*variable);
    free(command);
}
