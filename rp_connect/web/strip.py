"""The picture of a suspension: its school days in a row, half by half, with the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.task import TaskState
from rp_connect.services.show_case import CaseSheet

MOST_DAYS = 20
_BEFORE_THE_CUT = 8


@dataclass(frozen=True, slots=True)
class StripDay:
    """`out` are the halves that are suspended; `marks` what falls on the day, in plain words; `gap` whether
    days without school lie before it, `cut` how many school days are left out before it. `school` is False
    for a day without school that somebody set the meeting on."""

    day: date
    out: frozenset[Half]
    marks: tuple[str, ...]
    today: bool
    school: bool
    gap: bool = False
    cut: int = 0

    @property
    def words(self) -> str:
        """What the picture shows, for whoever does not see it."""
        if len(self.out) == len(Half):
            return "suspended all day"
        if self.out:
            return "suspended in the morning" if Half.AM in self.out else "suspended in the afternoon"
        return "in school" if self.school else "no school"


def strip_of(sheet: CaseSheet) -> Sequence[StripDay]:
    """From the first suspended day to the last check-in; nothing where the dates are not known."""
    sessions = _sessions(sheet)
    if not sessions:
        return ()
    marks = dict(_marks(sheet))
    last = max(sessions[-1].day, *marks) if marks else sessions[-1].day
    shown = [day for day in sheet.calendar.school_days if sessions[0].day <= day <= last]
    shown = sorted({*shown, *(day for day in marks if sessions[0].day <= day)})
    out = {day: frozenset(s.half for s in sessions if s.day == day) for day in shown}
    is_school_day = sheet.calendar.is_school_day
    return _cut(
        [StripDay(d, out[d], tuple(marks.get(d, ())), d == sheet.today, is_school_day(d)) for d in shown]
    )


def _sessions(sheet: CaseSheet) -> Sequence[Session]:
    """Those of the whole run: the way back is the run's. A permanent exclusion has no end to draw."""
    if sheet.run is None or not sheet.run.has_return:
        return ()
    return sheet.run.sessions


def _marks(sheet: CaseSheet) -> Iterator[tuple[date, list[str]]]:
    found: dict[date, list[str]] = {}
    if sheet.back is not None:
        found.setdefault(sheet.back.day, []).append("Return")
    if sheet.meeting is not None and not sheet.meeting.cancelled:
        found.setdefault(sheet.school.day_of(sheet.meeting.at), []).append("Meeting")
    for task in (*sheet.tasks.to_do, *sheet.tasks.done):
        day = task.due_day(sheet.school.timezone)
        if task.rule == "check-in" and day is not None:
            found.setdefault(day, []).append("Checked in" if task.state is TaskState.DONE else "Check-in")
    return iter(found.items())


def _cut(days: Sequence[StripDay]) -> Sequence[StripDay]:
    """A long run is cut in the middle: its beginning and the way back are what people look for."""
    left_out = max(len(days) - MOST_DAYS, 0)
    kept = [*days[:_BEFORE_THE_CUT], *days[_BEFORE_THE_CUT + left_out :]] if left_out else list(days)
    spaced = [kept[0]]
    for earlier, day in pairwise(kept):
        cut = left_out if left_out and day is kept[_BEFORE_THE_CUT] else 0
        spaced.append(replace(day, gap=(day.day - earlier.day).days > 1, cut=cut))
    return spaced
