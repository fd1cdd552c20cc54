/* SPDX-License-Identifier: MIT */
#include "agent/nm_secrets.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "agent/news.h"
#include "agent/nm_agent.h"
#include "agent/run.h"
#include "agent/unlock.h"
#include "base/file.h"
#include "wire/state.h"
#include "wire/uses.h"

#define ERROR   "org.freedesktop.NetworkManager.SecretAgent.Error."
#define SECTION "802-1x"

enum { ASKED_MOST = 8, URI_MOST = 512, REQUEST_NEW = 2 /* a flag of GetSecrets */ };

/* In the order in which they came; the first one has its errand. */
static struct asked {
    sd_bus_message *call; /* NULL: nobody waits for it any more */
    char path[256];       /* of the connection */
    char uuid[USE_UUID], identity[USE_NAME], certificate[USE_NAME], key_uri[URI_MOST];
} asked[ASKED_MOST];
static size_t asked_count;
static bool waits; /* for the keychain */
static bool noted; /* the person has been told that there was none */

static void next(struct agent *agent);

static int refuse(sd_bus_message *call, const char *name, const char *text)
{
    char error[sizeof ERROR + 32];

    (void)snprintf(error, sizeof error, ERROR "%s", name);
    return sd_bus_reply_method_errorf(call, error, "%s", text);
}

/* The variant of an array of bytes that end with a NUL. */
static int read_uri(sd_bus_message *call, char uri[URI_MOST])
{
    const void *bytes;
    size_t length;
    int code;

    if ((code = sd_bus_message_enter_container(call, 'v', "ay")) < 0 ||
        (code = sd_bus_message_read_array(call, 'y', &bytes, &length)) < 0)
        return code;
    if (length && length <= URI_MOST && !((const char *)bytes)[length - 1])
        memcpy(uri, bytes, length);
    return sd_bus_message_exit_container(call);
}

static int read_value(sd_bus_message *call, const char *section, const char *key,
                      struct asked *found)
{
    const char *text;
    int code;

    if (!strcmp(section, SECTION) && !strcmp(key, "private-key"))
        return read_uri(call, found->key_uri);
    if (strcmp(section, "connection") != 0 || strcmp(key, "uuid") != 0)
        return sd_bus_message_skip(call, "v");
    if ((code = sd_bus_message_read(call, "v", "s", &text)) >= 0 && strlen(text) < USE_UUID)
        (void)strcpy(found->uuid, text);
    return code;
}

static int read_section(sd_bus_message *call, struct asked *found)
{
    const char *section, *key;
    int code;

    if ((code = sd_bus_message_read_basic(call, 's', &section)) < 0 ||
        (code = sd_bus_message_enter_container(call, 'a', "{sv}")) < 0)
        return code;
    while ((code = sd_bus_message_enter_container(call, 'e', "sv")) > 0)
        if ((code = sd_bus_message_read_basic(call, 's', &key)) < 0 ||
            (code = read_value(call, section, key, found)) < 0 ||
            (code = sd_bus_message_exit_container(call)) < 0)
            return code;
    return code < 0 ? code : sd_bus_message_exit_container(call);
}

static int read_call(sd_bus_message *call, struct asked *found, const char **section,
                     uint32_t *flags)
{
    const char *path;
    int code = sd_bus_message_enter_container(call, 'a', "{sa{sv}}");

    while (code >= 0 && (code = sd_bus_message_enter_container(call, 'e', "sa{sv}")) > 0)
        if ((code = read_section(call, found)) >= 0)
            code = sd_bus_message_exit_container(call);
    if (code < 0 || (code = sd_bus_message_exit_container(call)) < 0 ||
        (code = sd_bus_message_read(call, "os", &path, section)) < 0 ||
        (code = sd_bus_message_skip(call, "as")) < 0)
        return code;
    (void)snprintf(found->path, sizeof found->path, "%s", path);
    return sd_bus_message_read_basic(call, 'u', flags);
}

/* Is it a connection that we made? */
static bool find_row(struct asked *found)
{
    fd_auto state = -1, folder = -1;
    struct uses uses;
    struct why why;
    const struct use_row *row;

    if (!*found->uuid || !*found->key_uri || state_look(&state, &why) || state < 0)
        return false;
    folder = openat(state, "certificates", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || uses_read(folder, &uses, &why) || !(row = uses_find(&uses, found->uuid)))
        return false;
    (void)strcpy(found->identity, row->identity);
    (void)strcpy(found->certificate, row->certificate);
    return true;
}

static void tell(const struct asked *of, enum outcome outcome, const struct why *why)
{
    char words[sizeof of->certificate + 32];

    (void)snprintf(words, sizeof words, "network %s", of->certificate);
    agent_log(of->identity, words, outcome, why);
}

int nm_secrets_get(sd_bus_message *call, void *data, sd_bus_error *error)
{
    struct asked found = { .call = NULL };
    const char *section;
    uint32_t flags;
    struct why why;

    (void)error;
    if (!nm_agent_is_manager(call))
        return refuse(call, "NotAuthorized", "you are not NetworkManager");
    int code = read_call(call, &found, &section, &flags);
    if (code < 0)
        return code;
    if (strcmp(section, SECTION) != 0 || !find_row(&found))
        return refuse(call, "NoSecrets", "not a connection of Chatelaine's");
    if (flags & REQUEST_NEW) {
        enum outcome out =
            fail(&why, REASON_REFUSED, "the network did not let us in: there is no other PIN (%s)",
                 found.path);
        tell(&found, out, &why);
        return refuse(call, "NoSecrets", "there is no other PIN");
    }
    if (asked_count == ASKED_MOST)
        return refuse(call, "NoSecrets", "too much at once");
    found.call = sd_bus_message_ref(call);
    asked[asked_count++] = found;
    if (asked_count == 1)
        next(data);
    return 1;
}

/* In one message, whose memory is overwritten when it is released. */
static int give(sd_bus_message *call, const struct secret *pin)
{
    sd_bus_message *reply = NULL;
    int code = sd_bus_message_new_method_return(call, &reply);

    if (code >= 0 && (code = sd_bus_message_sensitive(reply)) >= 0 &&
        (code = sd_bus_message_open_container(reply, 'a', "{sa{sv}}")) >= 0 &&
        (code = sd_bus_message_open_container(reply, 'e', "sa{sv}")) >= 0 &&
        (code = sd_bus_message_append_basic(reply, 's', SECTION)) >= 0 &&
        (code = sd_bus_message_open_container(reply, 'a', "{sv}")) >= 0 &&
        (code = sd_bus_message_open_container(reply, 'e', "sv")) >= 0 &&
        (code = sd_bus_message_append_basic(reply, 's', "private-key-password")) >= 0 &&
        (code = sd_bus_message_open_container(reply, 'v', "s")) >= 0 &&
        (code = sd_bus_message_append_basic(reply, 's', secret_peek(pin))) >= 0)
        for (int i = 0; i < 5 && code >= 0; i++)
            code = sd_bus_message_close_container(reply);
    if (code >= 0)
        code = sd_bus_send(NULL, reply, NULL);
    (void)sd_bus_message_unref(reply);
    return code;
}

static void refuse_for(const struct asked *of, enum outcome outcome, const struct why *why)
{
    char text[1200];

    (void)snprintf(text, sizeof text, "%s %s", reason_sentence(why->reason), why->text);
    (void)refuse(of->call, outcome == OUTCOME_CANCELLED ? "AgentCanceled" : "NoSecrets", text);
}

static void answer(struct identity *identity, enum outcome outcome, const struct why *why,
                   const struct message *result)
{
    const struct asked *first = &asked[0];
    struct why lost;
    secret_auto *pin = result ? message_secret(result, SLOT_NETWORK_PIN) : NULL;

    if (!first->call)
        return;
    if (!outcome && pin && give(first->call, pin) >= 0) {
        tell(first, OUTCOME_OK, NULL);
        if (noted)
            news_certificate(identity, "", 0, REASON_NONE);
        noted = false;
        return;
    }
    if (!outcome) { /* and why says nothing */
        outcome = fail(&lost, REASON_PROTOCOL, "there is no PIN, or it could not be given");
        why = &lost;
    }
    refuse_for(first, outcome, why);
    tell(first, outcome, why);
    waits = why->reason == REASON_KEYCHAIN_LOCKED || why->reason == REASON_NO_KEYCHAIN;
    noted = noted || outcome != OUTCOME_CANCELLED;
    if (outcome != OUTCOME_CANCELLED)
        news_certificate(identity, first->certificate, -1, why->reason);
    unlock_update(identity->agent);
}

static void leave_first(void)
{
    (void)sd_bus_message_unref(asked[0].call);
    memmove(asked, asked + 1, --asked_count * sizeof *asked);
}

static void ended(struct identity *identity, enum outcome outcome, const struct why *why,
                  const struct message *result)
{
    waits = false;
    answer(identity, outcome, why, result);
    leave_first();
    next(identity->agent);
}

static enum outcome start(struct agent *agent, const struct asked *of, struct why *why)
{
    struct identity *identity = identity_find(agent, of->identity);
    message_auto *request = identity ? run_request(identity, VERB_CERTIFICATE) : NULL;
    struct run *run;

    if (!request)
        return fail_memory(why);
    message_add(request, SLOT_ACTION, "network-pin");
    message_add(request, SLOT_CERTIFICATE, of->certificate);
    message_add(request, SLOT_USE_WHERE, of->key_uri);
    return run_aside(identity, &request, &run, ended, why);
}

/* One errand at a time: the token and the keychain are the same. */
static void next(struct agent *agent)
{
    struct why why;
    enum outcome out = OUTCOME_OK;

    while (asked_count && (!asked[0].call || (out = start(agent, &asked[0], &why)))) {
        if (asked[0].call) {
            refuse_for(&asked[0], out, &why);
            tell(&asked[0], out, &why);
        }
        leave_first();
    }
}

static void forget(struct asked *of)
{
    of->call = sd_bus_message_unref(of->call);
}

int nm_secrets_cancel(sd_bus_message *call, void *data, sd_bus_error *error)
{
    const char *path, *section;
    int code;

    (void)data, (void)error;
    if (!nm_agent_is_manager(call))
        return refuse(call, "NotAuthorized", "you are not NetworkManager");
    if ((code = sd_bus_message_read(call, "os", &path, &section)) < 0)
        return code;
    for (size_t i = 0; i < asked_count; i++)
        if (asked[i].call && !strcmp(asked[i].path, path) && !strcmp(section, SECTION)) {
            (void)refuse(asked[i].call, "AgentCanceled", "cancelled");
            forget(&asked[i]);
        }
    return sd_bus_reply_method_return(call, "");
}

int nm_secrets_ignore(sd_bus_message *call, void *data, sd_bus_error *error)
{
    (void)data, (void)error;
    return sd_bus_reply_method_return(call, "");
}

void nm_secrets_drop(void)
{
    for (size_t i = 0; i < asked_count; i++)
        forget(&asked[i]);
}

bool nm_secrets_wait(void)
{
    return waits;
}

void nm_secrets_retry(struct agent *agent)
{
    waits = false;
    nm_agent_again(agent);
}
