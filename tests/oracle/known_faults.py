"""What the packs are known to get wrong, so that the trials can look past it: see test_known_faults.py.

Both are about which suspension a day of a run belongs to, where two overlap on it. When the packs are mended,
the strict expected failures there will say so, and `beside_the_known_faults` and its callers can go.
"""

from __future__ import annotations

from tests.oracle.owed import Owed
from tests.oracle.walk import Run, Spell, Walk

OF_A_DAY = ("set-work", "day-six-education", "day-six-details")


def beside_the_known_faults(walk: Walk, spell: Spell, owed: set[Owed]) -> set[Owed]:
    """What is owed, without the tasks of a day where it is in doubt to whom that day belongs."""
    run = walk.run_of(spell)
    if not (overlaps_past_the_book(walk, run) or shares_a_day_with_an_unlawful_one(walk, run)):
        return owed
    return {item for item in owed if item[0] not in OF_A_DAY}


def overlaps_past_the_book(walk: Walk, run: Run) -> bool:
    """Whether another than the run's last suspension goes on past the end of the loaded calendar."""
    standing = [spell for spell in run.spells if spell.cancelled is None]
    going_on = [spell for spell in standing if walk.beyond(spell)]
    return bool(going_on) and going_on != [max(standing, key=walk.place)]


def shares_a_day_with_an_unlawful_one(walk: Walk, run: Run) -> bool:
    """Whether a lawful suspension has a day in common with one that passes 45 days."""
    unlawful = [spell for spell in run.spells if walk.over_45(spell)]
    days = {day for spell in unlawful for day, _ in walk.sat(spell)}
    others = [spell for spell in run.spells if spell not in unlawful and spell.cancelled is None]
    return any(day in days for spell in others for day, _ in walk.sat(spell))
