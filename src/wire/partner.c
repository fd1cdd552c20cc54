/* SPDX-License-Identifier: MIT */
#include "wire/partner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"

enum { DEATH_MS = 10, DEATH_LOOKS = 100, VARIABLES_MOST = 24 };

/* Of our environment it gets what says where things are, nothing that changes how its libraries
 * behave. Freed memory is overwritten: malloc keeps none aside. GnuTLS is started by who uses it,
 * and not by every errand: a fifth of the time that a worker needs to begin. */
#define FIXED                                                                                      \
    "GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0", "LDAPNOINIT=1",         \
        "GNUTLS_NO_IMPLICIT_INIT=1"
#define WHERE  "HOME", "USER", "LOGNAME", "PATH", "LANG", "LC_ALL", "LC_CTYPE"
#define WORKER WHERE, "TZ", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "KRB5_CONFIG"
#define WEB    "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"
#define TPM    "TPM2_PKCS11_TCTI", "TPM2_PKCS11_STORE"
#define TOKENS TPM, "SOFTHSM2_CONF"
#define SYSTEM "DBUS_SYSTEM_BUS_ADDRESS"

static const struct {
    char *name;
    const char *inherited[VARIABLES_MOST];
} programs[] = {
    [PROGRAM_WORKER] = { "chatelaine-worker", { WORKER, TPM } },
    [PROGRAM_SHARES] = { "chatelaine-worker",
                         { WORKER, "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS" } },
    [PROGRAM_WORKER_WEB] = { "chatelaine-worker-web", { WORKER, WEB } },
    [PROGRAM_WORKER_CERT] = { "chatelaine-worker-cert", { WORKER, WEB, TOKENS, SYSTEM } },
    [PROGRAM_KEYRING] = { "chatelaine-keyring",
                          { WHERE, "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS" } },
};

enum program partner_program(enum verb verb, bool is_web, bool by_certificate)
{
    bool needs_card = by_certificate && (verb == VERB_SIGN_IN || verb == VERB_DOCTOR);

    return verb_row(verb)->confinement & CONFINEMENT_PROGRAMS          ? PROGRAM_SHARES
           : verb_row(verb)->libraries == LIBRARIES_CERT || needs_card ? PROGRAM_WORKER_CERT
           : is_web || verb_row(verb)->libraries == LIBRARIES_WEB      ? PROGRAM_WORKER_WEB
                                                                       : PROGRAM_WORKER;
}

static enum outcome make_environment(enum program program, char **environment, struct why *why)
{
    static const char *const fixed[] = { FIXED };
    const char *const *inherited = programs[program].inherited;
    size_t count = 0;

    for (size_t i = 0; inherited[i]; i++) {
        const char *value = getenv(inherited[i]);
        if (value && asprintf(&environment[count++], "%s=%s", inherited[i], value) < 0)
            return fail_memory(why);
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (!(environment[count++] = strdup(fixed[i])))
            return fail_memory(why);
    environment[count] = NULL;
    return OUTCOME_OK;
}

/* The path from the folder of the commands to the programs is fixed when they are built. */
enum outcome partner_path(const char *program, char *path, size_t size, struct why *why)
{
    ssize_t n = readlink("/proc/self/exe", path, size - 1);

    if (n > 0) {
        path[n] = '\0';
        size_t folder = (size_t)(strrchr(path, '/') + 1 - path);
        if ((size_t)snprintf(path + folder, size - folder, "%s/%s", PROGRAMS_FROM_BIN, program) <
            size - folder)
            return OUTCOME_OK;
    }
    return fail(why, REASON_BROKEN, "finding %s: %s", program,
                n > 0 ? "the path is too long" : strerror(errno));
}

enum outcome partner_start(struct partner *partner, enum program program, enum wire_side side,
                           struct why *why)
{
    char path[4096], *environment[VARIABLES_MOST + 4] = { 0 };
    char *argv[] = { programs[program].name, NULL };
    int fds[2] = { -1, -1 };
    enum outcome out;

    if ((out = wire_pair(fds, why)))
        return out;
    fd_auto ours = fds[0], theirs = fds[1];
    if (!(out = partner_path(argv[0], path, sizeof path, why)) &&
        !(out = make_environment(program, environment, why)))
        out = spawn(path, argv, environment, theirs, &partner->pid, why);
    for (char **e = environment; *e; e++)
        free(*e);
    if (out)
        return out;
    partner->wire = wire_begin(ours, side);
    ours = -1;
    return OUTCOME_OK;
}

struct partner partner_take(struct partner *partner)
{
    struct partner taken = { .pid = 0 };

    if (partner) {
        taken = *partner;
        *partner = (struct partner){ .pid = 0 };
    }
    return taken;
}

void partner_end(struct partner *partner)
{
    if (partner->wire.fd > 0)
        fd_close(&partner->wire.fd);
    wire_end(&partner->wire);
    spawn_end(&partner->pid);
    partner->wire.fd = 0;
}

/* What the signal means that ended the worker. */
static enum reason death_reason(bool changing, int signal)
{
    return changing            ? REASON_CHANGE_UNKNOWN
           : signal == SIGALRM ? REASON_TIME_OUT
           : signal == SIGXCPU ? REASON_BAD_ANSWER /* a server wants too much work of us */
                               : REASON_WORKER_DIED;
}

enum outcome partner_explain(struct partner *partner, const char *step, bool changing,
                             struct why *why)
{
    int status = 0;

    if (why->reason != REASON_WORKER_DIED || partner->pid <= 0)
        return reason_outcome(why->reason);
    for (int i = 0; !waitpid(partner->pid, &status, WNOHANG); i++) {
        if (i == DEATH_LOOKS)
            return fail(why, REASON_WORKER_DIED, "%s: the worker says nothing any more", step);
        (void)poll(NULL, 0, DEATH_MS);
    }
    partner->pid = 0;
    if (WIFSIGNALED(status))
        (void)fail(why, death_reason(changing, WTERMSIG(status)),
                   "the worker ended by signal %d (%s)", WTERMSIG(status),
                   strsignal(WTERMSIG(status)));
    else
        (void)fail(why, death_reason(changing, 0), "the worker ended with status %d",
                   WEXITSTATUS(status));
    return fail_in(why, "%s", step);
}

enum outcome partner_result(const struct message *result, struct why *why)
{
    const char *text = message_text(result, SLOT_WHY);
    enum reason reason;

    if (!reason_parse(message_text(result, SLOT_REASON), &reason) ||
        message_number(result, SLOT_OUTCOME, -1) != (int64_t)reason_outcome(reason))
        return fail(why, REASON_PROTOCOL, "the worker's result makes no sense");
    if (reason == REASON_NONE)
        return OUTCOME_OK;
    return fail(why, reason, "%s", text ? text : "");
}

const char *partner_keychains(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[1024];

    bool bus = getenv("DBUS_SESSION_BUS_ADDRESS") ||
               (runtime && (size_t)snprintf(path, sizeof path, "%s/bus", runtime) < sizeof path &&
                !access(path, F_OK));
    bool window = getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");
    return !bus ? "kernel" : window ? "kernel, desktop, prompt" : "kernel, desktop";
}
