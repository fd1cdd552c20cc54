/* SPDX-License-Identifier: MIT
 *
 * chatelaine-agent: one a person, for the time of the session.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "agent/again.h"
#include "agent/bus.h"
#include "agent/client.h"
#include "agent/identity.h"
#include "agent/launch.h"
#include "agent/network.h"
#include "agent/nm_agent.h"
#include "agent/run.h"
#include "agent/settings.h"
#include "base/file.h"
#include "base/log.h"
#include "wire/socket.h"

int64_t agent_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint32_t agent_random(void)
{
    uint32_t number = 0;

    return getrandom(&number, sizeof number, 0) == sizeof number ? number : UINT32_MAX / 2;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    (void)source, (void)info;
    settings_reload(data, true);
    return 0;
}

void agent_end(struct agent *agent)
{
    agent->ending = true;
    for (size_t i = 0; i < agent->identity_count; i++)
        if (runs_change(agent->identities[i]))
            return;
    (void)sd_event_exit(agent->event, 0);
}

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    (void)source, (void)info;
    agent_end(data);
    return 0;
}

static bool begin(struct agent *agent)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigaddset(&signals, SIGCHLD); /* sd_event_add_child wants it so */
    return !sigprocmask(SIG_BLOCK, &signals, NULL) && sd_event_default(&agent->event) >= 0 &&
           sd_event_add_signal(agent->event, NULL, SIGTERM, on_end, agent) >= 0 &&
           sd_event_add_signal(agent->event, NULL, SIGINT, on_end, agent) >= 0 &&
           sd_event_add_signal(agent->event, NULL, SIGHUP, on_reload, agent) >= 0;
}

/* The socket of the unit, else one of our own. */
static enum outcome open_socket(int *fd, int *lock, struct why *why)
{
    if (sd_listen_fds(1) != 1)
        return socket_listen(fd, lock, why);
    *fd = SD_LISTEN_FDS_START;
    return socket_lock(lock, why);
}

static enum outcome serve(struct agent *agent, struct why *why)
{
    fd_auto fd = -1, lock = -1;
    enum outcome out;

    if ((out = open_socket(&fd, &lock, why)) || (out = settings_open(agent, why)) ||
        (out = clients_listen(agent, fd, why)) || (out = network_watch(agent, why)))
        return out;
    again_watch(agent);
    identities_open(agent);
    bus_open(agent);
    nm_agent_update(agent);
    (void)sd_notify(0, "READY=1");
    int ended = sd_event_loop(agent->event);
    if (!agent->again)
        (void)sd_notify(0, "STOPPING=1");
    launches_end();
    nm_agent_close();
    bus_close();
    clients_close(agent);
    identities_close(agent);
    if (agent->again)
        return again_go(fd, why);
    return ended < 0 ? fail(why, REASON_BROKEN, "the event loop: %s", strerror(-ended))
                     : OUTCOME_OK;
}

static int help(void)
{
    (void)puts(
        "chatelaine-agent: keeps tickets and tokens of your company accounts fresh\n\n"
        "Runs in the foreground until the session ends or a SIGTERM comes; SIGHUP reads the\n"
        "settings anew. Usually started by systemd: systemctl --user start chatelaine-agent\n\n"
        "  --help     tell this\n  --version  tell the version\n\n"
        "More in chatelaine-agent(1), chatelaine.conf(5).");
    return 0;
}

int main(int argc, char **argv)
{
    struct agent agent = { .ccache = getenv("KRB5CCNAME") };
    struct why why = { 0 };

    (void)prctl(PR_SET_DUMPABLE, 0); /* passwords pass through here */
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (argc == 2 && !strcmp(argv[1], "--version"))
        return puts("chatelaine-agent " VERSION) < 0;
    if (argc == 2 && !strcmp(argv[1], "--help"))
        return help();
    log_open("chatelaine-agent", LOG_LEVEL_INFO);
    enum outcome out = argc > 1         ? fail(&why, REASON_BAD_REQUEST, "see --help")
                       : !begin(&agent) ? fail(&why, REASON_BROKEN, "starting the event loop")
                                        : serve(&agent, &why);
    if (out)
        agent_log("-", "agent", out, &why);
    conf_free(&agent.conf);
    (void)sd_event_unref(agent.event);
    return outcome_exit_status(out);
}
