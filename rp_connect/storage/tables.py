"""What is kept of a school and its MIS, table by table; `case_tables` has our own work.

`migrations/` builds both; a test holds the three together.

A record's own key in its MIS is `id`; our number for it is `no`, given once and never used again.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, SmallInteger, Table, Text
from sqlalchemy.types import TypeEngine

from rp_connect.domain.calendar import PeriodKind
from rp_connect.domain.incident import IncidentRole
from rp_connect.domain.suspension import Dates, LengthQuestion, SuspensionRecord
from rp_connect.storage.types import Document, Key, Moment, Word

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
Kind = TypeEngine[Any] | type[TypeEngine[Any]]
words = Document(tuple[str, ...])


def needed(name: str, kind: Kind) -> Column[Any]:
    return Column(name, kind, nullable=False)


def of_school(*, primary_key: bool = False, index: bool = False) -> Column[Any]:
    parent = ForeignKey("schools.school")
    return Column("school", Key, parent, nullable=False, primary_key=primary_key, index=index)


schools = Table(
    "schools",
    metadata,
    Column("no", Integer, primary_key=True),
    needed("school", Key),
    Column("live_from", Date),
    needed("passes", Integer),
    Column("last_full", Date),
    Column("last_success", Moment),
    needed("basis", Text),
    Column("calendar_until", Date),
    needed("unmapped", words),
    sa.UniqueConstraint("school"),
)

sources = Table(
    "sources",
    metadata,
    of_school(primary_key=True),
    Column("mis", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    needed("label", Text),
    Column("cursor", Document(dict[str, Any])),
    Column("keys", Integer),
    Column("held", Text),
    Column("left", Text),
)

periods = Table(
    "periods",
    metadata,
    of_school(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    needed("first", Date),
    needed("last", Date),
    needed("kind", Word(PeriodKind)),
    needed("label", Text),
)

pupils = Table(
    "pupils",
    metadata,
    Column("no", Integer, primary_key=True),
    of_school(),
    needed("mis", Key),
    needed("id", Key),
    needed("given_name", Text),
    needed("family_name", Text),
    needed("preferred_name", Text),
    needed("upn", Key),
    Column("date_of_birth", Date),
    needed("year_group", Text),
    needed("reg_group", Text),
    Column("on_roll_from", Date),
    Column("on_roll_to", Date),
    Column("social_worker", Boolean),
    Column("looked_after", Boolean),
    Column("ehcp", Boolean),
    Column("sen_support", Boolean),
    needed("key_adult_email", Text),
    sa.UniqueConstraint("school", "mis", "id"),
    sqlite_autoincrement=True,
)

staff = Table(
    "staff",
    metadata,
    of_school(primary_key=True),
    Column("mis", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    needed("email", Text),
    needed("given_name", Text),
    needed("family_name", Text),
)

incidents = Table(
    "incidents",
    metadata,
    Column("no", Integer, primary_key=True),
    of_school(),
    needed("mis", Key),
    needed("id", Key),
    needed("occurred_day", Date),
    Column("occurred_at", Moment),
    needed("kind", Text),
    Column("recorded_day", Date),
    Column("recorded_at", Moment),
    needed("location", Text),
    needed("description", Text),
    sa.UniqueConstraint("school", "mis", "id"),
    sqlite_autoincrement=True,
)

involvements = Table(
    "involvements",
    metadata,
    Column("incident_no", Integer, ForeignKey("incidents.no"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    needed("pupil_id", Key),
    needed("role", Word(IncidentRole)),
    needed("role_word", Text),
    needed("action", Text),
    needed("status", Text),
)

suspensions = Table(
    "suspensions",
    metadata,
    Column("no", Integer, primary_key=True),
    of_school(),
    needed("mis", Key),
    needed("id", Key),
    Column("pupil_no", Integer, ForeignKey("pupils.no"), nullable=False, index=True),
    Column("incident_id", Key),
    needed("record", Document(SuspensionRecord)),
    needed("in_force", Document(Dates)),
    needed("first_seen", Date),
    needed("first_pass", Integer),
    Column("cancelled_day", Date),
    Column("cancelled_at", Moment),
    needed("questions", Document(tuple[LengthQuestion, ...])),
    sa.UniqueConstraint("school", "mis", "id"),
    Index(None, "school", "mis", "incident_id"),
    sqlite_autoincrement=True,
)

# A trust's year is 38 million marks: the key is the row, `day` is 20260901, and no foreign key is looked up
# for each of them or for the counters below, which are written in the same transaction.
attendance = Table(
    "attendance",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("school_no", SmallInteger, primary_key=True, autoincrement=False),
    Column("half", SmallInteger, primary_key=True, autoincrement=False),
    Column("pupil_no", Integer, primary_key=True, autoincrement=False),
    needed("code", Key),
    sqlite_with_rowid=False,
)

attendance_counts = Table(
    "attendance_counts",
    metadata,
    Column("pupil_no", Integer, primary_key=True, autoincrement=False),
    Column("school_year", SmallInteger, primary_key=True, autoincrement=False),
    Column("code", Key, primary_key=True),
    needed("n", Integer),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": 50},  # room beside each count for its next one
)

refusals = Table(
    "refusals",
    metadata,
    of_school(primary_key=True),
    Column("source", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    needed("reason", Text),
    needed("first_seen", Moment),
)
