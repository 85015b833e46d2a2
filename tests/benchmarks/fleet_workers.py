"""Workers side by side: 1, 2, 4 and 8 processes of the functions app at one PostgreSQL, one queue and the
Graph server, by turns. Effects a second, and the CPU that an effect costs each that has to do with it.

Every worker has answered once before the clock starts, so that its start is not in the figures. With 40 ms to
every request the services are about as far away as in production; with none, only CPU counts.
It needs what `make functions-runtime azurite` installs, and Linux to ask the database for its CPU.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rp_connect.wiring import rounds
from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import Cost, tree_cpu
from tests.benchmarks.table import Line
from tests.faults.tenant_count import differences
from tests.faults.tenant_trust import SECRETS, TenantTrust, left
from tests.functions.azurite import Azurite
from tests.functions.fleet import Fleet
from tests.graph_server.own_process import OwnProcess
from tests.postgres_server import PostgresServer

WORKERS = (1, 2, 4, 8)
DELAYS_S = (0.0, 0.04)
SCHOOLS = tuple(f"school-{number}" for number in range(1, 17))
LONGEST_S = 900.0
TEMPLATE = "fleet_template"
Taken = dict[tuple[float, int], list[Cost]]


def measure(bench: Bench) -> list[Line]:
    taken: Taken = defaultdict(list)
    with environment(**SECRETS), PostgresServer() as database, Azurite() as azurite:
        effects = prepared(bench, database)
        for turn in range(bench.runs):
            for delay in DELAYS_S:
                for workers in WORKERS:
                    room = bench.room(f"fleet-{turn}-{delay}-{workers}")
                    cost = delivered(room, database, azurite, workers, delay)
                    taken[delay, workers].append(cost)
                    bench.tell(f"fleet {delay * 1000:.0f} ms, {workers} workers: {effects / cost.wall:.0f}/s")
    return [
        line(taken, delay, workers, effects, bench.size.fleet_cases)
        for delay in DELAYS_S
        for workers in WORKERS
    ]


def line(taken: Taken, delay: float, workers: int, effects: int, cases: int) -> Line:
    costs, alone = taken[delay, workers], taken[delay, 1]
    each = {name: 1000 * median(cost.parts[name] for cost in costs) / effects for name in costs[0].parts}
    spent = ", ".join(f"{name} {figure:.1f} ms" for name, figure in each.items())
    rate = effects / median(cost.wall for cost in costs)
    return Line(
        figure="fleet",
        what=f"{workers} workers, {delay * 1000:.0f} ms a request, {cases} cases, {effects} effects",
        ours=costs,
        raw=alone if workers > 1 else (),
        beside="one worker" if workers > 1 else "",
        note=f"{rate:.0f} effects a second; CPU an effect: {spent}",
    )


def prepared(bench: Bench, database: PostgresServer) -> int:
    """How many effects wait in the database that is copied."""
    database.create_database(TEMPLATE)
    with OwnProcess(check_every=0) as server:
        trust = trust_in(bench.room("fleet-template"), server, database, TEMPLATE)
        trust.prepare(bench.size.fleet_cases)
        with trust.office() as office:
            return sum(left(office).values())


def trust_in(room: Path, server: OwnProcess, database: PostgresServer, name: str) -> TenantTrust:
    return TenantTrust(room, server, f"{database.url(name)}?connections=6", timeout_s=30.0, schools=SCHOOLS)


def delivered(room: Path, database: PostgresServer, azurite: Azurite, workers: int, delay: float) -> Cost:
    """A copy of the database, a tenant of its own, and everything of it sent. Raises RuntimeError where
    anything is lost or there twice."""
    shutil.copytree(room.with_name("fleet-template"), room, dirs_exist_ok=True)
    name = room.name.replace("-", "_").replace(".", "_")
    database.create_database(name, template=TEMPLATE)
    azurite.forget()
    with OwnProcess(check_every=0) as server:
        trust = trust_in(room, server, database, name)
        trust.set_up()
        server.faults.slow(delay)
        with environment(RP_CONNECT_QUEUE=azurite.connection):
            cost = sent(trust, database, azurite, workers)
    database.drop_database(name)
    return cost


def sent(trust: TenantTrust, database: PostgresServer, azurite: Azurite, workers: int) -> Cost:
    settings = {"RP_CONNECT_CONFIG": str(trust.config), "RP_CONNECT_QUEUE": azurite.connection, **SECRETS}
    with trust.office() as office, Fleet(azurite, settings, workers) as fleet:
        fleet.warm_up()
        spenders: Mapping[str, Callable[[], float]] = {
            "workers": fleet.cpu,
            "PostgreSQL": lambda: tree_cpu(database.process_id or 0),
            "queue": lambda: tree_cpu(azurite.process_id),
            "Graph server": trust.server.cpu,
        }
        before = {name: spent() for name, spent in spenders.items()}
        wall = fleet.until(lambda: not left(office), lambda: rounds.ring_for_missed(office), LONGEST_S)
        parts = {name: spent() - before[name] for name, spent in spenders.items()}
        if wrong := differences(office, trust.server.state) or fleet.failures:
            raise RuntimeError(f"{workers} workers did not send everything once: {wrong}")
    return Cost(wall, parts["workers"], parts=parts)


@contextmanager
def environment(**more: str) -> Iterator[None]:
    """With these words in it, until the block ends."""
    before = {name: os.environ.pop(name, None) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
