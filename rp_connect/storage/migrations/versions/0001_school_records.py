"""Schools and what their MIS says: people, incidents, suspensions, attendance."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, SmallInteger, Text
from sqlalchemy.types import TypeEngine

from rp_connect.storage.types import Key, Moment

revision = "0001"
down_revision = None

Kind = TypeEngine[Any] | type[TypeEngine[Any]]


def upgrade() -> None:
    for create in (
        _schools,
        _sources,
        _periods,
        _pupils,
        _staff,
        _incidents,
        _involvements,
        _suspensions,
        _attendance,
        _attendance_counts,
        _refusals,
    ):
        create()


def _schools() -> None:
    op.create_table(
        "schools",
        Column("no", Integer, primary_key=True),
        _needed("school", Key),
        Column("live_from", Date),
        _needed("passes", Integer),
        Column("last_full", Date),
        Column("last_success", Moment),
        _needed("basis", Text),
        Column("calendar_until", Date),
        _needed("unmapped", Text),
        sa.UniqueConstraint("school"),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        _school(primary_key=True),
        Column("mis", Key, primary_key=True),
        Column("kind", Key, primary_key=True),
        _needed("label", Text),
        Column("cursor", Text),
        Column("keys", Integer),
        Column("held", Text),
        Column("left", Text),
    )


def _periods() -> None:
    op.create_table(
        "periods",
        _school(primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        _needed("first", Date),
        _needed("last", Date),
        _needed("kind", Key),
        _needed("label", Text),
    )


def _pupils() -> None:
    op.create_table(
        "pupils",
        Column("no", Integer, primary_key=True),
        _school(),
        _needed("mis", Key),
        _needed("id", Key),
        _needed("given_name", Text),
        _needed("family_name", Text),
        _needed("preferred_name", Text),
        _needed("upn", Key),
        Column("date_of_birth", Date),
        _needed("year_group", Text),
        _needed("reg_group", Text),
        Column("on_roll_from", Date),
        Column("on_roll_to", Date),
        Column("social_worker", Boolean),
        Column("looked_after", Boolean),
        Column("ehcp", Boolean),
        Column("sen_support", Boolean),
        _needed("key_adult_email", Text),
        sa.UniqueConstraint("school", "mis", "id"),
        sqlite_autoincrement=True,
    )


def _staff() -> None:
    op.create_table(
        "staff",
        _school(primary_key=True),
        Column("mis", Key, primary_key=True),
        Column("id", Key, primary_key=True),
        _needed("email", Text),
        _needed("given_name", Text),
        _needed("family_name", Text),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        Column("no", Integer, primary_key=True),
        _school(),
        _needed("mis", Key),
        _needed("id", Key),
        _needed("occurred_day", Date),
        Column("occurred_at", Moment),
        _needed("kind", Text),
        Column("recorded_day", Date),
        Column("recorded_at", Moment),
        _needed("location", Text),
        _needed("description", Text),
        sa.UniqueConstraint("school", "mis", "id"),
        sqlite_autoincrement=True,
    )


def _involvements() -> None:
    op.create_table(
        "involvements",
        Column("incident_no", Integer, ForeignKey("incidents.no"), primary_key=True, autoincrement=False),
        Column("position", Integer, primary_key=True, autoincrement=False),
        _needed("pupil_id", Key),
        _needed("role", Key),
        _needed("role_word", Text),
        _needed("action", Text),
        _needed("status", Text),
    )


def _suspensions() -> None:
    op.create_table(
        "suspensions",
        Column("no", Integer, primary_key=True),
        _school(),
        _needed("mis", Key),
        _needed("id", Key),
        Column("pupil_no", Integer, ForeignKey("pupils.no"), nullable=False),
        Column("incident_id", Key),
        _needed("record", Text),
        _needed("in_force", Text),
        _needed("first_seen", Date),
        _needed("first_pass", Integer),
        Column("cancelled_day", Date),
        Column("cancelled_at", Moment),
        _needed("questions", Text),
        sa.UniqueConstraint("school", "mis", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_suspensions_pupil_no", "suspensions", ["pupil_no"])
    op.create_index("ix_suspensions_school_mis_incident_id", "suspensions", ["school", "mis", "incident_id"])


def _attendance() -> None:
    op.create_table(
        "attendance",
        Column("day", Integer, primary_key=True, autoincrement=False),
        Column("school_no", SmallInteger, primary_key=True, autoincrement=False),
        Column("half", SmallInteger, primary_key=True, autoincrement=False),
        Column("pupil_no", Integer, primary_key=True, autoincrement=False),
        _needed("code", Key),
        sqlite_with_rowid=False,
    )


def _attendance_counts() -> None:
    op.create_table(
        "attendance_counts",
        Column("pupil_no", Integer, primary_key=True, autoincrement=False),
        Column("school_year", SmallInteger, primary_key=True, autoincrement=False),
        Column("code", Key, primary_key=True),
        _needed("n", Integer),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 50},
    )


def _refusals() -> None:
    op.create_table(
        "refusals",
        _school(primary_key=True),
        Column("source", Key, primary_key=True),
        Column("kind", Key, primary_key=True),
        Column("key", Key, primary_key=True),
        _needed("reason", Text),
        _needed("first_seen", Moment),
    )


def _needed(name: str, kind: Kind) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _school(*, primary_key: bool = False) -> Column[Any]:
    return Column("school", Key, ForeignKey("schools.school"), nullable=False, primary_key=primary_key)
