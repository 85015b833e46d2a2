"""How the work grows with the trust: 1, 10 and 100 schools, each with a year so far, on both databases.

The first sync of a day (everything but the marks is read anew), a second one that finds nothing, the board of
the Lead of one school and of somebody who may see all, and the absence figures. Each is a process of its own;
with PostgreSQL the CPU is that of the process and of the server.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.benchmarks.bench import Bench
from tests.benchmarks.growing_trust import GrowingTrust
from tests.benchmarks.measure import Cost, one_program, program_environment
from tests.benchmarks.table import Line, readable
from tests.benchmarks.trust import SQLITE
from tests.postgres_server import PostgresServer

SLOPE = 1.1
"""The exponent that the trust's own work may have; a school's own may hardly grow at all."""
ITS_OWN = 1.25
LEAD = "board of the Lead of one school"
WORK = {
    "sync": "first sync of a day",
    "again": "a sync that finds nothing",
    LEAD: LEAD,
    "board": "board of the whole trust",
    "absence": "absence figures of the trust",
    "one school": "absence figures of one school",
}
OF_ONE_SCHOOL = (LEAD, "one school")


@dataclass
class Grown:
    """What one size of trust took, by work; `rows` before the first day, `added` by each day."""

    rows: Mapping[str, int]
    added: Mapping[str, int] = field(default_factory=dict)
    costs: dict[str, list[Cost]] = field(default_factory=lambda: {name: [] for name in WORK})
    bytes: dict[str, int] = field(default_factory=dict)


def measure(bench: Bench) -> list[Line]:
    return compare(bench, ("PostgreSQL", "SQLite"))


def compare(bench: Bench, databases: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    for database in databases:
        found = {}
        for schools in bench.size.growth_schools:
            with _trust(bench, database, schools) as (trust, server):
                found[schools] = grown(bench, trust, server)
            for name, costs in found[schools].costs.items():
                bench.tell(f"growth: {database}, {WORK[name]}, {_said(schools, costs)}")
        lines += [line for name in WORK for line in _lines(database, name, found)]
    return lines


@contextmanager
def _trust(
    bench: Bench, database: str, schools: int
) -> Iterator[tuple[GrowingTrust, Callable[[], float] | None]]:
    room = bench.room(f"growth-{database.lower()}-{schools}")
    if database == "SQLite":
        yield GrowingTrust(room, SQLITE, schools, bench.size), None
        return
    with PostgresServer() as server:
        server.create_database("trust")
        trust = GrowingTrust(room, server.url("trust"), schools, bench.size)
        yield trust, lambda: server_cpu(server.process_id or 0)


def grown(bench: Bench, trust: GrowingTrust, server: Callable[[], float] | None = None) -> Grown:
    trust.build()
    before = trust.rows()
    result = Grown(rows=before)
    for run in range(bench.runs):
        _one_day(trust, trust.bring(run), result, server, bench.size.requests)
    after = trust.rows()
    result.added = {name: (after[name] - before[name]) // bench.runs for name in before}
    expected = 2 * trust.schools * bench.size.growth_shape.pupils
    if result.added["attendance"] != expected or result.added["cases"] != trust.schools:
        raise RuntimeError(f"a day did not bring what it should: {result.added}")
    return result


def _one_day(
    trust: GrowingTrust, day: date, result: Grown, server: Callable[[], float] | None, requests: int
) -> None:
    now = f"{day}T10:00"
    words = [sys.executable, "-m", "rp_connect", "--config", str(trust.config), "--now", now]
    programs = {
        "sync": [*words, "sync"],
        "again": [*words, "sync"],
        "absence": [*words, "report", "absence", "--json"],
        "one school": [*words, "report", "absence", "--school", "s001", "--json"],
    }
    for name, program in programs.items():
        os.sync()
        result.costs[name].append(_program(program, server))
    for name, more in {LEAD: ["s001"], "board": []}.items():
        result.costs[name].append(_pages(trust.config, now, requests, more, server, result, name))


def _pages(
    config: Path,
    now: str,
    requests: int,
    more: Sequence[str],
    server: Callable[[], float] | None,
    result: Grown,
    name: str,
) -> Cost:
    """The typical request of one process, with the peak of that process."""
    words = [sys.executable, "-m", "tests.benchmarks.page", str(config), now, str(requests), *more]
    begun = server() if server else 0.0
    done = subprocess.run(words, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True, check=True)
    served = ((server() if server else 0.0) - begun) / (requests + 1)
    told = json.loads(done.stdout)
    result.bytes[name] = told["bytes"]
    client = median(one["cpu"] for one in told["costs"])
    wall = median(one["wall"] for one in told["costs"])
    return Cost(wall, client + served, told["rss_mib"], _parts(client, served, server))


def _program(words: Sequence[str], server: Callable[[], float] | None) -> Cost:
    begun = server() if server else 0.0
    cost = one_program(words, program_environment())
    served = (server() if server else 0.0) - begun
    return replace(cost, cpu=cost.cpu + served, parts=_parts(cost.cpu, served, server))


def _parts(client: float, served: float, server: object) -> dict[str, float]:
    return {"ours": client, "the server": served} if server else {}


def server_cpu(process: int) -> float:
    """Seconds of a PostgreSQL server and of its children that have ended, as our connections' have."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def _lines(database: str, name: str, found: Mapping[int, Grown]) -> Iterator[Line]:
    *_, smaller, most = found
    times = most / smaller
    yield Line(
        figure="growth",
        what=f"{database}, {most} schools: {WORK[name]}",
        ours=found[most].costs[name],
        raw=found[smaller].costs[name],
        beside=f"{smaller} schools",
        by="cpu",
        target=ITS_OWN if name in OF_ONE_SCHOOL else round(times**SLOPE, 1),
        note=_note(name, found),
    )


def _note(name: str, found: Mapping[int, Grown]) -> str:
    """Every size: seconds, CPU, memory; the exponents between them; what there was, and what came."""
    said = [_said(schools, one.costs[name]) for schools, one in found.items()]
    sizes = list(found)
    slopes = [
        f"{slope(a, found[a].costs[name], b, found[b].costs[name]):.2f} from {a} to {b}"
        for a, b in pairwise(sizes)
    ]
    last = found[sizes[-1]]
    more = {
        "sync": f"{last.rows['attendance']:,} marks before; a day brings "
        + ", ".join(f"{n:,} {what}" for what, n in last.added.items() if n),
        LEAD: f"{last.bytes.get(name, 0) >> 10:,} KiB of HTML",
        "board": f"{last.bytes.get(name, 0) >> 10:,} KiB of HTML",
    }.get(name, "")
    return "; ".join(filter(None, [*said, f"exponent by CPU {', '.join(slopes)}", more]))


def _said(schools: int, costs: Sequence[Cost]) -> str:
    wall, cpu = median(one.wall for one in costs), median(one.cpu for one in costs)
    peak = median(one.rss_mib or 0 for one in costs)
    return f"{schools}: {readable(wall)}, CPU {readable(cpu)}, {peak:.0f} MiB"


def slope(few: int, small: Sequence[Cost], many: int, large: Sequence[Cost]) -> float:
    """1 where the work grows as the trust does, 0 where it does not grow."""
    ratio = median(one.cpu for one in large) / median(one.cpu for one in small)
    return math.log(ratio) / math.log(many / few)
