"""Gives the stories' parts to pupils, and deals the ordinary suspensions to others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from random import Random

from rp_connect.testing.invented_trust.dice import dice
from rp_connect.testing.invented_trust.people import Pupil
from rp_connect.testing.invented_trust.schools import NORTHWICK, School
from rp_connect.testing.invented_trust.stories import Story, high_school_stories, primary_stories
from rp_connect.testing.invented_trust.suspensions import Suspension, YearOfSuspensions, decided_before
from rp_connect.testing.invented_trust.timeline import Timeline

CANCELLED_AT = time(11, 20)
# One pupil in so many is ever suspended by chance.
ONE_IN = {"northwick": 11, "eastmoor": 50}


def suspensions_of(
    school: School, pupils: Sequence[Pupil], timeline: Timeline, live_from: date, seed: int
) -> list[Suspension]:
    """All of a year, in the order of decision."""
    chance = dice(seed, school.id, "suspensions")
    stories = high_school_stories(timeline) if school is NORTHWICK else primary_stories()
    told = _cast(stories, school, pupils, timeline, chance)
    parts = {one.pupil.id for one in told}
    rest = [pupil for pupil in pupils if pupil.id not in parts]
    dealer = YearOfSuspensions(chance.sample(rest, len(rest) // ONE_IN[school.id]), timeline, chance)
    live = timeline.number(live_from)
    dealer.deal(school.live - sum(1 for one in told if _day_of(one) >= live_from), range(live + 2, -1))
    dealer.deal(school.earlier, range(timeline.back_a_year() + 1, live))
    return sorted([*told, *dealer.dealt], key=_by_decision)


def _by_decision(one: Suspension) -> tuple[date, str, str]:
    return _day_of(one), one.decided.isoformat(), one.pupil.id


def _day_of(one: Suspension) -> date:
    return one.decided.date() if isinstance(one.decided, datetime) else one.decided


def _cast(
    stories: Iterable[Story], school: School, pupils: Sequence[Pupil], timeline: Timeline, chance: Random
) -> list[Suspension]:
    settled = [pupil for pupil in pupils if _settled(pupil, school)]
    waiting = chance.sample(settled, len(settled))
    parts: dict[str, Pupil] = {}
    found = []
    for story in stories:
        if story.who not in parts:
            fits = _NEEDS.get(story.who, _ordinary)
            parts[story.who] = next(pupil for pupil in waiting if fits(pupil))
            waiting.remove(parts[story.who])
        found.append(_suspension(story, parts[story.who], timeline))
    return found


def _settled(pupil: Pupil, school: School) -> bool:
    """Here for at least two years, and staying."""
    here_from = pupil.on_roll_from.month, pupil.on_roll_from.day
    return pupil.year_group != school.years[0] and here_from == (9, 1) and pupil.on_roll_to is None


def _ordinary(pupil: Pupil) -> bool:
    return not pupil.flagged


_NEEDS: dict[str, Callable[[Pupil], bool]] = {
    "looked after": lambda pupil: pupil.looked_after == "Y",
    "ehcp": lambda pupil: pupil.ehcp == "Y" and pupil.looked_after != "Y",
    "exam": lambda pupil: pupil.year_group == "11" and not pupil.flagged,
}


def _suspension(story: Story, pupil: Pupil, timeline: Timeline) -> Suspension:
    return Suspension(
        pupil=pupil,
        decided=_decided(story, timeline),
        first=story.first,
        sessions=story.sessions,
        category=story.category,
        reasons=story.reasons,
        written=story.written,
        exam=_maybe_day(story.exam, timeline),
        notice_received=_maybe_day(story.notice_received, timeline),
        representations=_maybe_day(story.representations, timeline),
        cancelled=None if story.cancelled is None else timeline.moment(story.cancelled, CANCELLED_AT),
        linked=story.linked,
        shows=story.shows,
    )


def _decided(story: Story, timeline: Timeline) -> date | datetime:
    """Today's decision is a bare date, so that it lies behind any hour of the demonstration."""
    if story.decided_on == 0:
        return timeline.day(0)
    if story.decided_on is not None:
        return timeline.moment(story.decided_on, time(15, 5))
    return decided_before(story.first or 0, timeline)


def _maybe_day(number: int | None, timeline: Timeline) -> date | None:
    return None if number is None else timeline.day(number)
