"""When and where incidents happen in a school: the parts of its day, and the places that are busy then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from rp_connect.testing.invented_trust.schools import NORTHWICK, School

HIGH_SCHOOL = {
    "break": ("Main corridor", "Playground", "Canteen queue", "Science corridor", "Stairwell B"),
    "lunch": ("Canteen", "Canteen queue", "Field", "Playground", "Toilets by the hall", "Main corridor"),
    "change": ("Stairwell B", "Science corridor", "Main corridor", "Language corridor"),
    "lesson": ("Classroom", "Classroom", "Sports hall", "Workshop", "Library"),
}
PRIMARY_SCHOOL = {
    "break": ("Playground", "Climbing frame", "Cloakroom"),
    "lunch": ("Dinner hall", "Field", "Playground", "Toilets"),
    "change": ("Cloakroom", "Hall corridor"),
    "lesson": ("Classroom", "Classroom", "Hall"),
}
OUT_OF_LESSONS = {"break": 36, "lunch": 42, "change": 22}


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A clock time, and a place that is busy then."""

    clock: time
    place: str


def hot_spot(school: School, in_lessons: bool, before_lunch: bool, chance: Random) -> HotSpot:
    """Where and when something happens: in a lesson of the morning, or where pupils meet."""
    part = "lesson" if in_lessons else "break"
    if not in_lessons and not before_lunch:
        part = chance.choices(list(OUT_OF_LESSONS), list(OUT_OF_LESSONS.values()))[0]
    places = HIGH_SCHOOL if school is NORTHWICK else PRIMARY_SCHOOL
    return HotSpot(_clock(school, part, chance), chance.choice(places[part]))


def _clock(school: School, part: str, chance: Random) -> time:
    if part == "change":
        return chance.choice((time(9, 44), time(11, 2), time(11, 41), time(14, 14)))
    starts = {"break": school.break_time, "lunch": school.am[1], "lesson": time(9, 5)}
    minutes = {"break": 20, "lunch": 55, "lesson": 90}
    begun = datetime.combine(date.min, starts[part])
    return (begun + timedelta(minutes=chance.randrange(minutes[part]))).time()
