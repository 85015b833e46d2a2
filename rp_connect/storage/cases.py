"""Cases with their parties, and the references that people know them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from rp_connect.domain.case import Case, Stage
from rp_connect.domain.party import Party
from rp_connect.errors import NotFoundError
from rp_connect.storage.case_tables import case_numbers, cases, parties
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Row, Select, Session, in_lots

_SAME = tuple(column.name for column in cases.c)

_STAGES = sa.select(cases.c.ref, cases.c.stage).where(cases.c.ref.in_(sa.bindparam("refs", expanding=True)))


class SqlCases:
    def __init__(self, session: Session) -> None:
        self._session = session

    def next_ref(self, year: int) -> str:
        """The counter's row is ours until this transaction ends: a number that is undone is given again."""
        insert = self._session.insert(case_numbers).values(year=year, last=1)
        counted = insert.on_conflict_do_update(
            index_elements=["year"], set_={"last": case_numbers.c.last + 1}
        )
        self._session.run(counted)
        row = self._session.rows(sa.select(case_numbers.c.last).where(case_numbers.c.year == year))[0]
        return f"RP-{year}-{row.last:04d}"

    def add(self, case: Case) -> None:
        number_of(self._session, case.school)
        self._session.run(sa.insert(cases), _values(case))
        self._add_parties(case)

    def replace(self, case: Case) -> None:
        if not self._session.run(sa.update(cases).where(cases.c.ref == case.ref).values(_values(case))):
            raise _unknown(case.ref)
        self._session.run(sa.delete(parties).where(parties.c.case == case.ref))
        self._add_parties(case)

    def get(self, ref: str) -> Case:
        found = self._cases(self._session.for_change(sa.select(cases).where(cases.c.ref == ref)))
        if not found:
            raise _unknown(ref)
        return found[0]

    def of_suspensions(self, numbers: Collection[int]) -> Mapping[int, Case]:
        found = self._session.for_change(sa.select(cases).order_by(cases.c.ref))
        rows = list(self._session.each(lambda some: found.where(cases.c.suspension_no.in_(some)), numbers))
        return {case.suspension_no: case for case in self._whole(rows) if case.suspension_no is not None}

    def by_ref(self, refs: Collection[str]) -> Mapping[str, Case]:
        found = self._session.for_change(sa.select(cases).order_by(cases.c.ref))
        rows = list(self._session.each(lambda some: found.where(cases.c.ref.in_(some)), refs))
        return {case.ref: case for case in self._whole(rows)}

    def stages(self, refs: Collection[str]) -> Mapping[str, Stage]:
        lots = [self._session.rows(_STAGES, {"refs": some}) for some in in_lots(refs)]
        return {row.ref: row.stage for rows in lots for row in rows}

    def every(self, school: str | None = None, stage: Stage | None = None) -> Sequence[Case]:
        found = sa.select(cases).order_by(*by_reference(cases.c.ref))
        found = found if school is None else found.where(cases.c.school == school)
        return self._cases(found if stage is None else found.where(cases.c.stage == stage))

    def open_of(self, schools: Collection[str]) -> Sequence[Case]:
        found = sa.select(cases).order_by(*by_reference(cases.c.ref))
        found = found.where(cases.c.stage != Stage.CLOSED)
        return self._whole(
            list(self._session.each(lambda some: found.where(cases.c.school.in_(some)), schools))
        )

    def _cases(self, found: Select) -> Sequence[Case]:
        return self._whole(self._session.rows(found))

    def _whole(self, rows: Sequence[Row]) -> Sequence[Case]:
        """With their parties."""
        known = self._parties([row.ref for row in rows])
        return [Case(parties=tuple(known[row.ref]), **row._mapping) for row in rows]

    def _parties(self, refs: Collection[str]) -> Mapping[str, Sequence[Party]]:
        known: dict[str, list[Party]] = defaultdict(list)
        wanted = sa.select(parties).order_by(parties.c.case, parties.c.position)
        for row in self._session.each(lambda some: wanted.where(parties.c.case.in_(some)), refs):
            known[row.case].append(Party(row.pupil_no, row.role))
        return known

    def _add_parties(self, case: Case) -> None:
        rows = [
            {"case": case.ref, "position": position, "pupil_no": party.pupil_no, "role": party.role}
            for position, party in enumerate(case.parties)
        ]
        if rows:
            self._session.run(sa.insert(parties), rows)


def by_reference(column: sa.ColumnElement[Any]) -> Iterable[sa.ColumnElement[Any]]:
    """RP-2026-9999 comes before RP-2026-10000."""
    year = sa.func.substr(column, 1, len("RP-2026-"))
    return year, sa.func.length(column), column


def _values(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _SAME}


def _unknown(ref: str) -> NotFoundError:
    return NotFoundError(f"There is no case {ref}.")
