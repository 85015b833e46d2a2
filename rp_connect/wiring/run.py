"""One process that does it all: sync, deliver, pull and reminders on a schedule, and the web pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import pull_tasks
from rp_connect.services.remind_people import remind_people
from rp_connect.services.sync_report import Progress
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.schedule import Job, Schedule
from rp_connect.wiring.serve import serve

IN_SCHOOL_TIME = timedelta(minutes=15)
BREAKFAST = time(7)
OTHERWISE = timedelta(hours=1)
"""What is decided after the last lesson still has a duty on the same day."""


def run(office: Office, port: int, tell: Callable[[str], None]) -> None:
    """Until somebody stops it. A job in progress is allowed to end."""
    with Schedule(jobs(office), tell):
        serve(office, port, tell)


def jobs(office: Office) -> list[Job]:
    """What is done, and how many seconds each rests in between."""
    return [
        Job("sync", 30, _Sync(office)),
        Job("deliver", 3, lambda: _deliver(office)),
        Job("pull", 300, lambda: _pull(office)),
        Job("reminders", 300, lambda: _remind(office)),
    ]


@dataclass
class _Sync:
    """Looks every half minute whether a sync is due: every 15 minutes in school time, hourly otherwise."""

    office: Office
    last: datetime | None = field(default=None)

    def __call__(self) -> str | None:
        now = self.office.clock.now()
        pause = IN_SCHOOL_TIME if _in_school_time(self.office, now) else OTHERWISE
        if self.last is not None and now - self.last < pause:
            return None
        self.last = now
        reports = sync_schools(
            self.office, school=None, preview=False, full=False, accept=(), progress=Progress()
        )
        faults = [report.fault for report in reports if report.fault]
        opened = sum(report.cases_opened for report in reports)
        return " ".join([*faults, *([f"{opened} cases opened."] if opened else [])]) or None


def _in_school_time(office: Office, now: datetime) -> bool:
    with office.store.read() as work:
        return any(office.calendar(work, school).in_school_time(now) for school in office.schools.values())


def _deliver(office: Office) -> str | None:
    report = deliver_effects(office)
    said = [f"{report.done} sent."] if report.done else []
    if report.parked_now:
        said.append(f"{report.parked_now} parked: “rp-connect check” says why.")
    return " ".join(said) or None


def _pull(office: Office) -> str | None:
    return " ".join(report.fault for report in pull_tasks(office) if report.fault) or None


def _remind(office: Office) -> str | None:
    """From breakfast time on; once a day is enough, and the service sees to that."""
    if all(office.clock.now().astimezone(s.timezone).time() < BREAKFAST for s in office.schools.values()):
        return None
    asked = remind_people(office)
    return f"{asked} reminders are on their way." if asked else None
