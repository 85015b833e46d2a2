"""Attendance marks of the last weeks: illness in spells, late comers, trips, and E while suspended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from rp_connect.testing.invented_trust.dice import dice
from rp_connect.testing.invented_trust.people import Pupil
from rp_connect.testing.invented_trust.schools import School
from rp_connect.testing.invented_trust.suspensions import Suspension
from rp_connect.testing.invented_trust.timeline import Timeline

FEWEST_DAYS, MOST_DAYS = 30, 60
# A spell of absence: its code, how often, and its longest length in sessions.
SPELLS = (
    ("I", 58, 8),
    ("M", 16, 1),
    ("O", 10, 2),
    ("C", 6, 2),
    ("G", 4, 10),
    ("B", 3, 4),
    ("D", 1, 4),
    ("U", 2, 1),
)
SPELL_WEIGHTS = [spell[1] for spell in SPELLS]
# An absence that nobody has explained is N for some days, then O.
UNEXPLAINED_FROM = -6
EDUCATED_ELSEWHERE_FROM_DAY = 6
WRONG_MARK = "I"


def attendance_rows(
    school: School,
    pupils: Sequence[Pupil],
    suspensions: Sequence[Suspension],
    timeline: Timeline,
    term_starts: int,
    seed: int,
) -> Iterator[tuple[str, str, str, str]]:
    """The rows of attendance.csv since the term began, this morning's included."""
    chance = dice(seed, school.id, "attendance")
    first = -min(MOST_DAYS, max(FEWEST_DAYS, -term_starts))
    numbers = range(2 * max(first, timeline.first), timeline.last_session + 1)
    known = _suspended_marks(suspensions, timeline)
    trips = {(year, chance.choice(numbers) // 2) for year in school.years}
    marks = {pupil.id: _marks(pupil, numbers, trips, chance) for pupil in pupils}
    for place, number in enumerate(numbers):
        day = timeline.day(number // 2)
        text, half = school.day_text(day), ("AM", "PM")[number % 2]
        for pupil in pupils:
            if pupil.on_roll(day):
                yield pupil.id, text, half, known.get((pupil.id, number)) or marks[pupil.id][place]


def _marks(pupil: Pupil, numbers: range, trips: set[tuple[str, int]], chance: Random) -> list[str]:
    """A pupil's marks: most are hardly ever away, a few often."""
    often = 0.002 + 0.05 * chance.random() ** 4
    found: list[str] = []
    away, left = "", 0
    for number in numbers:
        if left == 0 and chance.random() < often:
            away, _, longest = chance.choices(SPELLS, SPELL_WEIGHTS)[0]
            left = chance.randint(1, longest)
        if left:
            left -= 1
            found.append("N" if away == "O" and number // 2 >= UNEXPLAINED_FROM else away)
        elif (pupil.year_group, number // 2) in trips:
            found.append("V")
        else:
            found.append(_present(number, often, chance))
    return found


def _present(number: int, often: float, chance: Random) -> str:
    if number % 2:
        return "\\"
    return "L" if chance.random() < 0.01 + often else "/"


def _suspended_marks(suspensions: Sequence[Suspension], timeline: Timeline) -> Mapping[tuple[str, int], str]:
    """E for every suspended session up to today, K from the sixth day, and one mistake."""
    found = {}
    for one in suspensions:
        if one.first is None or one.category not in ("SUSP", "PERM"):
            continue
        for number in range(one.first, _end(one, timeline) + 1):
            late = number // 2 - one.first // 2 + 1 >= EDUCATED_ELSEWHERE_FROM_DAY
            found[one.pupil.id, number] = "K" if late else "E"
        if "attendance mismatch" in one.shows:
            found[one.pupil.id, one.first + 1] = WRONG_MARK
    return found


def _end(one: Suspension, timeline: Timeline) -> int:
    """The last session marked so far; a cancelled one ends with the morning in which it was cancelled."""
    if one.cancelled is not None:
        return 2 * timeline.number(one.cancelled.date())
    return timeline.last_session if one.last is None else min(one.last, timeline.last_session)
