"""A run: suspensions of one pupil with no session between them that the pupil was due to attend.

Lunchtimes never join or break a run. A cancelled suspension is in it with its served sessions only. A
permanent exclusion joins like any other and leaves the run without a return. (SI 2014/3216 joins consecutive
suspensions for the sixth day.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rp_connect.domain.calendar import Half, SchoolCalendar, Session
from rp_connect.domain.suspension import Category, Suspension
from rp_connect.domain.when import When


def starting_order(suspension: Suspension) -> tuple[Session, date, str, str]:
    """Who starts before whom: by first session, then decision, then the MIS's id. Needs a known start."""
    first = suspension.in_force.first
    if first is None:
        raise ValueError("a suspension without a start has no place in the order")
    decided = suspension.decided or When(first.day)
    return first, decided.day, decided.to_text(), suspension.record.id


def sessions_counted(suspension: Suspension, calendar: SchoolCalendar) -> tuple[Session, ...]:
    """The loaded sessions it covers; of a cancelled one those that had ended before it was cancelled."""
    sessions = suspension.suspended_sessions(calendar)
    cancelled = suspension.cancelled
    if cancelled is None:
        return sessions
    if cancelled.at is None:
        return tuple(s for s in sessions if s.day < cancelled.day)
    return tuple(s for s in sessions if calendar.ends(s) < cancelled.at)


def is_cut_off(suspension: Suspension, calendar: SchoolCalendar) -> bool:
    """Whether some of its sessions lie outside the loaded calendar."""
    first, final = suspension.in_force.first, suspension.in_force.final
    if first is None or calendar.last is None or not calendar.covers(first.day):
        return True
    if suspension.record.category == Category.PERMANENT or suspension.cancelled is not None:
        return False
    if suspension.in_force.sessions is not None:
        return len(suspension.suspended_sessions(calendar)) < suspension.in_force.sessions
    return final is not None and final.day > calendar.last


@dataclass(frozen=True, slots=True)
class Run:
    """`sessions` in order; `members` in starting order, cancelled ones with served sessions included."""

    sessions: tuple[Session, ...]
    members: tuple[Suspension, ...]
    cut_off: bool

    @property
    def days(self) -> tuple[date, ...]:
        """Its school days: the first is day 1 (practice-and-law.md B11.3)."""
        return tuple(sorted({s.day for s in self.sessions}))

    @property
    def has_return(self) -> bool:
        return not any(m.record.category == Category.PERMANENT and m.cancelled is None for m in self.members)

    @property
    def carrier(self) -> Suspension | None:
        """The suspension under which the tasks of the return stand: the last that is not cancelled."""
        return next((m for m in reversed(self.members) if m.cancelled is None), None)

    def return_session(self, calendar: SchoolCalendar) -> Session | None:
        """The first session after the last suspended one; None beyond the loaded calendar."""
        return None if self.cut_off else calendar.session_after(self.sessions[-1])

    @property
    def returns_same_day(self) -> bool:
        """Whether the last suspended session is a morning, so that the afternoon is the return."""
        return self.sessions[-1].half is Half.AM


def runs_of(suspensions: Iterable[Suspension], calendar: SchoolCalendar) -> list[Run]:
    """The runs among one pupil's suspensions; those without known sessions are in none."""
    spans = {s.no: (s, set(sessions_counted(s, calendar))) for s in suspensions if s.makes_case}
    spans = {no: (s, sessions) for no, (s, sessions) in spans.items() if sessions}
    every = sorted(set().union(*(sessions for _, sessions in spans.values())))
    return [_run(block, spans.values(), calendar) for block in _blocks(every, calendar)]


def run_with(suspension: Suspension, runs: Iterable[Run]) -> Run | None:
    """The run that `suspension` is in."""
    return next((r for r in runs if any(m.no == suspension.no for m in r.members)), None)


def _blocks(sessions: Sequence[Session], calendar: SchoolCalendar) -> list[tuple[Session, ...]]:
    blocks: list[list[Session]] = []
    for session in sessions:
        if blocks and calendar.session_after(blocks[-1][-1]) == session:
            blocks[-1].append(session)
        else:
            blocks.append([session])
    return [tuple(block) for block in blocks]


def _run(
    block: tuple[Session, ...], spans: Iterable[tuple[Suspension, set[Session]]], calendar: SchoolCalendar
) -> Run:
    held = set(block)
    members = sorted((s for s, sessions in spans if sessions & held), key=starting_order)
    return Run(block, tuple(members), any(is_cut_off(m, calendar) for m in members))
