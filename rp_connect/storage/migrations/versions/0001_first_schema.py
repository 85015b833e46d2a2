"""The first schema: schools and what their MIS says, cases and tasks, the outbox, attendance."""

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

_STANDING = sa.text("state IN ('waiting', 'parked')")
_IN_FLIGHT = sa.text("state IN ('leased', 'unclear')")


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
        _case_numbers,
        _cases,
        _parties,
        _tasks,
        _meetings,
        _effects,
        _audit,
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


def _case_numbers() -> None:
    op.create_table(
        "case_numbers",
        Column("year", Integer, primary_key=True, autoincrement=False),
        _needed("last", Integer),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        Column("ref", Key, primary_key=True),
        _school(),
        _needed("kind", Key),
        _needed("stage", Key),
        _needed("opened_at", Moment),
        _needed("first_pass", Integer),
        Column("suspension_no", Integer, ForeignKey("suspensions.no"), unique=True),
        _needed("linked", Text),
    )
    op.create_index("ix_cases_school", "cases", ["school"])


def _parties() -> None:
    op.create_table(
        "parties",
        _case(primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("pupil_no", Integer, ForeignKey("pupils.no"), nullable=False),
        _needed("role", Key),
    )
    op.create_index("ix_parties_pupil_no", "parties", ["pupil_no"])


def _tasks() -> None:
    op.create_table(
        "tasks",
        Column("id", Key, primary_key=True),
        _case(),
        _school(),
        Column("rule", Key),
        _needed("occurrence", Integer),
        _needed("title", Text),
        Column("due_day", Date),
        Column("due_at", Moment),
        Column("note", Key),
        _needed("role", Key),
        _needed("basis", Text),
        Column("confidence", Key),
        _needed("state", Key),
        _needed("late", Boolean),
        Column("planned", Date),
        Column("assignee", Text),
        Column("closed_by", Text),
        Column("closed_at", Moment),
        Column("external_id", Text),
        Column("seen", Text),
        _needed("deletions", Integer),
    )
    op.create_index("ix_tasks_case", "tasks", ["case"])
    op.create_index("ix_tasks_school", "tasks", ["school"])


def _meetings() -> None:
    op.create_table(
        "meetings",
        Column("id", Key, primary_key=True),
        _case(),
        _school(),
        _needed("at", Moment),
        _needed("minutes", Integer),
        _needed("place", Text),
        _needed("invited", Text),
        _needed("cancelled", Boolean),
        Column("external_id", Text),
        _needed("revision", Integer),
    )
    op.create_index("ix_meetings_case", "meetings", ["case"])
    op.create_index("ix_meetings_school", "meetings", ["school"])


def _effects() -> None:
    op.create_table(
        "effects",
        Column("id", Integer, primary_key=True),
        _school(),
        _case(nullable=True),
        _needed("kind", Key),
        _needed("key", Key),
        _needed("revision", Integer),
        _needed("state", Key),
        _needed("attempt", Integer),
        _needed("look_first", Boolean),
        Column("not_before", Moment),
        Column("reason", Text),
        Column("owner", Key),
        Column("leased_until", Moment),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_effects_case", "effects", ["case"])
    op.create_index("ix_effects_state_id", "effects", ["state", "id"])
    op.create_index("ix_effects_kind_key_revision", "effects", ["kind", "key", "revision"])
    for name, states in (("standing", _STANDING), ("in_flight", _IN_FLIGHT)):
        where: dict[str, Any] = {"sqlite_where": states, "postgresql_where": states}
        op.create_index(f"uq_effects_{name}", "effects", ["kind", "key"], unique=True, **where)


def _audit() -> None:
    op.create_table(
        "audit",
        Column("id", Integer, primary_key=True),
        _school(),
        Column("case", Key),
        _needed("who", Text),
        _needed("at", Moment),
        _needed("what", Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_case", "audit", ["case"])


def _needed(name: str, kind: Kind) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _school(*, primary_key: bool = False) -> Column[Any]:
    return Column("school", Key, ForeignKey("schools.school"), nullable=False, primary_key=primary_key)


def _case(*, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    return Column("case", Key, ForeignKey("cases.ref"), nullable=nullable, primary_key=primary_key)
