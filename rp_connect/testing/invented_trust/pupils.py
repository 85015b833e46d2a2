"""A school's pupils: on roll today, with a few who joined or left in the last months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from rp_connect.testing.invented_trust.calendars import school_year
from rp_connect.testing.invented_trust.dice import dice
from rp_connect.testing.invented_trust.names import Name, NameMaker
from rp_connect.testing.invented_trust.people import Colleague, Pupil
from rp_connect.testing.invented_trust.schools import NORTHWICK, School
from rp_connect.testing.invented_trust.timeline import Timeline
from rp_connect.testing.invented_trust.upn import UpnOffice, wrong

# Given names that a child may use instead of the registered one.
PREFERRED = ("Bertie", "Jojo", "Kezzie", "Minnie", "Nicky", "Raffy", "Teddy", "Zizi")
MOVES_WITHIN = 90


def pupils_of(school: School, timeline: Timeline, staff: Sequence[Colleague], seed: int) -> list[Pupil]:
    chance = dice(seed, school.id, "pupils")
    office = UpnOffice(*school.upn_schools, chance)
    names = NameMaker(chance).namesakes_kept_apart(school.roll)
    this_year = school_year(timeline.today)
    pupils = [_pupil(school, number, name, this_year, office, chance) for number, name in enumerate(names)]
    pupils = [_with_key_adult(pupil, staff, chance) for pupil in pupils]
    _some_moved(pupils, school, timeline, chance)
    _odd_ones(pupils, school)
    return pupils


def _pupil(
    school: School, number: int, name: Name, this_year: int, office: UpnOffice, chance: Random
) -> Pupil:
    years = len(school.years)
    year_group, form = school.years[number % years], school.forms[number // years % len(school.forms)]
    joined = this_year - school.years_since_joining(year_group)
    born = date(joined - school.first_age - 1, 9, 1) + timedelta(days=chance.randrange(365))
    looked_after = _flag(chance, 0.012)
    ehcp = _flag(chance, 0.04)
    return Pupil(
        id=f"{number + 137:0{school.id_digits}}",
        upn=office.number(joined - school.first_age + 4),
        given=name.given,
        family=name.family,
        preferred=chance.choice(PREFERRED) if chance.random() < 0.05 else "",
        born=born,
        year_group=year_group,
        reg_group=f"{year_group} {form}" if len(form) > 1 else f"{year_group}{form}",
        on_roll_from=date(joined, 9, 1),
        on_roll_to=None,
        social_worker="Y" if looked_after == "Y" else _flag(chance, 0.027),
        looked_after=looked_after,
        ehcp=ehcp,
        sen_support="N" if ehcp == "Y" else _flag(chance, 0.13),
        key_adult="",
    )


def _flag(chance: Random, share: float) -> str:
    """Y for `share` of the pupils; not known for one in forty."""
    drawn = chance.random()
    return "Y" if drawn < share else "" if drawn > 0.975 else "N"


def _with_key_adult(pupil: Pupil, staff: Sequence[Colleague], chance: Random) -> Pupil:
    adult = chance.choice(staff[7:])
    return replace(pupil, key_adult=adult.email) if pupil.flagged or chance.random() < 0.1 else pupil


def _some_moved(pupils: list[Pupil], school: School, timeline: Timeline, chance: Random) -> None:
    """Every fiftieth joined lately and every seventieth left; never in the year group that is new here."""
    for place, pupil in enumerate(pupils):
        moved = timeline.day(-chance.randrange(2, MOVES_WITHIN))
        if pupil.year_group == school.years[0]:
            continue
        if place % 50 == 18:
            pupils[place] = replace(pupil, on_roll_from=moved)
        elif place % 70 == 33:
            pupils[place] = replace(pupil, on_roll_to=moved)


def _odd_ones(pupils: list[Pupil], school: School) -> None:
    """What every real export has: namesakes, a single name, a mistyped number and one not yet given."""
    pupils[46] = replace(pupils[46], given=pupils[239].given, family=pupils[239].family)
    pupils[71] = replace(pupils[71], given="Sukarmaji", family="", preferred="")
    pupils[158] = replace(pupils[158], upn="")
    if school is NORTHWICK:
        pupils[112] = replace(pupils[112], upn=wrong(pupils[112].upn))
