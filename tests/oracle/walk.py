"""The oracle's walk: which half days a pupil is suspended, how they join into runs, what they add up to."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from tests.oracle.almanac import (
    Book,
    Hours,
    Point,
    Row,
    Session,
    begins,
    clock,
    day_of,
    ends,
    open_the_book,
    school_year,
    term,
    walk_from,
)

ENDLESS = 10_000
"""Days beyond the book of somebody who does not come back."""


class Spell(NamedTuple):
    """One suspension as the office wrote it down: plain dates, half days as 0 and 1, moments in UTC."""

    id: str
    category: str
    start: date | None = None
    half: int | None = None
    length: int | None = None
    end: date | None = None
    end_half: int | None = None
    decided_at: Point | None = None
    cancelled: Point | None = None
    exam: date | None = None
    notice: date | None = None
    representations: date | None = None
    reasons: tuple[str, ...] = ()
    first_seen: date = date(2026, 9, 1)
    longer: tuple[tuple[int, date, bool], ...] = ()
    """Longer lengths that were ever reported: half days, the day that a sync saw them, whether answered."""
    says: int | None = None
    """Which of the longer ones the MIS says now, counted from 1; None where it says what is in force."""


class World(NamedTuple):
    """All that can be known of one pupil at one school on one day."""

    rows: list[Row]
    hours: Hours
    spells: list[Spell]
    today: date
    social_worker: bool | None = None
    looked_after: bool | None = None
    ehcp: bool | None = None
    harmed: bool = False
    marks: tuple[tuple[Session, str], ...] = ()
    cancelled_count: bool = True
    reviews: tuple[int, ...] = (14, 42, 84)
    check_ins: tuple[int, ...] = (1, 5)


class Run(NamedTuple):
    """Spells with no session between them that the pupil was due to attend."""

    sessions: list[Session]
    spells: list[Spell]
    runs_out: bool
    """Whether it goes on past the end of the book."""

    @property
    def days(self) -> list[date]:
        return sorted({day for day, _ in self.sessions})


class Walk:
    """One world, walked once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.book: Book = open_the_book(world.rows)
        self.all = walk_from(self.book, (min(self.book), 0)) if self.book else []
        self._written: dict[Spell, list[Session]] = {}
        self._sat: dict[Spell, list[Session]] = {}

    def decision(self, spell: Spell) -> Point | None:
        return spell.decided_at if spell.decided_at is not None else spell.start

    def decision_day(self, spell: Spell) -> date | None:
        decision = self.decision(spell)
        return None if decision is None else day_of(decision)

    def known(self, spell: Spell) -> bool:
        """Whether it is known from when and for how long."""
        if spell.start is None:
            return False
        if spell.category in ("LNCH", "PERM") or spell.length is not None:
            return True
        if spell.end is None:
            return False
        return bool(self.written(spell)) or self.runs_out(spell)

    def written(self, spell: Spell) -> list[Session]:
        """The half days of the book that it covers as written, whether cancelled or not."""
        if spell not in self._written:
            self._written[spell] = self._walk(spell)
        return self._written[spell]

    def _walk(self, spell: Spell) -> list[Session]:
        if spell.start is None or spell.category not in ("SUSP", "PERM"):
            return []
        ahead = walk_from(self.book, (spell.start, spell.half or 0))
        if spell.category == "PERM":
            return ahead
        if spell.length is not None:
            return ahead[: spell.length]
        if spell.end is None:
            return []
        final = (spell.end, 1 if spell.end_half is None else spell.end_half)
        return [session for session in ahead if session <= final]

    def beyond(self, spell: Spell) -> int:
        """How many days of it the book does not hold.

        Readings taken: two half days are one such day, though it began on an afternoon; to an end outside
        the book, the weekdays.
        """
        if spell.start is None or spell.cancelled is not None or spell.category not in ("SUSP", "PERM"):
            return 0
        if spell.category == "PERM":
            return ENDLESS
        if spell.length is not None:
            return (spell.length - len(self.written(spell)) + 1) // 2
        span = (spell.end - spell.start).days + 1 if spell.end else 0
        days = [spell.start + timedelta(days=n) for n in range(span)]
        inside = bool(self.written(spell))
        return len([day for day in days if day.weekday() < 5 and not (inside and day in self.book)])

    def runs_out(self, spell: Spell) -> bool:
        """Whether nobody can say, by this book, which half day is its last."""
        if spell.cancelled is not None or spell.category not in ("SUSP", "PERM") or spell.start is None:
            return False
        if spell.length is not None or spell.category == "PERM":
            return self.beyond(spell) > 0
        last = max(self.book, default=date.min)
        return spell.end is not None and (spell.start not in self.book or spell.end > last)

    def sat(self, spell: Spell) -> list[Session]:
        """The half days that count: all, or of a cancelled one those that ended before the cancellation."""
        if spell not in self._sat:
            served = [s for s in self.written(spell) if self.over_before_cancelled(spell, s)]
            self._sat[spell] = served
        return self._sat[spell]

    def over_before_cancelled(self, spell: Spell, session: Session) -> bool:
        return self.before_cancelled(spell, session[0], ends(self.world.hours, session))

    def before_cancelled(self, spell: Spell, day: date, end: datetime) -> bool:
        """Reading taken: what ended at the very moment of the cancellation was not served."""
        if spell.cancelled is None:
            return True
        return end < spell.cancelled if isinstance(spell.cancelled, datetime) else day < spell.cancelled

    @cached_property
    def runs(self) -> list[Run]:
        """Walk the half days once: a half day attended ends the run."""
        away: dict[Session, list[Spell]] = {}
        for spell in self.world.spells:
            for session in self.sat(spell):
                away.setdefault(session, []).append(spell)
        runs: list[Run] = []
        going = False
        for session in self.all:
            if session not in away:
                going = False
                continue
            if not going:
                runs.append(Run([], [], False))
            going = True
            runs[-1].sessions.append(session)
            runs[-1].spells.extend(s for s in away[session] if s not in runs[-1].spells)
        return [run._replace(runs_out=any(self.runs_out(spell) for spell in run.spells)) for run in runs]

    def run_of(self, spell: Spell) -> Run:
        """Its run; one of its own where the book shows none of its half days."""
        for run in self.runs:
            if spell in run.spells:
                return run
        return Run([], [spell], self.runs_out(spell))

    def place(self, spell: Spell) -> tuple[Session, datetime, str]:
        """The order of a pupil's spells: start, then decision (a bare date is its midnight), then id."""
        start, decision = spell.start, self.decision(spell)
        if start is None or decision is None:
            raise ValueError("only a spell with a start has a place")
        decided = decision if isinstance(decision, datetime) else clock(decision, datetime.min.time())
        return (start, spell.half or 0), decided, spell.id

    def half_days(self, spell: Spell) -> list[date]:
        """The day of each half day that it adds to the counters.

        Readings taken: a permanent exclusion adds none; of a length past the book only what the book holds
        counts; an unlawful one counts like any other; a lunchtime is over when the afternoon begins.
        """
        if spell.cancelled is not None and not self.world.cancelled_count:
            return []
        if spell.category == "LNCH":
            if spell.start is None:
                return []
            lunch_over = begins(self.world.hours, (spell.start, 1))
            return [spell.start] if self.before_cancelled(spell, spell.start, lunch_over) else []
        if spell.category != "SUSP":
            return []
        return [day for day, _ in self.sat(spell)]

    def up_to(self, spell: Spell) -> list[date]:
        """The half days of it and of those that start before it."""
        earlier = [s for s in self.world.spells if s.start is not None and self.place(s) <= self.place(spell)]
        return [day for s in earlier for day in self.half_days(s)]

    def worst_term(self, spell: Spell) -> int:
        """The half days in that term of this spell that has most.

        Reading taken: one whose half days nobody knows adds none to the term of its start.
        """
        if spell.start is None:
            return 0
        mine = {term(day) for day in self.half_days(spell) or [spell.start]}
        totals = Counter(term(day) for day in self.up_to(spell))
        return max((totals[t] for t in mine), default=0)

    def over_45(self, spell: Spell) -> bool:
        """Whether it takes the year past 45 days.

        Reading taken: a lunchtime may too, although duties.md leaves over-45-days out of its list for LNCH;
        it counts half a day and the law knows no exception.
        """
        if spell.start is None or spell.category not in ("SUSP", "LNCH") or spell.cancelled is not None:
            return False
        mine = {school_year(day) for day in self.half_days(spell) or [spell.start]}
        totals = Counter(school_year(day) for day in self.up_to(spell))
        return any(totals[year] > 90 for year in mine)

    def back(self, run: Run) -> Session | None:
        """The first half day after the run; None where the book does not show it."""
        if run.runs_out or not run.sessions:
            return None
        return next((s for s in self.all if s > run.sessions[-1]), None)

    def start_of(self, session: Session) -> datetime:
        return begins(self.world.hours, session)

    def end_of(self, session: Session) -> datetime:
        return ends(self.world.hours, session)


def forty_eight_hours_before(moment: datetime) -> datetime:
    return moment - timedelta(hours=48)
