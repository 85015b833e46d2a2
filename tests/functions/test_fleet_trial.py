"""Many workers on one PostgreSQL and one queue send everything once, whoever of them is killed."""

from __future__ import annotations

import logging
import math
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rp_connect.errors import StoreError
from rp_connect.services.office import Office
from rp_connect.wiring import rounds
from tests.faults.tenant_count import differences
from tests.faults.tenant_trust import SECRETS, TenantTrust, left, slowest
from tests.functions.asking_pages import AskingPages
from tests.functions.azurite import Azurite
from tests.functions.fleet import Fleet
from tests.functions.worker import need_runtime
from tests.graph_server.fixtures import judge, need_contract
from tests.graph_server.own_process import OwnProcess
from tests.postgres_server import PostgresServer

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
CASES = int(os.environ.get("RP_CONNECT_TRIAL_CASES", "5000" if FULL else "20"))
WORKERS = 8 if FULL else 2
SCHOOLS = tuple(f"school-{number}" for number in range(1, (100 if FULL else 4) + 1))
KILL_EVERY_S = (3.0, 9.0) if FULL else (1.0, 3.0)
KILLS = math.inf if FULL else 3
"""For as long as the work lasts, or so many."""
ASKED = "POST /users/{user-id}/calendar/getSchedule"
LONGEST_S = 4 * 3600.0 if FULL else 240.0
pytestmark = [pytest.mark.trial, pytest.mark.facts, pytest.mark.timeout(0 if FULL else 290)]


@pytest.fixture
def server() -> Iterator[OwnProcess]:
    need_contract()
    need_runtime()
    with OwnProcess(check_every=20 if FULL else 1, seed=2026) as running:
        yield running
        found = running.take_violations()
    judge(found)


@pytest.fixture
def trust(tmp_path: Path, server: OwnProcess, postgres_url: str, monkeypatch) -> TenantTrust:
    """Nobody has rung for what is there to be sent."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RP_CONNECT_QUEUE", raising=False)
    return TenantTrust(tmp_path / "trust", server, f"{postgres_url}?connections=6", schools=SCHOOLS)


@pytest.fixture
def durable() -> Iterator[PostgresServer]:
    with PostgresServer() as running:
        running.create_database("trust")
        yield running


@pytest.fixture
def failing_over(tmp_path: Path, server: OwnProcess, durable: PostgresServer, monkeypatch) -> TenantTrust:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RP_CONNECT_QUEUE", raising=False)
    url = f"{durable.url('trust')}?connections=6"
    return TenantTrust(tmp_path / "failing-over", server, url, schools=SCHOOLS)


def settings(trust: TenantTrust, azurite: Azurite) -> dict[str, str]:
    return {"RP_CONNECT_CONFIG": str(trust.config), "RP_CONNECT_QUEUE": azurite.connection, **SECRETS}


def deliver(
    trust: TenantTrust, azurite: Azurite, monkeypatch, workers: int, kills: float = 0, pages: int = 0
) -> tuple[int, int, float, AskingPages]:
    """How many effects there were, how many workers died, the seconds that it took, and the `pages` that
    asked for free times meanwhile, from a process of their own."""
    dice, killing = random.Random(workers), [time.monotonic() + 2.0, kills]
    monkeypatch.setenv("RP_CONNECT_QUEUE", azurite.connection)
    told = Told()
    with (
        trust.office() as office,
        AskingPages(office, pages) as asking,
        Fleet(azurite, settings(trust, azurite), workers) as fleet,
    ):
        wanted = sum(left(office).values())

        def each() -> None:
            """What the timer does every minute, sooner; and now and then a worker dies."""
            rounds.ring_for_missed(office)
            told.tell(office, fleet)
            if killing[1] and time.monotonic() > killing[0]:
                fleet.kill_one(dice)
                killing[:] = [time.monotonic() + dice.uniform(*KILL_EVERY_S), killing[1] - 1]

        took = fleet.until(lambda: not left(office), each, LONGEST_S)
    assert [fault for fault in fleet.failures if "StoreError" not in fault] == []
    return wanted, fleet.deaths, took, asking


class Told:
    """How far it is, in the log once a minute."""

    def __init__(self) -> None:
        self._next = self._begun = time.monotonic()

    def tell(self, office: Office, fleet: Fleet) -> None:
        if time.monotonic() < self._next:
            return
        self._next += 60.0
        seconds = time.monotonic() - self._begun
        logging.getLogger(__name__).info(
            "%.0f s: %d died, left %s", seconds, fleet.deaths, dict(left(office))
        )


def wrong(trust: TenantTrust) -> dict[str, list[str]]:
    with trust.office() as office:
        return differences(office, trust.server.state)


def test_workers_that_are_killed_at_random_send_everything_once(trust, azurite, monkeypatch, capsys):
    trust.prepare(CASES)
    wanted, deaths, took, pages = deliver(trust, azurite, monkeypatch, WORKERS, KILLS, pages=3)

    assert wrong(trust) == {}
    assert pages.answered > 0
    assert deaths >= max(1, CASES // 100)
    log = trust.server.log
    assert (log.outlook_peak <= 4, log.outlook_refused) == (True, 0), slowest(log)
    what = f"{WORKERS} workers, {CASES} cases, {deaths} killed, {pages}, Outlook {slowest(log)}"
    tell(capsys, what, wanted, took)


def test_pages_that_look_for_free_times_and_workers_share_what_outlook_takes(
    trust, azurite, monkeypatch, capsys
):
    cases = CASES // 5 if FULL else 20
    trust.prepare(cases)
    trust.server.faults.slow(0.2, service="calendar")
    wanted, _, took, pages = deliver(trust, azurite, monkeypatch, WORKERS, pages=6)

    assert wrong(trust) == {}
    log = trust.server.log
    assert (log.outlook_peak <= 4, log.outlook_refused) == (True, 0), slowest(log)
    assert log.count(ASKED) == pages.answered > 0
    assert pages.unread <= pages.answered // 4, str(pages)
    tell(capsys, f"{WORKERS} workers, {cases} cases, {pages}, Outlook {slowest(log)}", wanted, took)


@pytest.mark.parametrize("workers", [1, 2, 4, 8] if FULL else [1])
def test_workers_share_the_work(trust, azurite, monkeypatch, capsys, workers):
    cases = CASES // 5 if FULL else 8
    trust.prepare(cases)
    wanted, deaths, took, _ = deliver(trust, azurite, monkeypatch, workers)

    assert (wrong(trust), deaths) == ({}, 0)
    assert trust.server.log.outlook_peak <= 4
    tell(capsys, f"{workers} workers, {cases} cases", wanted, took)


def test_a_database_that_fails_over_again_and_again_costs_nothing_but_time(
    failing_over, durable, azurite, monkeypatch
):
    """It is killed in the middle of the work, is away for two seconds, and comes back."""
    failing_over.prepare(CASES // 5 if FULL else 8)
    monkeypatch.setenv("RP_CONNECT_QUEUE", azurite.connection)
    outages = [0, 10 if FULL else 1]
    with (
        failing_over.office() as office,
        Fleet(azurite, settings(failing_over, azurite), WORKERS) as fleet,
    ):
        whole = sum(left(office).values())

        def each() -> None:
            rounds.ring_for_missed(office)
            done = whole - sum(left(office).values())
            if outages[0] < outages[1] and done >= whole * (outages[0] + 1) // (outages[1] + 1):
                outages[0] += 1
                durable.kill()
                time.sleep(2.0)
                durable.start()

        fleet.until(lambda: away(lambda: not left(office)), lambda: away(each), LONGEST_S)

    assert wrong(failing_over) == {}
    assert outages[0] >= 1
    assert [fault for fault in fleet.failures if "StoreError" not in fault] == []


def away(ask: Callable[[], Any]) -> Any:
    """The answer, or nothing while the database is away."""
    try:
        return ask()
    except StoreError:
        return None


def tell(capsys, what: str, effects: int, seconds: float) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{what}: {effects} effects in {seconds:.1f} s, {effects / seconds:.0f}/s\n")
