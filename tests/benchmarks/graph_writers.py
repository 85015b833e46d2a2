"""P1–P4 and R3: 500 cases of 1 event, 1 list item and 8 bare tasks, written to a Graph server by our worker
and by the baselines of the reference, in turn. Over plain HTTP on both sides: no TLS.

Lost and double are counted on the server's side; our marks are its own, so that titles differ from theirs.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import Cost, one_program, program_environment
from tests.benchmarks.table import Line
from tests.faults.tenant_trust import SECRETS, TenantTrust
from tests.graph_server.client import Client
from tests.graph_server.own_process import OwnProcess

NO_LIMIT = {"max_tasks": 10**6, "max_active_tasks": 10**6, "max_assigned": 10**6}
TASKS = 8
LOADED = "ours-after-setup"
Weather = Callable[[OwnProcess], None]


def calm(server: OwnProcess) -> None:
    server.configure(outlook_limit=10**6)


def far(server: OwnProcess) -> None:
    """40 ms, and Outlook's limit of 4."""
    server.faults.slow(0.04)


def throttled(server: OwnProcess) -> None:
    """40 ms and 5 % 429 with Retry-After: 1 for writes inside a batch or alone."""
    server.configure(outlook_limit=10**6)
    server.faults.slow(0.04)
    server.faults.throttle(1.0, chance=0.05, method="POST")


def ambiguous(server: OwnProcess) -> None:
    """5 ms; 1 % done and then 504, 1 % done and then cut."""
    server.configure(outlook_limit=10**6)
    server.faults.slow(0.005)
    for how in ("504", "cut"):
        server.faults.lose_answers(how, chance=0.01, method="POST")


@dataclass
class Taken:
    """Runs of one client in one weather; `requests` are HTTP requests, `lost` and `double` writes."""

    costs: list[Cost] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    double: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def note(self, cases: int) -> str:
        per = 1000 * min(cost.cpu for cost in self.costs) / cases
        return (
            f"{min(self.requests) / cases:.2f} HTTP requests and {per:.1f} ms CPU a case, lost {self.lost},"
            f" double {self.double}, refused by Outlook's limit {self.refused}"
        )


def measure(bench: Bench) -> list[Line]:
    cases = bench.size.cases
    template = prepared(bench.room("graph"), cases)
    p1 = taken(bench, template, calm, ["ours", "plain", "office365", "office365-batch", LOADED], "P1")
    p2 = taken(bench, template, far, ["ours", "plain", "office365-batch"], "P2")
    p3 = taken(bench, template, throttled, ["ours", "plain", "office365-batch"], "P3")
    r3 = taken(bench, template, ambiguous, ["ours"], "R3")

    def line(
        figure: str,
        what: str,
        found: dict[str, Taken],
        beside: str,
        target: float | None = None,
        by: str = "wall",
    ) -> Line:
        return Line(
            figure=figure,
            what=what,
            ours=found["ours"].costs,
            raw=found[beside].costs,
            beside=beside,
            target=target,
            by="cpu" if by == "cpu" else "wall",
            note=f"{found['ours'].note(cases)}; {beside}: {found[beside].note(cases)}",
        )

    ours = p2["ours"].costs
    lean = most_memory([*p1["ours"].costs, *ours, *p3["ours"].costs])
    loaded, unsent = most_memory(p1[LOADED].costs), sum(p1[LOADED].lost)
    physical = cases * 0.04 / 4
    return [
        line("P1", "500 cases, 0 ms", p1, "plain", 1.5),
        line("P1", "the same", p1, "plain", by="cpu"),
        line("P1", "the same", p1, "office365", 1 / 5),
        line("P1", "the same", p1, "office365", by="cpu"),
        line("P1", "the same", p1, "office365-batch"),
        Line(
            figure="P2",
            what=f"40 ms and Outlook's limit: {physical:.1f} s at best",
            ours=ours,
            seconds=1.25 * physical,
            note=p2["ours"].note(cases),
        ),
        line("P2", "the same", p2, "plain"),
        line("P2", "the same", p2, "office365-batch"),
        line("P3", "40 ms and 5 % 429", p3, "office365-batch", 1 / 5),
        line("P3", "the same", p3, "plain"),
        Line(figure="P4", what="peak of our worker", shown=f"{lean:.0f} MiB", holds=lean <= 64),
        Line(
            figure="P4",
            what=f"where setup loaded office365, {unsent} lost",
            shown=f"{loaded:.0f} MiB",
            holds=loaded <= 96 and unsent == 0,
        ),
        Line(figure="R3", what="1 % 504 and 1 % cut", ours=r3["ours"].costs, note=r3["ours"].note(cases)),
        *promises(p1["ours"], p2["ours"], p3["ours"], r3["ours"]),
    ]


def promises(calm: Taken, far: Taken, throttled: Taken, ambiguous: Taken) -> list[Line]:
    """What of our own runs is no matter of time; R3 allows a quarter more HTTP requests than a calm run."""
    extra = max(ambiguous.requests) / min(calm.requests) - 1
    refused = sum(far.refused)
    wrong = sum(sum(taken.lost) + sum(taken.double) for taken in (calm, far, throttled, ambiguous))
    return [
        Line(figure="R3", what="extra HTTP requests", shown=f"{extra:.0%}", holds=extra <= 0.25),
        Line(
            figure="P2", what="requests of ours above Outlook's limit", shown=str(refused), holds=refused == 0
        ),
        Line(figure="all", what="writes of ours that are lost or double", shown=str(wrong), holds=wrong == 0),
    ]


def most_memory(costs: Sequence[Cost]) -> float:
    return max(cost.rss_mib or 0 for cost in costs)


def taken(
    bench: Bench, template: Path, weather: Weather, clients: Sequence[str], figure: str
) -> dict[str, Taken]:
    """A B A B …, each against a fresh server."""
    found = {client: Taken() for client in clients}
    for turn in range(bench.runs):
        for client, takes in found.items():
            once(client, weather, template, bench.size.cases, takes)
            bench.tell(f"{figure} {client} {turn + 1}: {takes.costs[-1].wall:.2f} s, {takes.lost[-1]} lost")
    return found


def once(client: str, weather: Weather, template: Path, cases: int, takes: Taken) -> None:
    with OwnProcess(check_every=0) as server:
        server.configure(**NO_LIMIT)
        if client in ("ours", LOADED):
            words = ours(server, template, client)
        else:
            words = theirs(server, client, cases)
        weather(server)
        before = server.log.requests
        takes.costs.append(one_program(words, program_environment() | SECRETS))
        log, state = server.log, server.state
        takes.requests.append(log.requests - before)
        names = [
            Counter(row["subject"] for row in state.events.values()),
            Counter(row["fields"]["Title"] for row in state.items.values() if "Title" in row["fields"]),
            Counter(row["title"] for row in state.tasks.values()),
        ]
        takes.lost.append(cases * (2 + TASKS) - sum(len(each) for each in names))
        takes.double.append(sum(sum(each.values()) - len(each) for each in names))
        takes.refused.append(log.outlook_refused)


def theirs(server: OwnProcess, client: str, cases: int) -> list[str]:
    with requests.Session() as session:
        session.trust_env = False
        tenant = Client(server.url, session)
        places = [tenant.new_plan(), tenant.new_list()]
    return [sys.executable, "-m", "tests.benchmarks.graph_clients", client, server.url, str(cases), *places]


def ours(server: OwnProcess, template: Path, client: str) -> list[str]:
    """A copy of the outbox, its tenant set up, but where the client itself does that."""
    folder = template.parent / "run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    trust = TenantTrust(folder, server, "sqlite:///rp-connect.db", timeout_s=30.0)
    if client != LOADED:
        with trust.office() as office:
            for school in office.schools.values():
                school.workspace().setup()
    return [sys.executable, "-m", "tests.benchmarks.graph_clients", client, str(folder)]


def prepared(room: Path, cases: int) -> Path:
    """Real cases with their meetings; of their effects the meeting, the record and eight tasks are left."""
    os.environ.update(SECRETS)
    with OwnProcess(check_every=0) as server:
        TenantTrust(room / "template", server, "sqlite:///rp-connect.db").prepare(cases)
    with closing(sqlite3.connect(room / "template" / "rp-connect.db")) as store, store:
        store.execute("DELETE FROM effects WHERE kind = 'summary'")
        store.execute(
            "DELETE FROM effects WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
            " (PARTITION BY \"case\" ORDER BY id) AS n FROM effects WHERE kind = 'task') WHERE n > ?)",
            (TASKS,),
        )
        (left,) = store.execute("SELECT count(*) FROM effects WHERE state = 'waiting'").fetchone()
    if left != cases * (2 + TASKS):
        raise RuntimeError(f"{left} effects are no {cases} cases")
    return room / "template"
