"""A full first reading of a school of 1,500 pupils with a year of marks through Wonde, 50 rows a page, beside
a bare loop that only downloads the same pages; and a poll that finds nothing new."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import Cost
from tests.benchmarks.table import Line

MODULE = "tests.benchmarks.wonde_{}"
BESIDE = "requests loop over the same pages"


def measure(bench: Bench) -> list[Line]:
    """At most two runs: each is some twelve thousand requests on both sides."""
    costs: dict[str, list[Cost]] = {"ours": [], "raw": []}
    with serving() as url:
        for _ in range(min(bench.runs, 2)):
            read = ran("first", url)
            asked = asked_of(url)
            costs["ours"].append(cost(read))
            costs["raw"].append(cost(ran("download", url, json.dumps(asked))))
            asked_of(url)  # forgotten
        polled = ran("poll", url)
        polls = len(asked_of(url))
    marks, records = read["found"]["attendance"], sum(read["found"].values())
    note = f"{len(asked):,} requests, {records:,} records of which {marks:,} marks"
    peaks = [f"{max(c.rss_mib or 0 for c in costs[side]):.0f} MiB" for side in ("ours", "raw")]
    first = "Wonde: first reading of 1,500 pupils and a year"
    return [
        Line(figure="wonde", what=first, ours=costs["ours"], raw=costs["raw"], beside=BESIDE, note=note),
        Line(figure="wonde", what="the same", ours=costs["ours"], raw=costs["raw"], beside=BESIDE, by="cpu"),
        Line(figure="wonde", what="the same, peak memory", shown=peaks[0], note=f"the loop: {peaks[1]}"),
        Line(
            figure="wonde",
            what="a poll that finds nothing new",
            ours=[cost(polled)],
            note=f"{polls} requests",
        ),
    ]


@contextmanager
def serving() -> Iterator[str]:
    """The address of a Wonde in a process of its own."""
    command = [sys.executable, "-m", MODULE.format("server")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def asked_of(url: str) -> Sequence[str]:
    found: list[str] = requests.get(f"{url}/asked", timeout=60).json()
    return found


def ran(what: str, url: str, given: str = "") -> dict[str, Any]:
    command = [sys.executable, "-m", MODULE.format("reader"), what, url]
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cost(found: dict[str, Any]) -> Cost:
    return Cost(found["wall"], found["cpu"], found["rss_mib"])
