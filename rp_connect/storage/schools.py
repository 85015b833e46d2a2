"""What is remembered of a school: how far it was read, from which sources, and its calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from rp_connect.domain.calendar import Period
from rp_connect.ports.store import SchoolState, SourceState
from rp_connect.storage.session import Session
from rp_connect.storage.tables import incidents, periods, pupils, schools, sources, staff, suspensions

_STATE = sa.select(*(column for column in schools.c if column.name != "no"))
_PERIODS = sa.select(periods).order_by(periods.c.school, periods.c.position)
_NUMBER = sa.select(schools.c.no).where(schools.c.school == sa.bindparam("of"))


class SqlSchools:
    def __init__(self, session: Session) -> None:
        self._session = session

    def state(self, school: str) -> SchoolState:
        return self.states([school])[school]

    def states(self, schools_: Collection[str]) -> Mapping[str, SchoolState]:
        rows = self._session.each(lambda some: _STATE.where(schools.c.school.in_(some)), schools_)
        known = {row.school: SchoolState(**row._mapping) for row in rows}
        return {school: known.get(school) or SchoolState(school) for school in schools_}

    def put(self, state: SchoolState) -> None:
        self._session.upsert(schools, ["school"], [_values(state)])

    def source(self, school: str, mis: str, kind: str) -> SourceState:
        wanted = (sources.c.school == school) & (sources.c.mis == mis) & (sources.c.kind == kind)
        row = self._session.first(sa.select(sources).where(wanted))
        return SourceState(**row._mapping) if row else SourceState(school, mis, kind)

    def sources(self, school: str) -> Sequence[SourceState]:
        found = sa.select(sources).where(sources.c.school == school).order_by(sources.c.mis, sources.c.kind)
        return [SourceState(**row._mapping) for row in self._session.rows(found)]

    def held(self, schools_: Collection[str]) -> Mapping[str, Sequence[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        told = sa.select(sources.c.school, sources.c.held).where(sources.c.held.is_not(None))
        told = told.order_by(sources.c.school, sources.c.mis, sources.c.kind)
        for row in self._session.each(lambda some: told.where(sources.c.school.in_(some)), schools_):
            found[row.school].append(row.held)
        return found

    def put_source(self, source: SourceState) -> None:
        number_of(self._session, source.school)
        values = {column.name: getattr(source, column.name) for column in sources.c}
        self._session.upsert(sources, ["school", "mis", "kind"], [values])

    def retire_mis(self, school: str, mis: str, former: str) -> None:
        for table in (sources, pupils, staff, incidents, suspensions):
            theirs = (table.c.school == school) & (table.c.mis == mis)
            self._session.run(sa.update(table).where(theirs).values(mis=former))
        its = (sources.c.school == school) & (sources.c.mis == former)
        self._session.run(sa.update(sources).where(its).values(held=None, left=None))

    def calendar(self, school: str) -> Sequence[Period]:
        return self.calendars([school])[school]

    def calendars(self, schools_: Collection[str]) -> Mapping[str, Sequence[Period]]:
        found: dict[str, list[Period]] = {school: [] for school in schools_}
        for row in self._session.each(lambda some: _PERIODS.where(periods.c.school.in_(some)), schools_):
            found[row.school].append(Period(row.first, row.last, row.kind, row.label))
        return found

    def put_calendar(self, school: str, periods_: Sequence[Period]) -> None:
        number_of(self._session, school)
        self._session.run(sa.delete(periods).where(periods.c.school == school))
        rows = [{"school": school, "position": n, **asdict(period)} for n, period in enumerate(periods_)]
        if rows:
            self._session.run(sa.insert(periods), rows)


def number_of(session: Session, school: str) -> int:
    """Our number of the school. Whatever writes a school's name asks for it first, and so makes it known."""
    if school not in session.known_schools:
        session.known_schools[school] = known_number(session, school) or _made_known(session, school)
    return session.known_schools[school]


def known_number(session: Session, school: str) -> int | None:
    """None for a school that nothing was stored of."""
    row = session.first(_NUMBER, {"of": school})
    return row and int(row.no)


def _made_known(session: Session, school: str) -> int:
    session.run(session.insert(schools).values(**_values(SchoolState(school))).on_conflict_do_nothing())
    return int(session.rows(_NUMBER, {"of": school})[0].no)


def _values(state: SchoolState) -> dict[str, object]:
    return {column.name: getattr(state, column.name) for column in schools.c if column.name != "no"}
