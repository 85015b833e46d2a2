"""One process that does it all: sync, deliver, pull and reminders on a schedule, and the web pages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office, School
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.remind_people import remind_people
from rp_connect.services.retire_records import retire_records
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.exporters import start_telemetry
from rp_connect.wiring.schedule import Job, Schedule
from rp_connect.wiring.serve import serve
from rp_connect.wiring.telemetry import Telemetry

IN_SCHOOL_TIME, OTHERWISE = 15 * 60.0, 60 * 60.0
"""Seconds between two syncs. What is decided after the last lesson still has duties on the same day."""
BREAKFAST = 7
"""The hour from which people are reminded."""


def run(office: Office, port: int, tell: Callable[[str], None]) -> None:
    """Until somebody stops it. A job in progress is allowed to end."""
    telemetry = start_telemetry(office, os.environ)
    try:
        serve(office, port, tell, beside=Schedule([_told(job, telemetry) for job in jobs(office)], tell))
    finally:
        if telemetry is not None:
            telemetry.close()


def _told(job: Job, telemetry: Telemetry | None) -> Job:
    """The same job, and how long each of its runs takes."""
    if telemetry is None:
        return job
    timed = telemetry.job

    def do() -> str | None:
        with timed(job.name):
            return job.do()

    return replace(job, do=do)


def jobs(office: Office) -> list[Job]:
    """What is done, and how many seconds each rests in between."""
    return [
        Job("sync", 30, _Sync(office)),
        Job("deliver", 3, lambda: _deliver(office)),
        Job("pull", 300, lambda: _pull(office)),
        Job("reminders", 300, lambda: _remind(office)),
        Job("retention", 24 * 3600, lambda: _retire(office)),
    ]


@dataclass
class _Sync:
    """Looks every half minute which schools are due; `_rest` says until when each of them rests."""

    office: Office
    _rest: dict[str, float] = field(default_factory=dict)

    def __call__(self) -> str | None:
        due = [s for s in self.office.schools.values() if self._rest.get(s.id, 0.0) <= time.monotonic()]
        return " ".join(line for school in due for line in self._sync(school)) or None

    def _sync(self, school: School) -> Iterator[str]:
        self._rest[school.id] = time.monotonic() + _pause(self.office, school)
        (report,) = sync_schools(self.office, school=school.id)
        if report.wait_seconds is not None:
            asked = time.monotonic() + report.wait_seconds
            self._rest[school.id] = max(self._rest[school.id], asked)
        if report.fault and not report.busy:
            yield f"{school.id}: {report.fault}"
        if report.cases_opened:
            yield f"{school.id}: {report.cases_opened} opened."


def _pause(office: Office, school: School) -> float:
    with office.store.read() as work:
        calendar = office.calendar(work, school)
    return IN_SCHOOL_TIME if calendar.in_school_time(office.clock.now()) else OTHERWISE


def _deliver(office: Office) -> str | None:
    report = deliver_effects(office)
    said = [f"{report.done} sent."] if report.done else []
    if report.parked_now:
        said.append(f"{report.parked_now} parked: “rp-connect check” says why.")
    return " ".join(said) or None


def _retire(office: Office) -> None:
    """Says nothing: nobody has to act on it."""
    retire_records(office)


def _pull(office: Office) -> str | None:
    return " ".join(report.fault for report in pull_tasks(office) if report.fault) or None


def _remind(office: Office) -> str | None:
    """From breakfast time on; once a day is enough, and the service sees to that."""
    if all(office.clock.now().astimezone(s.timezone).hour < BREAKFAST for s in office.schools.values()):
        return None
    asked = remind_people(office)
    return f"{asked} reminders are on their way." if asked else None
