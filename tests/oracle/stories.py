"""Random stories: how the office came to write down what it has written down, one sync after another.

A story ends in a world. Before that, a record may be missing, may still be longer, stand elsewhere, lack its
dates or its decision, or be cancelled or not yet cancelled. Nothing is ever lengthened: a longer length is
never applied by itself, so a story with one does not end where one sync of its end does (see duties.md).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from tests.oracle.almanac import Row
from tests.oracle.school_years import HOURS, calendars, days_on, number, pick
from tests.oracle.walk import Spell, Walk, World
from tests.oracle.worlds import FLAG, a_cancellation, a_decision, populated

AMENDED = {"the same": 5, "longer": 3, "elsewhere": 3, "cancelled or not": 1, "bare": 2, "no dates": 2}


class Chapter(NamedTuple):
    """What lies in the drop at one sync, and when that is."""

    now: datetime
    world: World


class Story(NamedTuple):
    chapters: list[Chapter]

    @property
    def end(self) -> Chapter:
        return self.chapters[-1]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    walk = Walk(World(draw(calendars()), HOURS[0], [], date(2026, 9, 1)))
    world = populated(draw, walk)._replace(reviews=(14, 42, 84), check_ins=(1, 5))
    world = world._replace(spells=[one_report(spell) for spell in world.spells])
    return told(draw, Walk(world))


def one_report(spell: Spell) -> Spell:
    """As a drop can say it: no longer lengths, and an end before the start is refused at the door."""
    spell = spell._replace(longer=(), says=None)
    if spell.start is None or spell.end is None or spell.end > spell.start:
        return spell
    return spell._replace(end=spell.start, end_half=None)


def told(draw: st.DrawFn, walk: Walk) -> Story:
    world = walk.world
    length = number(draw, 2, 5)
    known = [spell.start for spell in world.spells if spell.start] or [world.today]
    day = days_on(min(known), number(draw, -2, 5))
    lives = [a_life(draw, walk, spell, length) for spell in world.spells]
    loaded = days_on(min(walk.book), number(draw, 5, 200)) if pick(draw, {False: 4, True: 1}) else date.max
    chapters = []
    for n in range(length):
        last = n == length - 1
        spells = [life[n] for life in lives if life[n] is not None]
        there = world if last else as_known_then(draw, world)
        if not last:
            there = there._replace(rows=shorter_rows(world.rows, loaded))
        now = datetime.combine(day, time(8 + 2 * n, 30))
        chapters.append(Chapter(now, there._replace(spells=[s for s in spells if s], today=day)))
        day = days_on(day, number(draw, 0, 15))
    return Story(chapters)


def as_known_then(draw: st.DrawFn, world: World) -> World:
    """Flags, the incident and the marks as an earlier sync may have seen them."""
    if draw(st.booleans()):
        return world
    return world._replace(
        social_worker=pick(draw, FLAG),
        looked_after=pick(draw, FLAG),
        ehcp=pick(draw, FLAG),
        harmed=draw(st.booleans()),
        marks=world.marks[: number(draw, 0, len(world.marks))],
    )


def a_life(draw: st.DrawFn, walk: Walk, spell: Spell, length: int) -> list[Spell | None]:
    """The record at each sync, None before it arrived; told backwards from what it is in the end."""
    arrives = number(draw, 0, length - 1)
    life: list[Spell | None] = [spell]
    for n in reversed(range(length - 1)):
        now = life[0]
        life.insert(0, None if n < arrives or now is None else before(draw, walk, now))
    return life


def before(draw: st.DrawFn, walk: Walk, spell: Spell) -> Spell:
    """The record as it was before its latest amendment; often there was none."""
    if spell.cancelled and draw(st.booleans()):
        return spell._replace(cancelled=None)
    how = pick(draw, AMENDED)
    if how == "longer":
        return longer(draw, walk, spell)
    if how == "elsewhere":
        return elsewhere(draw, walk, spell)
    if how == "cancelled or not":
        return spell._replace(cancelled=None if spell.cancelled else a_cancellation(draw, walk, spell))
    if how == "bare":
        decided = a_decision(draw, spell.start) if spell.start and draw(st.booleans()) else None
        return spell._replace(exam=None, notice=None, representations=None, reasons=(), decided_at=decided)
    if how == "no dates":
        start = None if draw(st.booleans()) else spell.start
        return spell._replace(start=start, half=None, length=None, end=None, end_half=None)
    return spell


def longer(draw: st.DrawFn, walk: Walk, spell: Spell) -> Spell:
    if spell.category != "SUSP":
        return spell
    if spell.length is not None:
        return spell._replace(length=spell.length + pick(draw, {1: 1, 2: 1, 6: 1, 20: 1}))
    if spell.end is None or walk.runs_out(spell) or not walk.written(spell):
        return spell
    stretched = spell._replace(end=spell.end + timedelta(days=number(draw, 1, 9)), end_half=None)
    return spell if walk.runs_out(stretched) else stretched


def elsewhere(draw: st.DrawFn, walk: Walk, spell: Spell) -> Spell:
    """The same length, or more of it, from another half day on."""
    if spell.start not in walk.book:
        return spell
    at = next((n for n, s in enumerate(walk.all) if s >= (spell.start, spell.half or 0)), 0)
    day, half = walk.all[min(max(at + number(draw, -8, 8), 0), len(walk.all) - 1)]
    if spell.length is not None or spell.end is None:
        return spell._replace(start=day, half=half)
    moved = spell._replace(start=day, half=half, end=spell.end + (day - spell.start))
    enough = len(walk.written(moved)) >= len(walk.written(spell)) > 0
    return moved if enough and not walk.runs_out(moved) and not walk.runs_out(spell) else spell


def shorter_rows(rows: list[Row], last: date) -> list[Row]:
    return [(kind, first, min(end, last)) for kind, first, end in rows if first <= last]
