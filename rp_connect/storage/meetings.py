"""Meetings, by our own key for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from rp_connect.domain.meeting import Meeting
from rp_connect.errors import NotFoundError
from rp_connect.storage.case_tables import meetings
from rp_connect.storage.schools import number_of
from rp_connect.storage.session import Session

_LANDED = (
    sa.update(meetings)
    .where(meetings.c.id == sa.bindparam("of_id"))
    .values(external_id=sa.bindparam("external_id"), warning=sa.bindparam("warning"))
)


class SqlMeetings:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of_case(self, ref: str) -> Meeting | None:
        """Where a case had several, the one that is not cancelled, and of those the last."""
        order = meetings.c.cancelled, meetings.c.at.desc(), meetings.c.id
        found = sa.select(meetings).where(meetings.c.case == ref).order_by(*order).limit(1)
        row = self._session.first(self._session.for_change(found))
        return Meeting(**row._mapping) if row else None

    def of_cases(self, refs: Collection[str]) -> Mapping[str, Meeting]:
        standing = (
            sa.select(meetings).where(~meetings.c.cancelled).order_by(meetings.c.at, meetings.c.id.desc())
        )
        rows = self._session.each(lambda some: standing.where(meetings.c.case.in_(some)), refs)
        return {row.case: Meeting(**row._mapping) for row in rows}

    def of_schools(
        self, schools: Collection[str], since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Meeting]:
        found = sa.select(meetings).where(~meetings.c.cancelled).order_by(meetings.c.at, meetings.c.id)
        found = found if since is None else found.where(meetings.c.at >= since)
        found = found if until is None else found.where(meetings.c.at < until)
        rows = self._session.each(lambda some: found.where(meetings.c.school.in_(some)), schools)
        return [Meeting(**row._mapping) for row in rows]

    def put(self, meeting: Meeting) -> None:
        number_of(self._session, meeting.school)
        values = {column.name: getattr(meeting, column.name) for column in meetings.c}
        self._session.upsert(meetings, ["id"], [values])

    def get(self, meeting_id: str) -> Meeting:
        row = self._session.first(
            self._session.for_change(sa.select(meetings).where(meetings.c.id == meeting_id))
        )
        if row is None:
            raise NotFoundError(f"There is no meeting {meeting_id}.")
        return Meeting(**row._mapping)

    def by_id(self, meeting_ids: Collection[str]) -> Mapping[str, Meeting]:
        wanted = self._session.for_change(sa.select(meetings).order_by(meetings.c.id))
        rows = self._session.each(lambda some: wanted.where(meetings.c.id.in_(some)), meeting_ids)
        return {row.id: Meeting(**row._mapping) for row in rows}

    def landed(self, written: Sequence[tuple[str, str | None, str]]) -> None:
        ordered = sorted(written, key=lambda one: one[0])
        rows = [{"of_id": key, "external_id": held, "warning": warning} for key, held, warning in ordered]
        if rows:
            self._session.run(_LANDED, rows)
