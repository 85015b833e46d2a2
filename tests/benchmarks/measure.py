"""What a piece of work takes, and taking two things in turn so that both meet the same weather.

Two shared cores give other seconds every minute. A ratio of two figures that were taken side by side stays.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from statistics import median
from typing import Any

LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one piece of work. `rss_mib` is the peak of its own process; `parts` are seconds of CPU."""

    wall: float
    cpu: float
    rss_mib: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)


Variant = Callable[[], Cost]


def took(work: Callable[[], object]) -> Cost:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def interleaved(variants: Mapping[str, Variant], runs: int) -> dict[str, list[Cost]]:
    """A B A B …: each variant once a round. What was written is on the disk before the next begins."""
    found: dict[str, list[Cost]] = {name: [] for name in variants}
    for _ in range(runs):
        for name, variant in variants.items():
            os.sync()
            found[name].append(variant())
    return found


def programs(
    commands: Mapping[str, Sequence[str]],
    rounds: int,
    folder: Path,
    prepare: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[Cost]]:
    """The same for whole programs in `folder`, after one round that does not count."""
    order = {"commands": list(commands.items()), "rounds": rounds, "prepare": dict(prepare or {})}
    done = subprocess.run(
        [sys.executable, "-I", "-S", LAUNCHER, json.dumps(order)],
        cwd=folder,
        env=program_environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    costs: list[tuple[str, float, float, float]] = json.loads(done.stdout)
    return {
        name: [Cost(wall, cpu, peak) for which, wall, cpu, peak in costs if which == name]
        for name in commands
    }


def one_program(words: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """One program, once, with what it needs in its environment. It may fail: others count what it did."""
    order = {"commands": [["it", list(words)]], "rounds": 0, "prepare": {}, "once": True, "may_fail": True}
    done = subprocess.run(
        [sys.executable, "-I", "-S", LAUNCHER, json.dumps(order)],
        cwd=Path(__file__).parents[2],
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    ((_, wall, cpu, peak),) = json.loads(done.stdout)
    return Cost(wall, cpu, peak)


def program_environment() -> dict[str, str]:
    """Compiled modules are kept, as they are where the program is installed."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "RP_CONNECT_CONFIG")
    return {name: value for name, value in os.environ.items() if name not in left_out}


class Shares:
    """CPU seconds by part. While a part is within another, they count for the inner one alone."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = time.process_time()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._charge()
        self._open.append(name)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def inner(*words: Any, **more: Any) -> Any:
            with self.part(name):
                return function(*words, **more)

        return inner

    @contextmanager
    def methods(self, owner: type, name: str, methods: Sequence[str]) -> Iterator[None]:
        """Time these methods of `owner` as the part `name`."""
        held = {method: getattr(owner, method) for method in methods}
        for method, function in held.items():
            setattr(owner, method, self.timed(name, function))
        try:
            yield
        finally:
            for method, function in held.items():
                setattr(owner, method, function)

    def of(self, cost: Cost) -> Cost:
        """`cost` with the parts so far; what lies in none of them is the rest."""
        parts = dict(self.seconds)
        return replace(cost, parts={**parts, "the rest": cost.cpu - sum(parts.values())})

    def _charge(self) -> None:
        now = time.process_time()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now


def typical(costs: Sequence[Cost], of: Callable[[Cost], float]) -> float:
    return median(of(cost) for cost in costs)


def typical_parts(costs: Sequence[Cost]) -> dict[str, float]:
    names = dict.fromkeys(name for cost in costs for name in cost.parts)
    return {name: median(cost.parts.get(name, 0.0) for cost in costs) for name in names}


def tree_cpu(process_id: int) -> float:
    """Seconds of CPU of a process, its children as they are now, and those it has waited for. Linux only."""
    ticks, children = os.sysconf("SC_CLK_TCK"), defaultdict(list)
    used: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        used[int(stat.parent.name)] = sum(map(int, words[11:15]))
        children[int(words[1])].append(int(stat.parent.name))
    found, wanted = 0, [process_id]
    while wanted:
        one = wanted.pop()
        found += used.get(one, 0)
        wanted += children[one]
    return found / ticks
