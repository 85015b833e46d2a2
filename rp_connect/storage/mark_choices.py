"""Which marks people chose to have written: the newest choice of each session."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from rp_connect.domain.calendar import Half
from rp_connect.domain.calendar import Session as HalfDay
from rp_connect.domain.mark_choice import MarkChoice
from rp_connect.storage.case_tables import mark_choices
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Row, Session

_KEY = ["case", "pupil_no", "day", "half"]


class SqlMarkChoices:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of_case(self, ref: str) -> Mapping[str, MarkChoice]:
        found = sa.select(mark_choices).where(mark_choices.c.case == ref)
        ordered = found.order_by(mark_choices.c.day, mark_choices.c.half)
        rows = self._session.rows(self._session.for_change(ordered))
        return {choice.key: choice for choice in map(_choice, rows)}

    def by_key(self, keys: Collection[str]) -> Mapping[str, MarkChoice]:
        refs = sorted({key.partition(".mark.")[0] for key in keys})
        every = {key: choice for ref in refs for key, choice in self.of_case(ref).items()}
        return {key: every[key] for key in keys if key in every}

    def put(self, choice: MarkChoice) -> None:
        number_of(self._session, choice.school)
        values = {
            "case": choice.case,
            "school": choice.school,
            "pupil_no": choice.pupil_no,
            "day": choice.session.day,
            "half": int(choice.session.half),
            "code": choice.code,
            "seen": choice.seen,
            "chosen_by": choice.chosen_by,
            "chosen_at": choice.chosen_at,
            "written_at": choice.written_at,
        }
        self._session.upsert(mark_choices, _KEY, [values])


def _choice(row: Row) -> MarkChoice:
    held = dict(row._mapping)
    session = HalfDay(held.pop("day"), Half(held.pop("half")))
    return MarkChoice(session=session, **held)
