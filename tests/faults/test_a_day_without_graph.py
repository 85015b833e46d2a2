"""Microsoft 365 is away for a day, on a clock that a test moves (performance-and-reliability.md R4)."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.storage.store import open_store
from tests.faults.tenant_count import differences
from tests.faults.tenant_trust import SECRETS, TenantTrust, left
from tests.graph_server.fixtures import need_contract
from tests.graph_server.own_process import OwnProcess
from tests.graph_server.server import GraphServer

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
SUSPENSIONS, AWAY = (60, timedelta(hours=24)) if FULL else (4, timedelta(minutes=12))
LOOKS = timedelta(seconds=10)
"""So often is looked whether anything is due: more often than `run` and the timer do."""
SETTLED = timedelta(minutes=5)
"""Until then the pauses have grown to their longest: 1, 2, 4 … 60 seconds."""
PROBES = 8
"""One of each lane, and what it must look up by itself."""
pytestmark = [pytest.mark.trial, pytest.mark.facts, pytest.mark.timeout(0 if FULL else 300)]


@dataclass
class MovedClock:
    """The store's clock: by it effects wait and lanes are shut."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Day:
    """A trust whose store goes by a clock of ours, in a tenant of its own."""

    server: GraphServer
    office: Office
    clock: MovedClock

    def look(self) -> list[str]:
        """One look, ten seconds after the last; the services that were asked meanwhile."""
        before = len(self.server.log.entries)
        self.clock.at += LOOKS
        deliver_effects(self.office)
        return [entry.service for entry in self.server.log.entries[before:]]

    def drain(self) -> tuple[int, timedelta]:
        """Until nothing is left: HTTP requests, and how long it took by the clock of the store."""
        asked, begun = self.server.log.requests, self.clock.at
        while left(self.office):
            self.look()
            assert self.clock.at - begun < timedelta(hours=1), left(self.office)
        return self.server.log.requests - asked, self.clock.at - begun


@contextmanager
def begun(folder: Path, url: str) -> Iterator[Day]:
    """Cases with their meetings, records and tasks, and nothing of it sent."""
    need_contract()
    with GraphServer(check_every=1) as server:
        # In this process, so that each look can see at once what was asked; it is held the same way.
        trust = TenantTrust(folder, cast(OwnProcess, server), url)
        trust.prepare(SUSPENSIONS)
        clock = MovedClock(datetime.now(UTC))
        with trust.office() as office:
            office.store.close()
            store = open_store(url.replace("sqlite:///", f"sqlite:///{folder}/"), clock)
            yield Day(server, replace(office, store=store), clock)
            store.close()
        assert server.log.violations == []


@pytest.mark.parametrize("store", ["sqlite", "postgresql"] if FULL else ["sqlite"])
def test_a_service_that_is_away_for_a_day_is_asked_once_a_minute_and_then_gets_everything_once(
    store: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    url = "sqlite:///rp-connect.db"
    with begun(tmp_path / "undisturbed", url) as calm:
        usual, _ = calm.drain()
    if store == "postgresql":
        url = str(request.getfixturevalue("postgres_store_url"))
    with begun(tmp_path / "away", url) as day:
        away = day.server.faults.busy(None, whole=True)
        asked: defaultdict[str, list[datetime]] = defaultdict(list)
        begins = day.clock.at
        while day.clock.at < begins + AWAY:
            for service in set(day.look()):
                asked[service].append(day.clock.at)
        day.server.faults.remove(away)
        needed, took = day.drain()

        assert differences(day.office, day.server.state) == {}
    # Planner's lane asks the directory first, who is to do it.
    assert asked.keys() == {"calendar", "lists", "files", "directory"}
    for service, times in asked.items():
        late = [at for at in times if at > begins + SETTLED]
        assert late, service
        assert all(after - at >= timedelta(seconds=55) for at, after in pairwise(late)), service
        assert len(times) <= AWAY / timedelta(minutes=1) + 20, service
    # The breaker is asked again a minute after its last probe at the latest; what waits is due by then.
    assert took <= timedelta(minutes=3)
    assert needed <= 1.25 * usual + PROBES
