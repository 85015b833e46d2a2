"""Which tasks there would be if a school had gone live thirty days ago: for a preview, which writes none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rp_connect.domain.task import Task
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.sync_pass import SyncPass
from rp_connect.services.sync_report import SchoolSync

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Forecast:
    """`tasks` are those of every case that would be opened for what was decided since that day."""

    since: date
    tasks: Sequence[Task]
    timezone: ZoneInfo

    @property
    def by_duty(self) -> dict[str, int]:
        return dict(sorted(Counter(task.rule or "other" for task in self.tasks).items()))

    @property
    def by_case(self) -> dict[str, int]:
        return dict(sorted(Counter(task.case for task in self.tasks).items()))

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last local day on which one of them is due."""
        days = [day for task in self.tasks if (day := task.due_day(self.timezone)) is not None]
        return (min(days), max(days)) if days else None

    def to_json(self) -> dict[str, object]:
        first, last = self.days or (None, None)
        return {
            "since": self.since.isoformat(),
            "cases": len(self.by_case),
            "tasks": len(self.tasks),
            "by_duty": self.by_duty,
            "by_case": self.by_case,
            "first_due": first and first.isoformat(),
            "last_due": last and last.isoformat(),
        }


def forecast_month(sync: SyncPass) -> Forecast:
    """To be asked at the end of a rehearsed pass, whose own new tasks are part of it.

    A school that is live for longer has its tasks already: there it is what this pass adds.
    """
    since = min(sync.live_from, sync.today - MONTH)
    school = replace(sync.school, settings=sync.school.settings.model_copy(update={"live_from": since}))
    earlier = replace(sync, school=school, report=SchoolSync(school=school.id), amended=set(), touched=set())
    if since < sync.live_from:
        with sync.begin() as work:
            apply_duties(work, earlier, earlier.with_suspensions)
            work.commit()
    tasks = [*sync.report.tasks, *earlier.report.tasks]
    return Forecast(max(since, sync.today - MONTH), tasks, sync.school.timezone)
