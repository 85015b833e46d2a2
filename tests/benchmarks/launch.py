"""Starts programs one after the other and prints what each cost, as JSON.

A program of its own, and a small one: the peak memory of a child is never less than its parent's was.
"""

from __future__ import annotations

import json
import os
import sys
import time

Taken = tuple[str, float, float, float]


def run(words: list[str], *, may_fail: bool = False) -> tuple[float, float, float]:
    """Wall and CPU seconds, and the peak in MiB."""
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    begun = time.perf_counter()
    child = os.posix_spawn(words[0], words, os.environ, file_actions=silence)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - begun
    if status and not may_fail:
        sys.exit(f"{words} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit


def main() -> None:
    order = json.loads(sys.argv[1])
    found: list[Taken] = []
    for number in range(order["rounds"] + 1):
        for name, words in order["commands"]:
            if name in order["prepare"]:
                run(order["prepare"][name])
            cost = run(words, may_fail=order.get("may_fail", False))
            if number or order.get("once"):  # the first round only warms the caches
                found.append((name, *cost))
    sys.stdout.write(json.dumps(found))


main()
