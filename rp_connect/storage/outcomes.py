"""Outcomes of a case, numbered from 1."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from rp_connect.domain.outcome import Outcome
from rp_connect.errors import NotFoundError
from rp_connect.storage.case_tables import outcomes
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Session

_FIELDS = tuple(column.name for column in outcomes.c)


class SqlOutcomes:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of_case(self, ref: str) -> Sequence[Outcome]:
        found = sa.select(outcomes).where(outcomes.c.case == ref).order_by(outcomes.c.number)
        return [Outcome(**row._mapping) for row in self._session.rows(self._session.for_change(found))]

    def of_school(self, school: str) -> Sequence[Outcome]:
        found = sa.select(outcomes).where(outcomes.c.school == school)
        ordered = found.order_by(outcomes.c.recorded_at, outcomes.c.case, outcomes.c.number)
        return [Outcome(**row._mapping) for row in self._session.rows(ordered)]

    def get(self, key: str) -> Outcome:
        ref, _, number = key.rpartition(".outcome.")
        for outcome in self.of_case(ref):
            if str(outcome.number) == number:
                return outcome
        raise NotFoundError(f"There is no outcome {key}.")

    def put(self, outcome: Outcome) -> None:
        number_of(self._session, outcome.school)
        values = {name: getattr(outcome, name) for name in _FIELDS}
        self._session.upsert(outcomes, ["case", "number"], [values])
