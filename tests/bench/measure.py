# SPDX-License-Identifier: MIT
"""Runs commands in turn and measures them: time, memory, instructions, what goes over the network."""
import glob, os, re, select, shutil, signal, statistics, subprocess, sys, tempfile, time

TOOLS = os.environ["BENCH"] + "/tools"
TYPING_S = 30
NETWORK = ["nsenter", "--net=/proc/1/ns/net", "--"]  # of the box: the bridge and all cables


class Side:
    """One side of a comparison: commands, one after the other, each with its standard input.
    A command is (words, input); both may be functions, called anew for each run, unmeasured. An input
    that is a list is typed at a terminal: each is what is shown, and what is typed then."""

    def __init__(self, name, *commands, env=None, before=None):
        self.name, self.commands, self.before = name, commands, before
        self.env = dict(os.environ, **(env or {}))

    def prepared(self):
        if self.before:
            self.before()
        for words, text in self.commands:
            text = text() if callable(text) else text or ""
            yield words() if callable(words) else words, text if isinstance(text, list) else text.encode()


def typed(master, talk, pid):
    """Reads the terminal to the end of the command; status and use of the process."""
    shown = b""
    for asked, text in talk:
        while asked.encode() not in shown:
            if not select.select([master], [], [], TYPING_S)[0]:
                os.kill(pid, signal.SIGKILL)
                break
            try:
                shown += os.read(master, 4096)
            except OSError:
                break
        os.write(master, text.encode() + b"\n")
        shown = b""
    return os.wait4(pid, 0)[1:]


def spawn(words, env, stdin, null, error, **options):
    return os.posix_spawnp(words[0], words, env, file_actions=[
        stdin, (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, error, 2)], **options)


def run_one(words, text, env, error=None):
    """Wall and CPU seconds of a command and its children; its messages go to that descriptor."""
    at_terminal = isinstance(text, list)
    given, held = os.openpty() if at_terminal else os.pipe()
    null = os.open("/dev/null", os.O_WRONLY)
    try:
        if at_terminal:  # who leads a session and opens one, has it
            stdin = os.POSIX_SPAWN_OPEN, 0, os.ttyname(held), os.O_RDWR, 0
        else:
            stdin = os.POSIX_SPAWN_DUP2, given, 0
            os.write(held, text)
            os.close(held)
        begin = time.perf_counter()
        pid = spawn(words, env, stdin, null, null if error is None else error, setsid=at_terminal)
        status, used = typed(given, text, pid) if at_terminal else os.wait4(pid, 0)[1:]
        wall = time.perf_counter() - begin
    finally:
        os.close(given)
        os.close(null)
        if at_terminal:
            os.close(held)
    if status and at_terminal:
        sys.exit(f"bench: {' '.join(words)} failed ({status}) at a terminal")
    if status:
        again = subprocess.run(words, input=text, env=env, capture_output=True)
        sys.exit(f"bench: {' '.join(words)} failed ({status}); again: {again.returncode} "
                 f"{again.stdout.decode()[-500:]} {again.stderr.decode()[-500:]}")
    return wall, used.ru_utime + used.ru_stime


def heard(side):
    """Wall in ms of the one command, and its messages."""
    (words, text), = side.prepared()
    with tempfile.TemporaryFile("w+") as error:
        wall, _ = run_one(words, text, side.env, error.fileno())
        error.seek(0)
        return wall * 1000, error.read()


def run(side):
    each = [run_one(words, text, side.env) for words, text in side.prepared()]
    return sum(wall for wall, _ in each) * 1000, sum(cpu for _, cpu in each) * 1000


def in_turn(sides, rounds):
    """Medians of wall and CPU in ms for each side, and its least wall, which other work on the machine
    shows in the least; the order turns round by round."""
    for side in sides:
        run(side)  # what is fetched once
    seen = {side.name: [] for side in sides}
    for n in range(rounds):
        for side in sides[n % len(sides):] + sides[:n % len(sides)]:
            seen[side.name].append(run(side))
    return {name: (*(statistics.median(values) for values in zip(*runs)), min(runs)[0])
            for name, runs in seen.items()}


def checked(words, text, env):
    done = subprocess.run(words, input=text, env=env, capture_output=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(words)}: {done.stdout.decode()[-500:]}{done.stderr.decode()[-900:]}")
    return done


def patient(side):
    """Nobody is killed at the end, before what we want to know is noted."""
    return dict(side.env, LD_PRELOAD=TOOLS + "/patient.so")


def peak_mib(side):
    """The most memory that the tree of processes had at a time."""
    return max(int(checked([TOOLS + "/peak", *words], text, patient(side)).stderr.split()[-1])
               for words, text in side.prepared()) / 1024


def instructions(side):
    """Millions, in user space, of all processes. The second of two runs."""
    folder = "/tmp/bench-callgrind"
    for _ in range(2):
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        env = patient(side)
        for words, text in side.prepared():
            checked(["valgrind", "-q", "--tool=callgrind", "--trace-children=yes",
                     f"--callgrind-out-file={folder}/%p", *words], text, env)
    total = 0
    for path in glob.glob(folder + "/*"):
        with open(path, errors="replace") as file:
            found = re.findall(r"^(?:totals|summary): (\d+)", file.read(), re.M)
        total += int(found[-1]) if found else 0
    return total / 1e6


class Cable:
    """The client's cable, made slow on demand: delay.c sits between it and the bridge."""

    def __init__(self):
        self.process = None
        subprocess.run([*NETWORK, "ip", "-batch", "-"], check=True, input=b"""
link add bench0 type veth peer name bench1
link set bench0 addrgenmode none master realm up
link set bench1 addrgenmode none up
""")
        # What TCP learned of a slow cable must not outlive it.
        for machine in glob.glob(os.environ["REALM_BOX"] + "/top/net/*"):
            subprocess.run(["nsenter", "--net=" + machine, "--", "tee",
                            "/proc/sys/net/ipv4/tcp_no_metrics_save"], check=True, input=b"1",
                           stdout=subprocess.DEVNULL)

    def set(self, rtt_ms):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        where = ["nomaster"] if rtt_ms else ["master", "realm"]
        subprocess.run([*NETWORK, "ip", "link", "set", "c1", *where], check=True)
        if rtt_ms:
            self.process = subprocess.Popen(
                [*NETWORK, TOOLS + "/delay", "c1", "bench1", str(rtt_ms / 2)],
                stdout=subprocess.PIPE)
            if self.process.stdout.readline() != b"ready\n":
                sys.exit("bench: no delay")
        # The bridge learns where the client is now.
        address = os.environ["REALM_DC_ADDRESS"]
        subprocess.run(["ip", "neigh", "flush", "dev", "eth0"], check=True)
        for _ in range(2):
            subprocess.run(["dig", "+time=2", "+tries=3", "@" + address, "ad.lab.test"],
                           stdout=subprocess.DEVNULL, check=True)


FIELDS = ["frame.time_epoch", "ip.src", "udp.dstport", "tcp.dstport", "tcp.len", "tcp.flags.syn",
          "kerberos.msg_type", "dns.flags.response"]


def captured(side, rtt_ms):
    """What one run says to the network: counts, and round trips. With a slow cable, a pause of half a
    round trip in what is sent begins a new one; a good-bye that nobody answers is none."""
    path = "/tmp/bench.pcap"
    run(side)
    shark = subprocess.Popen(["tshark", "-q", "-i", os.environ["REALM_BRIDGE"], "-w", path],
                             stderr=subprocess.PIPE)
    while b"Capturing on" not in shark.stderr.readline():
        pass
    while not os.path.exists(path) or not os.path.getsize(path):
        time.sleep(0.02)
    time.sleep(0.3)
    run(side)
    time.sleep(0.3 + rtt_ms / 1000)
    shark.send_signal(signal.SIGINT)
    shark.wait()
    words = ["tshark", "-r", path, "-T", "fields", "-E", "occurrence=f"]
    for field in FIELDS:
        words += ["-e", field]
    own = subprocess.run(["hostname", "-I"], capture_output=True, text=True).stdout.split()
    own = own or ["10.99.1.100"]
    counts = dict.fromkeys(("AS", "TGS", "DNS", "CLDAP", "TCP", "round trips"), 0)
    last, open_trip = 0.0, False
    for line in subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines():
        at, source, udp, tcp, length, syn, kerberos, dns_answer = line.split("\t")
        if not (udp or syn in ("1", "True") or int(length or 0)):
            continue
        if source not in own:
            counts["round trips"] += open_trip
            open_trip = False
            continue
        counts["AS"] += kerberos == "10"
        counts["TGS"] += kerberos == "12"
        counts["DNS"] += udp == "53"
        counts["CLDAP"] += udp == "389"
        counts["TCP"] += syn in ("1", "True")
        open_trip |= float(at) - last > rtt_ms / 2000
        last = float(at)
    return counts
