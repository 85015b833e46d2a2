"""The register: suspended sessions are marked E, and from the run's sixth day what was arranged instead."""

from __future__ import annotations

from collections.abc import Iterator

from rp_connect.domain.calendar import Session
from rp_connect.domain.duty import Duty
from rp_connect.domain.run import is_cut_off
from rp_england.due import Due, by_calendar, duty
from rp_england.standing import Standing

SUSPENDED = "E"
ARRANGED = frozenset({"B", "D", "K"})
ARRANGED_FROM_DAY = 6


def register_duties(s: Standing) -> Iterator[Duty]:
    """The check on the last suspended day of a temporary one, and the mismatch while there is one."""
    if s.temporary:
        yield _check(s)
    wrong = any(_is_wrong(s, session, code) for session, code in (s.context.marks or {}).items())
    seen = by_calendar(s.calendar.after(s.context.today))
    yield duty("attendance-mismatch", seen, met=not wrong, keeps_due=True)


def _check(s: Standing) -> Duty:
    cut_off = is_cut_off(s.suspension, s.calendar)
    due = by_calendar(None) if cut_off or not s.sessions else Due(s.sessions[-1].day)
    count = s.suspension.in_force.sessions or len(s.sessions)
    return duty("attendance-check", due, counting=f"{count} session{'s' if count != 1 else ''}")


def _is_wrong(s: Standing, session: Session, code: str) -> bool:
    """`#` and the Y codes (unable to attend) say nothing of the suspension."""
    if session not in s.sessions or code in (SUSPENDED, "#") or code.startswith("Y"):
        return False
    return not (code in ARRANGED and s.run is not None and _day_number(s, session) >= ARRANGED_FROM_DAY)


def _day_number(s: Standing, session: Session) -> int:
    return s.run.days.index(session.day) + 1 if s.run is not None else 1
