# SPDX-License-Identifier: MIT
"""A session of its own for the agent: a home, a bus, gnome-keyring, a virtual screen. And what is known
of a process: its memory, how often it woke, its descriptors and timers."""
import contextlib, glob, os, pty, re, select, shutil, subprocess, sys, tempfile, time

COMMAND = os.environ["BENCH"] + "/stage/usr/bin/chatelaine"
AGENT, FRONT = COMMAND + "-agent", os.path.dirname(COMMAND) + "/front"
WAIT_S = 30


def wait_for(what, question, seconds=WAIT_S, every=0.02):
    end = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > end:
            sys.exit(f"bench: waited in vain for {what}")
        time.sleep(every)
    return answer


def contains(path, text):
    with open(path, errors="replace") as file:
        return text in file.read()


def end(process):
    if process and process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Session:
    def __init__(self, cache="FILE:%s/cc"):
        self.folder = tempfile.mkdtemp(prefix="bench-agent-")
        self.agent = None
        self.others = []
        run = self.folder + "/run"
        os.mkdir(run, 0o700)
        self.env = {name: value for name, value in os.environ.items()
                    if name not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
        self.env.update(HOME=self.folder, XDG_CONFIG_HOME=self.folder + "/.config",
                        XDG_STATE_HOME=self.folder + "/.state", XDG_RUNTIME_DIR=run,
                        XDG_DATA_HOME=self.folder + "/.data", LANG="C.UTF-8",
                        XDG_CACHE_HOME=self.folder + "/.cache",
                        KRB5CCNAME=cache % self.folder if "%s" in cache else cache,
                        DBUS_SESSION_BUS_ADDRESS=f"unix:path={run}/bus")
        self.cache_path = self.env["KRB5CCNAME"].split(":", 1)[1]
        self.bus()

    def bus(self):
        with open(self.folder + "/bus.log", "w") as log:
            self.others.append(subprocess.Popen(
                ["dbus-daemon", "--session", "--nofork", "--nosyslog",
                 "--address=" + self.env["DBUS_SESSION_BUS_ADDRESS"]],
                env=self.env, stdout=log, stderr=log))
        wait_for("the session bus", lambda: os.path.exists(self.env["XDG_RUNTIME_DIR"] + "/bus"))

    def keyring(self):
        """gnome-keyring, unlocked as by a login."""
        with open(self.folder + "/keyring.log", "w") as log:
            process = subprocess.Popen(
                ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                env=self.env, stdin=subprocess.PIPE, stdout=log, stderr=log)
        process.stdin.write(b"login")
        process.stdin.close()
        self.others.append(process)
        wait_for("gnome-keyring", lambda: not subprocess.run(
            ["busctl", "--user", "status", "org.freedesktop.secrets"], env=self.env,
            capture_output=True).returncode)
        return process

    def screen(self):
        read, write = os.pipe()
        self.others.append(subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
            pass_fds=(write,), stderr=subprocess.DEVNULL))
        os.close(write)
        with os.fdopen(read) as told:
            self.env["DISPLAY"] = ":" + told.readline().strip()

    def start_agent(self, **env):
        self.log = self.folder + "/agent.log"
        with open(self.log, "w") as log:
            self.agent = subprocess.Popen([AGENT], env=dict(self.env, **env), stderr=log,
                                          stdin=subprocess.DEVNULL)
        wait_for("the agent", lambda: os.path.exists(
            self.env["XDG_RUNTIME_DIR"] + "/chatelaine/agent"), every=0.002)
        return self.agent.pid

    def stop_agent(self):
        end(self.agent)
        shutil.rmtree(self.env["XDG_RUNTIME_DIR"] + "/chatelaine", ignore_errors=True)
        self.agent = None

    def errands(self, verb):
        """How many of these the agent has told to have gone well."""
        with open(self.log, errors="replace") as file:
            return len(re.findall(rf" {verb}: OK ", file.read()))

    def close(self):
        self.stop_agent()
        for process in reversed(self.others):
            end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, text=""):
        done = subprocess.run(words, env=self.env, input=text, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bench: {' '.join(words)}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout

    def sign_in(self, login, password):
        """As a person at a terminal does it, whose password is then kept (remember = always)."""
        pid, fd = pty.fork()
        if not pid:
            os.execvpe(COMMAND, [COMMAND, "sign-in", login], self.env)
        seen, limit, typed = b"", time.monotonic() + WAIT_S, False
        while time.monotonic() < limit and select.select([fd], [], [], WAIT_S)[0]:
            try:
                seen += os.read(fd, 4096)
            except OSError:
                break
            if not typed and b"Password " in seen:
                os.write(fd, password.strip().encode() + b"\r")
                typed = True
        os.close(fd)
        _, status = os.waitpid(pid, 0)
        if status:
            sys.exit(f"bench: sign-in of {login}: {status} {seen.decode(errors='replace')}")


def tree(pid):
    """It and its children."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    return [pid] + [below for child in children for below in tree(int(child))]


def memory_kib(pid, what="Rss"):
    """Exact, unlike VmRSS, which may be some pages off for each core."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(rf"^{what}: +(\d+)", file.read(), re.M).group(1))


def wakes(pid):
    """Voluntary context switches of each thread: each is one time that it was woken."""
    counts = {}
    for path in glob.glob(f"/proc/{pid}/task/*/status"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(path) as file:
            counts[path] = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", file.read(),
                                         re.M).group(1))
    return counts


def woken(before, after):
    """How often in between; threads may have come and gone."""
    return sum(max(0, count - before.get(thread, 0)) for thread, count in after.items())


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def timers(pid):
    """Seconds until each timer of it that is set (timerfd; proc(5))."""
    found = []
    for path in glob.glob(f"/proc/{pid}/fdinfo/*"):
        with open(path) as file:
            told = re.search(r"^it_value: \((\d+), (\d+)\)", file.read(), re.M)
        if told and 0 < int(told.group(1)) + int(told.group(2)):
            found.append(int(told.group(1)) + int(told.group(2)) / 1e9)
    return sorted(found)
