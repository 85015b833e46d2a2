"""Clocks that jump while a meeting is on its way to Outlook: one event, at the time on the wall that was set.

(performance-and-reliability.md R8; the days on either side of a change stand in the plugin's own tests.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.effect import Effect, EffectKind, EffectState
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.put_items import Course
from rp_connect.services.send_effect import send_all
from rp_connect.services.set_meeting import set_meeting
from rp_connect.storage.store import open_store
from rp_connect.wiring.office import build_office
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.invented_meetings import begins, only
from tests.plugins.rp_microsoft365.tenant_installation import SECRET, install_in_tenant

pytestmark = pytest.mark.facts
LONDON = ZoneInfo("Europe/London")
HOUR, NTP = timedelta(hours=1), timedelta(seconds=90)
REF = "RP-2026-0001"
NIGHTS = {
    "autumn 2026": ("2026-10-25T00:30+00:00", "2026-10-26"),
    "spring 2027": ("2027-03-28T00:30+00:00", "2027-03-29"),
    "29 February": ("2028-02-28T23:30+00:00", "2028-02-29"),
}


@dataclass
class StoreClock:
    """A store's clock that a test moves."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Sent:
    """One school in the tenant, whose meeting one worker has leased and sent, and not yet settled."""

    office: Office
    clock: StoreClock
    held: Effect

    def deliver(self, later: timedelta) -> None:
        """As another process, so much later on the store's clock."""
        self.clock.at += later
        deliver_effects(replace(self.office, worker="elsewhere:2:2"))

    def late_answer_counts(self) -> bool:
        with self.office.store.begin() as work:
            counts = work.effects.done(self.held)
            work.commit()
        return counts

    def states(self) -> set[EffectState]:
        with self.office.store.read() as work:
            return {one.state for one in work.effects.every() if one.kind is EffectKind.MEETING}


@pytest.fixture(params=list(NIGHTS))
def night(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A moment of the night, and the school day after it."""
    found: tuple[str, str] = NIGHTS[request.param]
    return found


@pytest.fixture
def sent(
    night: tuple[str, str], tmp_path: Path, graph_server: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sent]:
    at, day = datetime.fromisoformat(night[0]), night[1]
    for name, value in SECRET.items():
        monkeypatch.setenv(name, value)
    installation = install_in_tenant(tmp_path, graph_server)
    assert installation.run("sync", now="2026-10-19T10:00").code == 0
    clock = StoreClock(at)
    office = build_office(installation.config, now="2026-10-19T10:00")
    office.store.close()
    store = open_store(f"sqlite:///{tmp_path}/rp-connect.db", clock)
    office = replace(office, store=store, worker="elsewhere:1:1")
    wall = datetime.fromisoformat(f"{day}T14:20").replace(tzinfo=LONDON)
    set_meeting(office, REF, wall.astimezone(UTC), 45, "Hall", False, ["head@northwick.example"], "the lead")
    with store.begin() as work:
        (held,) = work.effects.lease(office.worker, 5, ["northwick"], [EffectKind.MEETING])
        work.commit()
    school = office.school("northwick")
    send_all(office, school, school.workspace(), [held], Course(lambda _: True))
    yield Sent(office, clock, held)
    store.close()


@pytest.mark.parametrize("jump", [HOUR, NTP], ids=["an hour forward", "a correction forward"])
def test_a_clock_that_jumps_forward_makes_no_second_event_and_keeps_the_time_on_the_wall(
    sent: Sent, graph_server: GraphServer, night: tuple[str, str], jump: timedelta
):
    """The lease seems to be over: another process takes over, looks first, and the late answer counts for
    nothing."""
    sent.deliver(jump)
    sent.deliver(timedelta(minutes=10))

    assert begins(only(graph_server)) == f"{night[1]} 14:20"
    assert sent.states() == {EffectState.DONE}
    assert not sent.late_answer_counts()


@pytest.mark.parametrize("jump", [-HOUR, -NTP], ids=["an hour back", "a correction back"])
def test_a_clock_that_jumps_back_makes_no_second_event_and_loses_none(
    sent: Sent, graph_server: GraphServer, night: tuple[str, str], jump: timedelta
):
    """The lease lasts longer; once it is over, another process looks first."""
    sent.deliver(jump)
    assert sent.states() == {EffectState.LEASED}

    sent.deliver(2 * HOUR)
    sent.deliver(timedelta(minutes=10))

    assert begins(only(graph_server)) == f"{night[1]} 14:20"
    assert sent.states() == {EffectState.DONE}


@pytest.mark.parametrize("jump", [-HOUR, -NTP], ids=["an hour back", "a correction back"])
def test_an_answer_that_comes_after_the_clock_went_back_still_counts(
    sent: Sent, graph_server: GraphServer, jump: timedelta
):
    sent.deliver(jump)

    assert sent.late_answer_counts()
    sent.deliver(2 * HOUR)
    assert len(graph_server.state.events) == 1
    assert sent.states() == {EffectState.DONE}
