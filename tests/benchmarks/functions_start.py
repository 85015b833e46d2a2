"""The functions app from nothing: until it is indexed, until its first answer, until it first sends a thing.

Beside a bare app of azure-functions and Starlette with a page, a timer and a queue function, in the same
library of Microsoft's, by turns. No host, no image and no network are in it. It needs what
`make functions-runtime azurite` installs.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import Cost, interleaved
from tests.benchmarks.table import Line
from tests.drop_school import DropSchool, suspension
from tests.functions.azurite import Azurite
from tests.functions.worker import APP, Worker

NOW = "2026-11-12T09:40"
BARE = """
import azure.functions as func
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

app = func.AsgiFunctionApp(
    Starlette(routes=[Route("/health", lambda request: PlainTextResponse("well"))]),
    func.AuthLevel.ANONYMOUS,
    function_name="pages",
)


@app.timer_trigger("tick", schedule="0 0 * * * *")
def timer(tick: func.TimerRequest) -> None:
    return None


@app.queue_trigger("message", queue_name="work", connection="X")
def work(message: func.QueueMessage) -> None:
    return None
"""


def measure(bench: Bench) -> list[Line]:
    room = bench.room("functions")
    (room / "bare").mkdir()
    (room / "bare" / "function_app.py").write_text(BARE)
    (room / "bare" / "host.json").write_text('{"version": "2.0"}')
    with Azurite() as azurite:
        taken = interleaved(
            {
                "ours": lambda: _ours(room, azurite),
                "bare": lambda: _started(room / "bare", {}),
            },
            bench.runs + 1,
        )
    ours, bare = taken["ours"][1:], taken["bare"][1:]  # the first round only warms the caches
    return [
        _line("the functions app, until it is indexed", ours, bare, "indexed"),
        _line("the same, until the first answer (/health, which reads the store)", ours, bare, "answered"),
        Line(
            figure="P8",
            what="the same, until the first effects of a case were sent by a message of the queue",
            ours=[Cost(one.parts["sent"], one.parts["cpu sent"], one.parts["rss sent"]) for one in ours],
        ),
    ]


def _line(what: str, ours: list[Cost], bare: list[Cost], until: str) -> Line:
    return Line(
        figure="P8",
        what=what,
        ours=[Cost(one.parts[until], one.parts[f"cpu {until}"], one.parts[f"rss {until}"]) for one in ours],
        raw=[Cost(one.parts[until], one.parts[f"cpu {until}"], one.parts[f"rss {until}"]) for one in bare],
        beside="a bare app with Starlette",
    )


def _ours(room: Path, azurite: Azurite) -> Cost:
    """A school of its own each time, with a case that nothing was sent of yet."""
    number = len(list(room.iterdir()))
    school = DropSchool(room / f"school-{number}", suspensions=[suspension("S1", "2026-11-10", 6)])
    school.sync(NOW)
    settings = {
        "RP_CONNECT_CONFIG": str(school.folder / "rp-connect.toml"),
        "RP_CONNECT_QUEUE": azurite.connection,
    }
    cost = _started(APP, settings)
    begun = time.perf_counter()
    with Worker(settings) as worker:
        answer = worker.queue("deliver:northwick")
        sent = time.perf_counter() - begun
        told = worker.itself()
    if answer or not list((school.folder / "workspace" / "tasks").glob("*.ics")):
        raise RuntimeError("nothing was sent")
    more = {"sent": sent, "cpu sent": told["cpu_s"], "rss sent": told["rss_mib"]}
    return replace(cost, parts={**cost.parts, **more})


def _started(app: Path, settings: dict[str, str]) -> Cost:
    begun = time.perf_counter()
    with Worker(settings, app) as worker:
        parts = {"indexed": time.perf_counter() - begun, **_spent(worker, "indexed")}
        asked = time.perf_counter()
        status = worker.http("/health")["status"]
        parts |= {"answered": parts["indexed"] + time.perf_counter() - asked, **_spent(worker, "answered")}
    if status != 200:
        raise RuntimeError(f"/health answered {status}")
    return Cost(parts["answered"], parts["cpu answered"], parts["rss answered"], parts)


def _spent(worker: Worker, until: str) -> dict[str, float]:
    told = worker.itself()
    return {f"cpu {until}": told["cpu_s"], f"rss {until}": told["rss_mib"]}
