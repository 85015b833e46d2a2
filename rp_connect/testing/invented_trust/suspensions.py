"""Suspensions and exclusions as a school's MIS holds them, and the ordinary ones of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

from rp_connect.testing.invented_trust.people import Pupil
from rp_connect.testing.invented_trust.timeline import Timeline

# Census reasons and how often they come: biased and locked matters are rare.
REASONS = dict(DB=40, PP=20, VA=10, VP=9, PA=6, DM=4, BU=4, TH=2, OT=2, RA=1, LG=1, OW=1)
SESSIONS = {1: 6, 2: 28, 3: 3, 4: 28, 6: 20, 8: 5, 10: 9, 12: 1}
DAYS_APART = 4
AFTER_LESSONS, BEFORE_LUNCH = time(15, 40), time(12, 5)


@dataclass(frozen=True, slots=True)
class Suspension:
    """`first` and `sessions` count in sessions of the timeline; None is what the MIS does not know.

    `shows` names the rules that this one is there to show; `written` is how its length is exported.
    """

    pupil: Pupil
    decided: date | datetime
    first: int | None
    sessions: int | None
    category: str = "SUSP"
    reasons: tuple[str, ...] = ("DB",)
    written: str = "both"
    exam: date | None = None
    notice_received: date | None = None
    representations: date | None = None
    cancelled: datetime | None = None
    linked: bool = True
    shows: tuple[str, ...] = field(default=())

    @property
    def last(self) -> int | None:
        return None if self.first is None or self.sessions is None else self.first + self.sessions - 1


def decided_before(first: int, timeline: Timeline) -> datetime:
    """The afternoon before a suspension that begins in the morning, else the same day before lunch."""
    day, afternoon = divmod(first, 2)
    return timeline.moment(day, BEFORE_LUNCH) if afternoon else timeline.moment(day - 1, AFTER_LESSONS)


class YearOfSuspensions:
    """Deals ordinary suspensions to a few pupils, the same ones again and again, never two at once."""

    def __init__(self, pupils: Sequence[Pupil], timeline: Timeline, chance: Random) -> None:
        self._pupils = pupils
        self._timeline = timeline
        self._chance = chance
        self.dealt: list[Suspension] = []

    def deal(self, count: int, days: range) -> None:
        """Adds `count` that begin on one of `days`."""
        while count > 0:
            one = self._draw(self._chance.choice(days))
            if self._fits(one):
                self.dealt.append(one)
                count -= 1

    def _draw(self, day: int) -> Suspension:
        category = self._chance.choices(("SUSP", "LNCH"), (15, 1))[0]
        sessions = self._chance.choices(list(SESSIONS), list(SESSIONS.values()))[0]
        first = 2 * day + (1 if sessions % 2 and self._chance.random() < 0.8 else 0)
        reasons = self._chance.choices(list(REASONS), list(REASONS.values()), k=2)
        return Suspension(
            pupil=self._chance.choice(self._pupils),
            decided=decided_before(first, self._timeline),
            first=first,
            sessions=1 if category == "LNCH" else sessions,
            category=category,
            reasons=tuple(dict.fromkeys(reasons[: self._chance.choice((1, 1, 2))])),
            linked=self._chance.random() < 0.8,
        )

    def _fits(self, one: Suspension) -> bool:
        """On roll then, and clear of the pupil's others by some days."""
        begins, ends = one.first or 0, one.last or 0
        if not one.pupil.on_roll(self._timeline.day(begins // 2 - 1)):
            return False
        gap = 2 * DAYS_APART
        others = (other for other in self.dealt if other.pupil.id == one.pupil.id)
        return all(ends + gap < (other.first or 0) or begins > (other.last or 0) + gap for other in others)
