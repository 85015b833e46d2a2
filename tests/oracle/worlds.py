"""Random worlds: one pupil's suspensions, set beside and over each other where the rules get interesting."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.oracle.almanac import Point, Session, clock, day_of, school_year, term
from tests.oracle.school_years import HOURS, calendars, days_on, number, pick
from tests.oracle.walk import Spell, Walk, World

FLAG = {None: 3, False: 3, True: 2}
BORDER = 0
LENGTHS = dict.fromkeys((6, 2, 1, 4, 10, 12), 3) | dict.fromkeys((3, 5, 11, 20, 30, 90, 91), 2)
LENGTHS |= dict.fromkeys((13, 31, 44, 62), 1) | {BORDER: 10}
PLACES = {"next": 6, "after a gap": 3, "anew": 4, "same start": 1, "over": 1, "before": 1}
CLOCKS = (time(8, 45), time(9, 10), time(12, 15), time(13, 15), time(14, 0), time(15, 15), time(17, 30))
DECISIONS = {"not given": 3, "that day": 4, "that moment": 4, "day before": 2, "later": 3, "long before": 1}
CODES = ("E", "E", "B", "D", "K", "#", "Y", "Y2", "/", "\\", "C", "I")
REASONS = ("PA", "DB", "BU", "SM", "SB", "OW", "BW")


@st.composite
def worlds(draw: st.DrawFn) -> World:
    hours = HOURS[pick(draw, {0: 3, 1: 1})]
    walk = Walk(World(draw(calendars()), hours, [], date(2026, 9, 1)))
    return populated(draw, walk)


def populated(draw: st.DrawFn, walk: Walk) -> World:
    spells: list[Spell] = []
    for _ in range(pick(draw, {1: 2, 2: 4, 3: 4, 4: 3, 5: 2, 6: 1})):
        several = pick(draw, {None: 20, lunchtimes: 2, over_a_day_off: 2, replaced: 1})
        spells += several(draw, walk, len(spells)) if several else [a_spell(draw, walk, spells)]
    spells = draw(st.permutations(spells)) if len(spells) < 5 else spells[::-1]
    return walk.world._replace(
        spells=list(spells),
        today=days_on(min(walk.book), number(draw, 0, len(walk.book))),
        social_worker=pick(draw, FLAG),
        looked_after=pick(draw, FLAG),
        ehcp=pick(draw, FLAG),
        harmed=draw(st.booleans()),
        marks=marks(draw, walk, list(spells)),
        cancelled_count=pick(draw, {True: 4, False: 1}),
        reviews=pick(draw, {(14, 42, 84): 5, (7, 20): 1}),
        check_ins=pick(draw, {(1, 5): 5, (2, 3, 10): 1}),
    )


def lunchtimes(draw: st.DrawFn, walk: Walk, used: int) -> list[Spell]:
    first, many = a_session(draw, walk), number(draw, 8, 12)
    days = [day for day, half in walk.all if half == 0 and day >= first[0]][:many]
    spells = [Spell(f"L{used}-{n:02d}", "LNCH", day, length=0, decided_at=day) for n, day in enumerate(days)]
    which = number(draw, 0, len(spells) - 1)
    if draw(st.booleans()):
        spells[which] = spells[which]._replace(cancelled=a_cancellation(draw, walk, spells[which]))
    return spells


def over_a_day_off(draw: st.DrawFn, walk: Walk, used: int) -> list[Spell]:
    """Two that only an INSET day, or some other day without school, keeps apart."""
    days = [day for day, is_open in walk.book.items() if is_open]
    low, high = pick(draw, {(2, 2): 3, (4, 60): 1})
    gaps = [n for n, (a, b) in enumerate(pairwise(days)) if low <= (b - a).days <= high]
    n = gaps[number(draw, 0, len(gaps) - 1)] if gaps else number(draw, 0, len(days) - 2)
    at = walk.all.index((days[n + 1], 0))
    length = min(number(draw, 1, 12), at)
    (before, half), (after, _) = walk.all[at - length], walk.all[at]
    first = Spell(f"S{used}-x", "SUSP", before, half, length, decided_at=before)
    return [first, Spell(f"S{used}-y", "SUSP", after, length=number(draw, 1, 12), notice=after)]


def replaced(draw: st.DrawFn, walk: Walk, used: int) -> list[Spell]:
    """Three in a row, the middle one cancelled while it ran and replaced from the next half day on."""
    at = walk.all.index(a_session(draw, walk))
    ahead = walk.all[max(at - 20, 0) :]
    first, served = number(draw, 1, 8), number(draw, 1, 4)
    (a, a_half), (b, b_half), (c, c_half) = ahead[0], ahead[first], ahead[first + served]
    noon = walk.end_of(ahead[first + served - 1]) + timedelta(minutes=5)
    return [
        Spell(f"S{used}-x", "SUSP", a, a_half, first, decided_at=a),
        Spell(f"S{used}-y", "SUSP", b, b_half, served + number(draw, 0, 6), cancelled=noon),
        Spell(f"S{used}-z", "SUSP", c, c_half, number(draw, 1, 8), decided_at=noon, notice=c),
    ]


def a_spell(draw: st.DrawFn, walk: Walk, others: list[Spell]) -> Spell:
    category = pick(draw, {"SUSP": 30, "LNCH": 4, "PERM": 3, "INTX": 1})
    start, half = a_start(draw, walk, others)
    spell = Spell(f"S{number(draw, 0, 9)}-{len(others)}", category, start, half)
    spell = with_length(draw, walk, spell, others)
    if pick(draw, {False: 24, True: 1}):
        spell = spell._replace(start=None)
    spell = spell._replace(decided_at=a_decision(draw, start))
    decided = walk.decision_day(spell) or start
    return spell._replace(
        cancelled=a_cancellation(draw, walk, spell) if pick(draw, {False: 5, True: 1}) else None,
        exam=days_on(start, number(draw, -3, 30)) if pick(draw, {False: 8, True: 1}) else None,
        notice=days_on(decided, number(draw, 0, 4)) if draw(st.booleans()) else None,
        representations=days_on(decided, number(draw, 0, 9)) if draw(st.booleans()) else None,
        reasons=tuple(pick(draw, dict.fromkeys(REASONS, 1)) for _ in range(number(draw, 0, 2))),
        first_seen=days_on(decided, number(draw, 0, 6)),
        **questions(draw, walk, spell),
    )


def a_session(draw: st.DrawFn, walk: Walk) -> Session:
    """An open half day, often just before an INSET day, a holiday, a border or the end of the book."""
    if pick(draw, {"anywhere": 2, "at an edge": 3}) == "anywhere":
        return walk.all[number(draw, 0, len(walk.all) - 1)]
    days = [day for day in walk.book if walk.book[day] and not walk.book.get(days_on(day, 1), False)]
    edges = [day for day in days if day.weekday() < 4 or not walk.book.get(days_on(day, 3), False)] or days
    edge = edges[number(draw, 0, len(edges) - 1)]
    at = walk.all.index((edge, 0)) - number(draw, -2, 12)
    return walk.all[min(max(at, 0), len(walk.all) - 1)]


def a_start(draw: st.DrawFn, walk: Walk, others: list[Spell]) -> tuple[date, int | None]:
    session = a_place(draw, walk, others)
    half = session[1] or pick(draw, {None: 2, 0: 1})
    if pick(draw, {"as it is": 16, "on a day off": 1, "anywhere": 1}) == "as it is":
        return session[0], half
    day = days_on(session[0], number(draw, -3, 3))
    return day, half


def a_place(draw: st.DrawFn, walk: Walk, others: list[Spell]) -> Session:
    """Where to begin, seen from the spell before."""
    how = pick(draw, PLACES)
    before = next((s for s in reversed(others) if walk.written(s)), None)
    if before is None or how == "anew" or before.category == "PERM":
        return a_session(draw, walk)
    first, last = (walk.all.index(walk.written(before)[n]) for n in (0, -1))
    at = {
        "next": last + 1,
        "after a gap": last + 1 + pick(draw, {1: 3, 2: 3, 3: 1, 4: 1, 8: 1}),
        "same start": first,
        "over": number(draw, first, last),
        "before": first - number(draw, 1, 8),
    }[how]
    return walk.all[min(max(at, 0), len(walk.all) - 1)]


def with_length(draw: st.DrawFn, walk: Walk, spell: Spell, others: list[Spell]) -> Spell:
    """Its length as half days, as an end, as both, as an end that covers no session, or not at all."""
    count = pick(draw, LENGTHS)
    count = up_to_a_border(draw, walk, spell, others) if count == BORDER else count
    how = pick(draw, {"count": 10, "end": 5, "both": 1, "neither": 1, "empty": 1, "any end": 1})
    if how == "count" or how == "neither" or spell.start is None:
        return spell._replace(length=None if how == "neither" else count)
    if how == "empty":
        end_half = pick(draw, {None: 1, 0: 1, 1: 1})
        return spell._replace(end=days_on(spell.start, number(draw, -2, 2)), end_half=end_half)
    if how == "any end":
        return spell._replace(end=days_on(spell.start, number(draw, 0, 30)))
    covered = walk.written(spell._replace(category="SUSP", length=count))
    if not covered:
        return spell._replace(end=days_on(spell.start, number(draw, 0, 9)))
    day, half = covered[-1]
    ended = spell._replace(end=day, end_half=pick(draw, {half: 1, None: 1}) if half else 0)
    return ended._replace(length=count) if how == "both" else ended


def up_to_a_border(draw: st.DrawFn, walk: Walk, spell: Spell, others: list[Spell]) -> int:
    """So many that the term or the year comes to just under, at or over 5, 15 or 45 days."""
    if spell.start is None:
        return 2
    so_far = [day for other in others for day in walk.half_days(other)]
    border = pick(draw, {10: 4, 30: 3, 90: 3})
    period = school_year if border == 90 else term
    used = sum(period(day) == period(spell.start) for day in so_far)
    return max(border + number(draw, -1, 1) - used, 1)


def a_decision(draw: st.DrawFn, start: date) -> Point | None:
    how = pick(draw, DECISIONS)
    if how == "not given":
        return None
    ahead = {"day before": -1, "later": number(draw, 1, 12), "long before": -number(draw, 2, 40)}.get(how, 0)
    day = days_on(start, ahead)
    if how == "that day" or (how != "that moment" and draw(st.booleans())):
        return day
    return clock(day, pick(draw, dict.fromkeys(CLOCKS, 1)))


def a_cancellation(draw: st.DrawFn, walk: Walk, spell: Spell) -> Point:
    """Before it began, while it ran (a bare date, or to the minute of a session), or after it was over."""
    covered = walk.written(spell)[:14]
    if spell.category == "LNCH" and spell.start in walk.book:
        covered = [(spell.start, 0), (spell.start, 1)]
    start = spell.start or day_of(walk.decision(spell) or date(2026, 11, 12))
    if not covered or pick(draw, {"while it ran": 4, "some time": 1}) == "some time":
        day = days_on(start, number(draw, -2, 9))
        return day if draw(st.booleans()) else clock(day, pick(draw, dict.fromkeys(CLOCKS, 1)))
    session = covered[number(draw, 0, len(covered) - 1)]
    exact = {"day": session[0], "begins": walk.start_of(session), "ends": walk.end_of(session)}
    exact["later"] = walk.end_of(session) + timedelta(minutes=1)
    return exact[pick(draw, dict.fromkeys(exact, 1))]


def questions(draw: st.DrawFn, walk: Walk, spell: Spell) -> dict[str, Any]:
    """Longer lengths that the MIS has reported, and which of them (or none) it says now."""
    if spell.category != "SUSP" or spell.length is None or pick(draw, {True: 4, False: 1}):
        return {}
    day = walk.decision_day(spell) or walk.world.today
    many = number(draw, 1, 3)
    asked = [(spell.length + n, days_on(day, n), draw(st.booleans())) for n in range(1, many + 1)]
    return {"longer": tuple(asked), "says": number(draw, 0, len(asked)) or None}


def marks(draw: st.DrawFn, walk: Walk, spells: list[Spell]) -> tuple[tuple[Session, str], ...]:
    """A code here and there in the half days that were covered."""
    covered = sorted({session for spell in spells for session in walk.written(spell)[:14]})
    if not covered or draw(st.booleans()):
        return ()
    found = {}
    for _ in range(number(draw, 1, 4)):
        found[covered[number(draw, 0, len(covered) - 1)]] = pick(draw, dict.fromkeys(CODES, 1))
    return tuple(found.items())
