"""The register: suspended sessions are marked E, and from the run's sixth day what was arranged instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rp_connect.domain.calendar import Session
from rp_connect.domain.duty import Duty
from rp_connect.domain.run import is_cut_off
from rp_england.due import Due, by_calendar, duty
from rp_england.standing import Standing

SUSPENDED = "E"
ARRANGED = ("B", "D", "K")
ARRANGED_FROM_DAY = 6


def register_duties(s: Standing) -> Iterator[Duty]:
    """The check on the last suspended day of a temporary one, and the mismatch while there is one."""
    if s.temporary:
        yield _check(s)
    seen = by_calendar(s.calendar.after(s.context.today))
    yield duty("attendance-mismatch", seen, met=not wrong_marks(s), keeps_due=True)


def wrong_marks(s: Standing) -> Mapping[Session, tuple[str, ...]]:
    """The suspended sessions with a mark that is not right, each with the codes that would be."""
    marks = s.context.marks or {}
    return {session: right_codes(s, session) for session in marks if _is_wrong(s, session, marks[session])}


def right_codes(s: Standing, session: Session) -> tuple[str, ...]:
    """E; from the run's sixth day also what says that education was arranged elsewhere."""
    arranged = s.run is not None and _day_number(s, session) >= ARRANGED_FROM_DAY
    return (SUSPENDED, *ARRANGED) if arranged else (SUSPENDED,)


def _check(s: Standing) -> Duty:
    cut_off = is_cut_off(s.suspension, s.calendar)
    due = by_calendar(None) if cut_off or not s.sessions else Due(s.sessions[-1].day)
    count = s.suspension.in_force.sessions or len(s.sessions)
    return duty("attendance-check", due, counting=f"{count} session{'s' if count != 1 else ''}")


def _is_wrong(s: Standing, session: Session, code: str) -> bool:
    """`#` and the Y codes (unable to attend) say nothing of the suspension."""
    if session not in s.sessions or code in (SUSPENDED, "#") or code.startswith("Y"):
        return False
    return code not in right_codes(s, session)


def _day_number(s: Standing, session: Session) -> int:
    return s.run.days.index(session.day) + 1 if s.run is not None else 1
