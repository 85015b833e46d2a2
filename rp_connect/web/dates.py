"""Days and hours as people read them: “Thu 12 Nov”, “15:15”, each in a `<time>` for machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from rp_connect.domain.task import Task
from rp_connect.domain.when import When

# Our own words rather than strftime's, which follow the machine's language and differ on Windows.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_day(day: date) -> str:
    """“Wednesday 18 November 2026”."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Dates:
    """Writes dates for a page of one school: its timezone, and the day on which the page is read."""

    timezone: ZoneInfo
    today: date

    def day_text(self, day: date) -> str:
        """“Thu 12 Nov”, with the year where it is not this one."""
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}{year}"

    def moment_text(self, moment: datetime) -> str:
        """“Thu 12 Nov, 15:15” on the school's clock."""
        local = moment.astimezone(self.timezone)
        return f"{self.day_text(local.date())}, {local:%H:%M}"

    def day(self, day: date) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), self.day_text(day))

    def moment(self, moment: datetime) -> Markup:
        return self._time(moment, self.moment_text(moment))

    def clock(self, moment: datetime) -> Markup:
        return self._time(moment, f"{moment.astimezone(self.timezone):%H:%M}")

    def when(self, when: When) -> Markup:
        """The hour too, where the record bears one."""
        return self.day(when.day) if when.at is None else self.moment(when.at)

    def due(self, task: Task) -> Markup | None:
        """The rule's due, which never moves; None where there is none."""
        if isinstance(task.due, datetime):
            return self.moment(task.due)
        return None if task.due is None else self.day(task.due)

    def _time(self, moment: datetime, text: str) -> Markup:
        local = moment.astimezone(self.timezone).isoformat(timespec="minutes")
        return Markup('<time datetime="{}">{}</time>').format(local, text)
