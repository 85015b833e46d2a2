"""Nothing is lost and nothing is there twice, whatever the network, the service and the machine do."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.tenant_count import differences
from tests.faults.tenant_trust import SECRETS, TenantTrust, left, slowest
from tests.graph_server.faults import Fault
from tests.graph_server.fixtures import judge, need_contract
from tests.graph_server.log import Log
from tests.graph_server.own_process import OwnProcess

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
SUSPENSIONS = 500 if FULL else 6
KILLS = 100 if FULL else 1
OUTAGE_S = 240.0 if FULL else 8.0
pytestmark = [pytest.mark.trial, pytest.mark.facts, pytest.mark.timeout(0 if FULL else 600)]


@pytest.fixture
def server() -> Iterator[OwnProcess]:
    need_contract()
    with OwnProcess(check_every=1, seed=2026) as running:
        yield running
        found = running.take_violations()
    judge(found)


@pytest.fixture(params=["sqlite"])
def trust(
    request: pytest.FixtureRequest, tmp_path: Path, server: OwnProcess, monkeypatch: pytest.MonkeyPatch
) -> TenantTrust:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    url = "sqlite:///rp-connect.db"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_store_url"))
    return TenantTrust(tmp_path / "trust", server, url)


BOTH = ["sqlite", "postgresql"]
on_both_stores = pytest.mark.parametrize("trust", BOTH, indirect=True)
on_both_at_full = pytest.mark.parametrize("trust", BOTH if FULL else BOTH[:1], indirect=True)


def about_fifty(seed: int = 2026) -> Iterator[int]:
    """A kill after about so many writes: not always at the end of a batch."""
    dice = random.Random(seed)
    while True:
        yield dice.randint(35, 65)


def be_unkind(server: OwnProcess) -> None:
    """5 % 429 with Retry-After, 2 % answers lost after the write, 1 % 503 without Retry-After."""
    for seconds in (1.0, 2.0):
        server.faults.throttle(seconds, chance=0.025)
    for method in ("POST", "PATCH", "PUT"):
        server.faults.lose_answers("504", chance=0.01, method=method)
        server.faults.lose_answers("cut", chance=0.01, method=method)
    server.faults.busy(None, chance=0.01)


def wrong(trust: TenantTrust) -> dict[str, list[str]]:
    with trust.office() as office:
        return differences(office, trust.server.state)


def waiting(trust: TenantTrust) -> int:
    with trust.office() as office:
        return sum(left(office).values())


@on_both_stores
def test_killed_every_fifty_effects_at_a_service_that_fails_everything_stands_there_once(trust: TenantTrust):
    trust.prepare(SUSPENSIONS)
    be_unkind(trust.server)
    runs = trust.deliver_all(about_fifty())

    assert wrong(trust) == {}
    assert sum(not run.finished for run in runs) >= KILLS


@on_both_at_full
def test_the_same_where_nobody_answers_for_the_middle_third(trust: TenantTrust):
    trust.prepare(SUSPENSIONS)
    be_unkind(trust.server)
    whole, kills, begun = waiting(trust), about_fifty(7), time.monotonic()
    trust.deliver_all(kills, until_left=2 * whole // 3)
    third = time.monotonic() - begun if FULL else min(time.monotonic() - begun, OUTAGE_S)
    trust.server.go_away()
    gone, asked = time.monotonic(), trust.server.log.requests
    while time.monotonic() < gone + third:
        assert trust.deliver().writes == []
    assert trust.server.log.requests == asked
    trust.server.come_back()
    trust.deliver_all(kills)

    assert wrong(trust) == {}


def test_a_worker_that_died_in_the_middle_of_a_request_is_followed_by_one_that_waits_for_its_end(
    trust: TenantTrust,
):
    """What the dead one sent is carried out seconds after its successor began."""
    # Ten seconds, so that what is under way lands within the time that the settings speak of.
    slow = TenantTrust(trust.folder.parent / "slow", trust.server, "sqlite:///rp-connect.db", timeout_s=10.0)
    slow.prepare(2)
    slow.server.faults.slow(8.0, method="POST", path="^/planner/tasks$")
    killed = slow.deliver(kill_after_s=2.5)
    assert not killed.finished
    assert slow.server.state.tasks == {}
    dead_since = time.monotonic()
    slow.server.faults.clear()
    slow.deliver_all()
    # Not counted before what the dead one sent has landed, or a second copy would not be there yet.
    time.sleep(max(0.0, dead_since + 10 - time.monotonic()))

    assert wrong(slow) == {}


@on_both_at_full
def test_two_workers_at_a_service_that_fails_write_everything_once(trust: TenantTrust):
    trust.prepare(SUSPENSIONS)
    be_unkind(trust.server)
    with ThreadPoolExecutor(2) as both:
        for runs in [both.submit(trust.deliver_all, about_fifty(seed)) for seed in (1, 2)]:
            runs.result()

    assert wrong(trust) == {}
    log = trust.server.log
    assert (log.outlook_peak <= 4, log.outlook_refused) == (True, 0), slowest(log)


def test_a_service_that_is_down_is_asked_less_and_less_and_then_once_a_minute(trust: TenantTrust):
    """Two workers, and a service that says 503 and Retry-After: 1 to all."""
    trust.prepare(SUSPENSIONS)
    down = trust.server.faults.busy(1.0, whole=True)
    before, begun = trust.server.log.requests, time.time()
    with ThreadPoolExecutor(2) as both:
        ends = time.monotonic() + OUTAGE_S
        list(both.map(lambda _: deliver_until(trust, ends), range(2)))
    asked = {e.request: (e.at - begun, e.service) for e in trust.server.log.entries if e.request > before}
    trust.server.faults.remove(down)
    trust.deliver_all()

    assert wrong(trust) == {}
    found = by_service(asked.values())
    # Later than three seconds after the first nobody can still have been on the way when its answer came.
    early = [one for one in trust.server.log.too_early() if one["service"] in found]
    assert [one for one in early if one["came"] - begun > found[one["service"]][0] + 3] == []
    for service, times in found.items():
        # Two workers with two senders each at first; then one after 1, 2, 4 … seconds or half of that.
        assert len(times) <= 4 + probes_within(OUTAGE_S), (service, times)
        late = [at for at in times if at > 130]
        assert all(after - at >= 55 for at, after in itertools.pairwise(late)), (service, late)


def deliver_until(trust: TenantTrust, ends: float) -> None:
    while time.monotonic() < ends:
        trust.deliver()


def by_service(asked: Iterable[tuple[float, str]]) -> dict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for at, service in asked:
        found[service].append(at)
    return {service: sorted(times) for service, times in found.items()}


def probes_within(seconds: float) -> int:
    """Where each pause is only half as long as it may be, but never less than a second."""
    count, spent = 0, 0.0
    while spent < seconds:
        spent += 60.0 if count >= 6 else max(1.0, 2.0**count / 2)
        count += 1
    return count


WAITS_S: list[float | None] = [1.0, 2.0, 30.0, 120.0] if FULL else [2.0]
STORMS = [
    (chance, wait)
    for chance in (0.05, 0.5, 1.0)
    for wait in ("seconds", "a date", "nothing")
    if FULL or (chance, wait) in {(0.05, "seconds"), (0.5, "a date"), (1.0, "nothing")}
]


@pytest.mark.parametrize(("chance", "wait"), STORMS)
def test_in_a_storm_of_429_nobody_comes_back_before_the_time_that_was_said(
    trust: TenantTrust, chance: float, wait: str
):
    trust.prepare(SUSPENSIONS if FULL else 4)
    storm = throttled(trust.server, chance, wait)
    ends = time.monotonic() + (600 if FULL else 4)
    while time.monotonic() < ends and waiting(trust):
        trust.deliver()
    for one in storm:
        trust.server.faults.remove(one)
    trust.deliver_all()

    assert wrong(trust) == {}
    assert came_too_soon(trust.server.log, whole=chance == 1.0) == []


def throttled(server: OwnProcess, chance: float, wait: str) -> list[Fault]:
    """So many of all requests, with each of the waits as often as any other: of several that would strike the
    first one does, so each is taken of what those before it left."""
    waits = [None] if wait == "nothing" else WAITS_S
    share = chance / len(waits)
    return [
        server.faults.throttle(seconds, chance=share / (1 - number * share), as_date=wait == "a date")
        for number, seconds in enumerate(waits)
    ]


def came_too_soon(log: Log, *, whole: bool) -> list[str]:
    """Where all were told to wait, nobody of that service may come; where some writes were, they alone wait.
    What was under way when the answer came counts for nothing."""
    if whole:
        return [str(each) for each in log.too_early(grace=0.25)]
    told: dict[str, float] = {}
    early = []
    for entry in log.entries:
        if entry.subject.startswith("GET"):
            continue  # schools ask the same of the directory, each for itself
        if entry.at < told.get(entry.subject, 0.0):
            early.append(f"{entry.subject} {told[entry.subject] - entry.at:.2f} s too early")
        if entry.retry_until:
            told[entry.subject] = entry.retry_until
    return early
