"""One reading of the Wonde for measuring, in a process of its own; prints what it took as JSON.

`first URL`: everything, through the adapter. `poll URL`: what changed since, twice, the second one measured.
`download URL`: the addresses on standard input, by a bare loop that looks into nothing.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests

from rp_connect.ports.mis import Cursor, Kind, MisSettings, Reading
from rp_wonde.adapter import WondeAdapter
from rp_wonde.settings import WondeSettings


class _Secrets:
    def read(self, reference: str) -> str:
        return "made-up"


def opened(url: str) -> WondeAdapter:
    own = WondeSettings(school_id="A100", token="env:TOKEN", base_url=url)
    return WondeAdapter(
        MisSettings("northwick", "", ZoneInfo("Europe/London"), Path(), Path(), own, _Secrets())
    )


def taken(reading: Reading) -> tuple[int, Cursor | None]:
    """How many records, and the last cursor; nothing is kept."""
    count, cursor = 0, None
    for page in reading.pages():
        count += len(page.records)
        cursor = page.cursor or cursor
        if page.refusals:
            raise RuntimeError(f"a good row was refused: {page.refusals[0]}")
    return count, cursor


def first(url: str) -> Mapping[str, int]:
    adapter = opened(url)
    return {kind.value: taken(adapter.everything(kind))[0] for kind in Kind}


def poll(adapter: WondeAdapter, cursor: Cursor) -> Mapping[str, int]:
    found = {}
    for kind in Kind:
        reading = adapter.changes(kind, cursor)
        found[kind.value] = taken(reading)[0]
    return found


def download(url: str) -> Mapping[str, int]:
    http, size = requests.Session(), 0
    http.headers["Authorization"] = "Bearer made-up"
    for address in json.load(sys.stdin):
        size += len(http.get(url + address, timeout=20).content)
    return {"bytes": size}


def took(work: Callable[[], Mapping[str, int]]) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "rss_mib": peak,
        "found": dict(found),
    }


def main(what: str, url: str) -> dict[str, Any]:
    if what == "first":
        return took(lambda: first(url))
    if what == "download":
        return took(lambda: download(url))
    adapter, cursor = opened(url), {"since": f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())}"}
    poll(adapter, cursor)
    requests.get(f"{url}/asked", timeout=20)
    return took(lambda: poll(adapter, cursor))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
