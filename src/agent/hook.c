/* SPDX-License-Identifier: MIT */
#include "agent/hook.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/launch.h"
#include "agent/unit.h"
enum { HOOKS_MOST = 16, WORDS_MOST = 32, VARIABLES_MOST = 96 };

static struct hook {
    struct identity *identity; /* NULL: not in use */
    enum setting setting;
} hooks[HOOKS_MOST];

static void tell(const struct identity *identity, enum setting setting, enum reason reason,
                 const char *text)
{
    struct why why;
    enum outcome out = fail(&why, reason, "%s: %s", setting_row(setting)->key, text);

    agent_log(identity->name, "hook", out, &why);
}

static void on_end(void *data, const char *wrong)
{
    struct hook *hook = data;

    if (wrong)
        tell(hook->identity, hook->setting, REASON_HOOK_FAILED, wrong);
    *hook = (struct hook){ .identity = NULL };
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

/* What it gets from us, in whatever way it is started. */
static void add_own(char **variables, const struct identity *identity, enum setting setting)
{
    const struct message *facts = identity->facts;

    add(variables, "", "KRB5CCNAME", facts ? message_text(facts, SLOT_TICKET_CACHE) : NULL);
    add(variables, "CHATELAINE_", "IDENTITY", identity->name);
    add(variables, "CHATELAINE_", "EVENT", setting_row(setting)->key + strlen("on_"));
    add_facts(variables, facts);
}

static void add_inherited(char **variables)
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

    for (size_t i = 0; i < sizeof inherited / sizeof *inherited; i++)
        add(variables, "", inherited[i], getenv(inherited[i]));
}

static void free_variables(char **variables)
{
    for (; *variables; variables++)
        free(*variables);
}

/* A place for it; NULL if it runs already, or if there are too many. */
static struct hook *find_place(const struct identity *identity, enum setting setting)
{
    struct hook *place = NULL;

    for (size_t i = 0; i < HOOKS_MOST; i++) {
        if (!hooks[i].identity)
            place = &hooks[i];
        else if (hooks[i].identity == identity && hooks[i].setting == setting)
            return NULL;
    }
    return place;
}

static void start(struct hook *hook, char *const *words)
{
    char *own[VARIABLES_MOST + 1] = { NULL }, *environment[VARIABLES_MOST + 1] = { NULL };
    const struct identity *identity = hook->identity;
    struct launch launch = { .name = setting_row(hook->setting)->key,
                             .path = words[0],
                             .words = words,
                             .environment = environment,
                             .variables = unit_are_we() ? own : environment };
    struct why why;

    launch.limit_s = conf_seconds(identity->agent->conf, identity->name, SETTING_HOOK_TIME);
    add_own(own, identity, hook->setting);
    add_own(environment, identity, hook->setting);
    add_inherited(environment);
    if (launch_start(identity->agent, &launch, on_end, hook, &why))
        on_end(hook, why.text);
    free_variables(own);
    free_variables(environment);
}

void hook_start(struct identity *identity, enum setting setting)
{
    char *command = strdup(conf_text(identity->agent->conf, identity->name, setting));
    char *words[WORDS_MOST + 1] = { NULL };
    char *rest = command, *word;
    struct hook *hook = find_place(identity, setting);
    size_t count = 0;

    while (rest && count < WORDS_MOST && (word = strsep(&rest, " ")))
        if (*word)
            words[count++] = word;
    if (count && !hook) {
        tell(identity, setting, REASON_HOOK_FAILED, "that of last time still runs");
    } else if (count && may_run(identity, setting, words[0])) {
        *hook = (struct hook){ .identity = identity, .setting = setting };
        start(hook, words);
    }
    free(command);
}
