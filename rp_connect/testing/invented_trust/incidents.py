"""A year of incidents: most at break and lunch, in the same few circles; one for nearly every suspension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from rp_connect.testing.invented_trust.dice import dice
from rp_connect.testing.invented_trust.hot_spots import hot_spot
from rp_connect.testing.invented_trust.incident_kinds import ACTIONS, KINDS, IncidentKind
from rp_connect.testing.invented_trust.people import Pupil
from rp_connect.testing.invented_trust.schools import School
from rp_connect.testing.invented_trust.suspensions import Suspension
from rp_connect.testing.invented_trust.timeline import Timeline

FRIENDS = 3
IN_A_CIRCLE = 0.65
OPEN_FOR_DAYS = 3


@dataclass(frozen=True, slots=True)
class Incident:
    """`cause_of` is the suspension that followed, if one did."""

    occurred: datetime
    recorded: datetime
    kind: str
    location: str
    description: str
    involved: tuple[tuple[Pupil, str], ...]
    action: str
    status: str
    cause_of: Suspension | None = None


def incidents_of(
    school: School, pupils: Sequence[Pupil], suspensions: Sequence[Suspension], timeline: Timeline, seed: int
) -> list[Incident]:
    """In the order in which they happened; none on the day of the demonstration, which is still young."""
    writer = IncidentWriter(school, pupils, suspensions, timeline, dice(seed, school.id, "incidents"))
    found = [*writer.before_suspensions(), *writer.of_the_year()]
    return sorted(found, key=lambda one: (one.occurred, one.recorded, one.involved[0][0].id))


class IncidentWriter:
    """Draws incidents among pupils who were in school that day."""

    def __init__(
        self,
        school: School,
        pupils: Sequence[Pupil],
        suspensions: Sequence[Suspension],
        timeline: Timeline,
        chance: Random,
    ) -> None:
        self._school, self._suspensions, self._timeline, self._chance = school, suspensions, timeline, chance
        self._peers = {year: [p for p in pupils if p.year_group == year] for year in school.years}
        self._suspended = {(one.pupil.id, day) for one in suspensions for day in _days(one)}
        hot = {one.pupil.id: one.pupil for one in suspensions}.values()
        self._circles = [[p, *chance.sample(self._peers[p.year_group], FRIENDS)] for p in hot]

    def before_suspensions(self) -> Iterator[Incident]:
        for one in self._suspensions:
            if one.linked:
                yield self._one(self._day_behind(one), KINDS[one.reasons[0]], [one.pupil], one)

    def of_the_year(self) -> Iterator[Incident]:
        kinds, shares = list(KINDS.values()), [kind.share for kind in KINDS.values()]
        for day in range(self._timeline.back_a_year(), 0):
            for kind in self._chance.choices(
                kinds, shares, k=self._chance.choice(self._school.day_incidents)
            ):
                yield self._one(day, kind, self._circle(day))

    def _in_school(self, pupil: Pupil, day: int) -> bool:
        return pupil.on_roll(self._timeline.day(day)) and (pupil.id, day) not in self._suspended

    def _circle(self, day: int) -> list[Pupil]:
        """A circle of friends in a new order, the first circles most often; or anybody of one year group."""
        while True:
            drawn = self._peers[self._chance.choice(self._school.years)]
            if self._chance.random() < IN_A_CIRCLE:
                drawn = self._circles[int(len(self._circles) * self._chance.random() ** 2)]
            found = [p for p in self._chance.sample(drawn, FRIENDS + 1) if self._in_school(p, day)]
            if found:
                return found

    def _day_behind(self, one: Suspension) -> int:
        """The day of decision, or the last day before it on which the pupil was in school; never today."""
        decided = one.decided.date() if isinstance(one.decided, datetime) else one.decided
        day = min(self._timeline.number(decided), -1)
        begins_then = one.first is not None and one.first // 2 == day
        while not begins_then and (one.pupil.id, day) in self._suspended:
            day -= 1
        return day

    def _one(
        self, day: int, kind: IncidentKind, circle: list[Pupil], cause_of: Suspension | None = None
    ) -> Incident:
        spot = hot_spot(self._school, kind.in_lessons, cause_of is not None, self._chance)
        occurred = self._timeline.moment(day, spot.clock)
        return Incident(
            occurred=occurred,
            recorded=occurred + timedelta(minutes=self._chance.randrange(4, 45 if cause_of else 180)),
            kind=kind.name,
            location=spot.place,
            description=self._chance.choice(kind.descriptions),
            involved=self._involved(kind, circle, day),
            action="Suspension" if cause_of else self._chance.choice(ACTIONS),
            status="Open" if day >= -OPEN_FOR_DAYS else "Closed",
            cause_of=cause_of,
        )

    def _involved(self, kind: IncidentKind, circle: list[Pupil], day: int) -> tuple[tuple[Pupil, str], ...]:
        roles = self._chance.choice(kind.roles)
        people = {pupil.id: pupil for pupil in circle[: len(roles)]}
        while len(people) < len(roles):
            peer = self._chance.choice(self._peers[circle[0].year_group])
            if self._in_school(peer, day):
                people[peer.id] = peer
        return tuple(zip(people.values(), roles, strict=True))


def _days(one: Suspension) -> range:
    """The numbers of the days on which it keeps the pupil out of school, as far as the past is concerned."""
    if one.first is None or one.category not in ("SUSP", "PERM"):
        return range(0)
    return range(one.first // 2, 1 if one.last is None else one.last // 2 + 1)
