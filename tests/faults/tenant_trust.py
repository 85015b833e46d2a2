"""A trust of two schools in one tenant, its suspensions become cases with meetings, and all of it waits to be
sent to a Graph server in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import EffectState
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import set_meeting
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.office import build_office
from tests.drop_school import CAL_A, pupil, suspension, write_rows
from tests.faults import killing
from tests.faults.killing import NOW
from tests.graph_server.log import Log
from tests.graph_server.own_process import OwnProcess
from tests.graph_server.tenant import GROUP, SITE

SCHOOLS = ("northwick", "southgate")
LONDON = ZoneInfo("Europe/London")
SECRETS = {"GRAPH_TOKEN": "an-access-token"}
DAYS = ("2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12")
LONGEST_S = 7200.0
TIMEOUT_S, LANDS_WITHIN_S = 4.0, 1.0
"""Seconds, and few, so that what is in doubt need not stay so for long. A request that the Graph server is at
for longer than both together is taken for ended while it still has its places at Outlook."""
TRUST = """\
[trust]
name = "Two Schools Trust"
[store]
url = "{store_url}"
"""
SCHOOL = """
[[school]]
id = "{id}"
name = "The School of {id}"
kind = "academy"
calendar = "calendar.csv"
policy = "england"
mis = "file_drop"
workspace = "microsoft365"
live_from = 2026-09-01
[school.file_drop]
folder = "{id}"
[school.microsoft365]
tenant = "northwick.example"
client_id = "c11e0000-0000-4000-8000-000000000009"
credential = "token:env:GRAPH_TOKEN"
group = "{group}"
site = "{site}"
plan = "Practice at {id}"
organizer = "lead@northwick.example"
graph_url = "{url}"
timeout_s = {timeout_s}
lands_within_s = {lands_within_s}
[school.people]
lead = ["lead@northwick.example"]
head = ["head@northwick.example"]
"""
ROOMY = {"max_assigned": 10**6}
"""The lead has more tasks here than a person can have there."""


class TenantTrust:
    """What is in doubt is looked for `timeout_s` and `LANDS_WITHIN_S` after it was sent."""

    def __init__(
        self,
        folder: Path,
        server: OwnProcess,
        store_url: str,
        timeout_s: float = TIMEOUT_S,
        schools: Sequence[str] = SCHOOLS,
    ) -> None:
        self.folder, self.server, self.schools = folder, server, schools
        tables = [
            SCHOOL.format(
                id=school,
                group=GROUP,
                site=SITE,
                url=server.url,
                timeout_s=timeout_s,
                lands_within_s=LANDS_WITHIN_S,
            )
            for school in schools
        ]
        folder.mkdir(exist_ok=True)
        self.config = folder / "rp-connect.toml"
        self.config.write_text(TRUST.format(store_url=store_url) + "".join(tables), encoding="utf-8")

    @contextmanager
    def office(self) -> Iterator[Office]:
        office = build_office(self.config, now=NOW)
        try:
            yield office
        finally:
            office.store.close()

    def prepare(self, suspensions: int) -> None:
        """Every suspension a case, every case with a meeting, the tenant set up, and nothing sent."""
        self.server.configure(**ROOMY)
        calendar = [{"kind": k, "first": a, "last": b} for k, a, b in CAL_A]
        write_rows(self.folder / "calendar.csv", calendar)
        for number, school in enumerate(self.schools):
            (self.folder / school).mkdir()
            ours = range(number + 1, suspensions + 1, len(self.schools))
            write_rows(self.folder / school / "pupils.csv", [pupil(f"P{n}") for n in ours])
            rows = [suspension(f"S{n:04}", DAYS[n % 4], n % 6 + 1, pupil_id=f"P{n}") for n in ours]
            write_rows(self.folder / school / "suspensions.csv", rows)
        with self.office() as office:
            sync_schools(office)
            self._meet(office, suspensions)
        self.set_up()

    def set_up(self) -> None:
        """The tenant, for every school, as `setup` does it."""
        self.server.configure(**ROOMY)
        with self.office() as office:
            for one in office.schools.values():
                one.workspace().setup()

    def deliver(self, **kill: Any) -> killing.Run:
        """One child, until nothing is due now or it is killed."""
        return killing.run(self.folder, "deliver", secrets=SECRETS, limit_s=LONGEST_S, **kill)

    def deliver_all(self, kill_every: Iterator[int] | None = None, until_left: int = 0) -> list[killing.Run]:
        """Child after child, until no more than `until_left` effects are left. With `kill_every` each is
        killed after so many writes, in the middle of what it then does."""
        runs: list[killing.Run] = []
        ends = time.monotonic() + LONGEST_S
        with self.office() as office:
            while sum(left(office).values()) > until_left:
                assert time.monotonic() < ends, f"still left: {left(office)}"
                if not may_begin(office):
                    time.sleep(0.1)
                    continue
                kill: dict[str, Any] = {}
                if kill_every is not None:
                    kill = {"kill_at": next(kill_every), "kill_on": "after write"}
                runs.append(self.deliver(**kill))
        return runs

    def _meet(self, office: Office, suspensions: int) -> None:
        """One after the other on school days; every other one online, and with a guest."""
        with office.store.read() as work:
            refs = sorted(case.ref for case in work.cases.every())
        assert len(refs) == suspensions
        for number, ref in enumerate(refs):
            day, place = divmod(number, 12)
            at = datetime(2026, 11, 16, 8, 30, tzinfo=LONDON) + timedelta(days=day, minutes=30 * place)
            invited = ["head@northwick.example", *(["family@example.org"] if number % 2 else [])]
            set_meeting(office, ref, at, 30, "Room 3", bool(number % 2), invited, "the lead")


def slowest(log: Log) -> str:
    """Why Outlook may have had more than four: a request that takes longer than this is taken for ended."""
    ends_after = TIMEOUT_S + LANDS_WITHIN_S
    return f"{log.outlook_longest_s:.1f} s at most for one request, where the settings say {ends_after:.0f}"


def left(office: Office) -> Mapping[EffectState, int]:
    with office.store.read() as work:
        return {state: n for state, n in work.effects.counts().items() if n and state is not EffectState.DONE}


def may_begin(office: Office) -> bool:
    """Whether anything is due whose lane is not shut."""
    scope = office.school(SCHOOLS[0]).workspace().scope
    with office.store.read() as work:
        lanes = {kind.lane for _, kind in work.effects.due(SCHOOLS)}
        return any(work.lanes.shut_until(scope, lane) is None for lane in lanes)
