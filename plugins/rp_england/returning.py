"""Coming back: the meeting on the eve, the plan at the door, check-ins, reviews. They belong to the run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from rp_connect.domain.calendar import Session
from rp_connect.domain.duty import Duty
from rp_england.due import Due, by_calendar, duty
from rp_england.standing import Standing


def return_duties(s: Standing) -> Iterator[Duty]:
    """Under the last suspension of the run; none where it has no return. Nothing here bars the return."""
    if s.run is not None and not (s.run.has_return and s.run.carrier and s.run.carrier.no == s.suspension.no):
        return
    back = None if s.run is None else s.run.return_session(s.calendar)
    yield duty("reintegration-meeting", _eve(s, back))
    yield duty("share-plan", by_calendar(None if back is None else s.calendar.starts(back)))
    check_ins = s.context.follow_up.check_in_school_days
    for number, count in enumerate(check_ins, start=1):
        due = by_calendar(None if back is None else _counting(s, back.day, count))
        yield duty("check-in", due, occurrence=number, counting=f"{number} of {len(check_ins)}")
    reviews = s.context.follow_up.review_days
    for number, days in enumerate(reviews, start=1):
        due = by_calendar(None if back is None else s.calendar.on_or_after(back.day + timedelta(days=days)))
        yield duty("review", due, occurrence=number, counting=f"{number} of {len(reviews)}")


def _eve(s: Standing, back: Session | None) -> Due:
    """The last school day before the return day; the day itself where the same afternoon is the return."""
    if back is None or s.run is None:
        return by_calendar(None)
    if back.day == s.run.sessions[-1].day:
        return Due(back.day)
    return by_calendar(s.calendar.before(back.day))


def _counting(s: Standing, first: date, count: int) -> date | None:
    """The `count`-th school day, `first` being the first."""
    return first if count == 1 else s.calendar.after(first, count - 1)
