"""What a random world has in it that the rules trip over, so that a trial can show what it has seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from tests.oracle.almanac import day_of, open_the_book, school_year, term
from tests.oracle.owed import owed
from tests.oracle.walk import Run, Spell, Walk, World


def sightings(walk: Walk) -> set[str]:
    """Each thing once, however often this world has it."""
    found = {name for run in walk.runs for name in in_a_run(walk, run)}
    for spell in walk.world.spells:
        found |= set(in_a_spell(walk, spell)) | set(in_a_cancellation(walk, spell))
        found |= set(in_the_answer(walk, spell))
    return found | set(in_the_counters(walk)) | set(among_them(walk))


def in_a_run(walk: Walk, run: Run) -> Iterator[str]:
    standing = sorted((s for s in run.spells if s.cancelled is None), key=walk.place)
    if len(standing) > 1:
        yield "a joined run"
        yield from over_a_gap(walk, run, standing)
    if len(run.days) > 5:
        yield "a sixth day in a joined run" if len(standing) > 1 else "a sixth day"
    cancelled = [s for s in run.spells if s.cancelled is not None]
    if cancelled and standing:
        yield "a cancelled one in a run"
        inside = {s for s in cancelled if walk.place(standing[0]) < walk.place(s) < walk.place(standing[-1])}
        if inside:
            yield "a cancelled one in the middle of a run"
    if len(run.spells) > 1 and any(s.category == "PERM" for s in standing):
        yield "a permanent one in a run"
    if any((b - a).days > 1 and is_clock_change(a, b) for a, b in pairwise(run.days)):
        yield "a run over a clock change"


def over_a_gap(walk: Walk, run: Run, standing: list[Spell]) -> Iterator[str]:
    """Joined over days on which nobody was in school."""
    insets = {first for kind, first, _ in walk.world.rows if kind == "inset"}
    ends = {walk.sat(spell)[-1] for spell in standing}
    for session, following in pairwise(run.sessions):
        gap = (following[0] - session[0]).days
        if session in ends and gap > 1:
            yield "joined over days off"
            if gap == 2 and date.fromordinal(session[0].toordinal() + 1) in insets:
                yield "joined over an INSET day only"
            if gap > 9:
                yield "joined over a long holiday"


def is_clock_change(first: date, last: date) -> bool:
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    return any(day.month in (3, 10) and day.weekday() == 6 and day.day > 24 for day in days)


def in_a_spell(walk: Walk, spell: Spell) -> Iterator[str]:
    covered, decided = walk.sat(spell), walk.decision_day(spell)
    if len({term(day) for day, _ in covered}) > 1:
        yield "a split between terms"
    if len({school_year(day) for day, _ in covered}) > 1:
        yield "a split between school years"
    if spell.start and decided and decided > spell.start:
        to_the_minute = isinstance(spell.decided_at, datetime)
        yield "decided later, to the minute" if to_the_minute else "decided later"
    if decided and not walk.book.get(decided, True):
        yield "decided on a day off"
    if spell.start and not walk.known(spell):
        yield "an unknown length"
    if covered and covered[0][1] == 1:
        yield "a start in the afternoon"


def in_a_cancellation(walk: Walk, spell: Spell) -> Iterator[str]:
    ends = {walk.end_of(session) for session in walk.written(spell)}
    if spell.cancelled is None:
        return
    if isinstance(spell.cancelled, datetime) and spell.cancelled in ends:
        yield "cancelled to the minute of a session's end"
    if walk.sat(spell):
        yield "cancelled after some of it was served"
    if spell.start and day_of(spell.cancelled) < spell.start:
        yield "cancelled before it began"


def in_the_answer(walk: Walk, spell: Spell) -> Iterator[str]:
    for rule, _, due, note in owed(walk, spell):
        if rule in ("over-45-days", "board-meeting", "attendance-mismatch", "dates-changed", "supply-dates"):
            yield rule
        if note:
            yield note
        if rule == "board-meeting" and spell.category != "PERM" and walk.worst_term(spell) <= 10:
            yield "a meeting for an exam alone"
        if rule == "day-six-details" and isinstance(due, datetime) and due.hour > 9:
            yield "details before a day off"
        if rule == "reintegration-meeting" and due and due in {day for day, _ in walk.sat(spell)}:
            back = walk.back(walk.run_of(spell))
            yield "back the same afternoon" if back and back[0] == due else "back the next day"


def in_the_counters(walk: Walk) -> Iterator[str]:
    for spell in walk.world.spells:
        if spell.start is None or spell.category == "PERM" or spell.cancelled:
            continue
        if walk.worst_term(spell) in (10, 11, 30, 31):
            yield f"{walk.worst_term(spell)} half days in a term"
        year = [day for day in walk.up_to(spell) if school_year(day) == school_year(spell.start)]
        if len(year) in (90, 91):
            yield f"{len(year)} half days in a year"
    if not walk.world.cancelled_count and any(s.cancelled and walk.sat(s) for s in walk.world.spells):
        yield "served sessions of a cancelled one that do not count"


def among_them(walk: Walk) -> Iterator[str]:
    begun = sorted((s for s in walk.world.spells if s.start), key=walk.place)
    for one, other in pairwise(begun):
        same = walk.place(one)[0] == walk.place(other)[0]
        if same and walk.place(one)[1] == walk.place(other)[1]:
            yield "the same start and decision"
        elif same:
            yield "the same start"
    for run in walk.runs:
        inside = {day for day, _ in run.sessions}
        if any(s.category == "LNCH" and s.start in inside for s in walk.world.spells):
            yield "a lunchtime within a run"


def amendments(chapters: list[World]) -> set[str]:
    """What was changed from one sync to the next."""
    found: set[str] = set()
    for earlier, later in pairwise(chapters):
        known = {spell.id: spell for spell in earlier.spells}
        for spell in later.spells:
            if spell.id in known:
                found |= set(amended(Walk(later), known[spell.id], spell))
            else:
                found.add("a record comes late")
        flags = [(w.social_worker, w.looked_after, w.ehcp, w.harmed) for w in (earlier, later)]
        found |= {"a flag changes"} if flags[0] != flags[1] else set()
        found |= {"the calendar grows"} if open_the_book(earlier.rows) != open_the_book(later.rows) else set()
    return found


def amended(walk: Walk, old: Spell, new: Spell) -> Iterator[str]:
    if old.cancelled != new.cancelled:
        yield "no longer cancelled" if new.cancelled is None else "cancelled later"
    if old.decided_at != new.decided_at:
        yield "another decision"
    if new.start and new.start != old.start:
        yield "moved" if old.start else "dates given later"
    if len(walk.written(old)) > len(walk.written(new)) > 0:
        yield "shortened"
