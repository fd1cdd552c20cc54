# SPDX-License-Identifier: MIT
"""What ./bench prints: on what machine, then tables of ours, peer, ratio, goal and whether reached."""
import os, subprocess

WIDTHS = (46, 10, 10, 7, 9, 0)


def line(*cells):
    print(" ".join(f"{c:<{w}}" if i == 0 else f"{c:>{w}}" if i < 5 else c
                   for i, (c, w) in enumerate(zip(cells, WIDTHS))).rstrip(), flush=True)


def title(text, peer="peer"):
    print(f"\n{text}")
    line("", "ours", peer, "ratio", "goal", "")


def verdict(value, goal):
    return "" if goal is None else "reached" if value <= goal else "MISSED"


def ratio(text, ours, peer, goal=None, unit="ms"):
    value = ours / peer
    line("  " + text, f"{ours:.1f} {unit}", f"{peer:.1f} {unit}", f"{value:.2f}",
         "" if goal is None else f"<= {goal:.2f}", verdict(round(value, 2), goal))


def amount(text, ours, goal=None, peer="", unit=""):
    shown = f"{ours:.1f}" if isinstance(ours, float) else str(ours)
    line("  " + text, f"{shown} {unit}".rstrip(), str(peer), "",
         "" if goal is None else f"<= {goal:g}", verdict(ours, goal))


def words_of(command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def load():
    with open("/proc/loadavg") as file:
        return " ".join(file.read().split()[:3])


def head(what, how, program, packages):
    with open("/proc/cpuinfo") as file:
        cpu = next((l.split(":")[1].strip() for l in file if l.startswith("model name")), "?")
    versions = words_of(["dpkg-query", "-W", "-f", "${Package} ${Version}, ", *packages.split()])
    print(f"\n== {what}: {how}; {os.cpu_count()} cores ({cpu}), load {load()}, "
          f"Linux {os.uname().release}")
    print(f"   {words_of([program, '--version'])} (release build), {versions.rstrip(', ')}")
