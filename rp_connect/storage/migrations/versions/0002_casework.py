"""Our own work: cases, tasks, meetings, the outbox, and who did what."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, Text
from sqlalchemy.types import TypeEngine

from rp_connect.storage.types import Key, Moment

revision = "0002"
down_revision = "0001"

Kind = TypeEngine[Any] | type[TypeEngine[Any]]
_STANDING = sa.text("state IN ('waiting', 'parked')")
_IN_FLIGHT = sa.text("state IN ('leased', 'unclear')")


def upgrade() -> None:
    for create in (_case_numbers, _cases, _parties, _tasks, _meetings, _effects, _audit):
        create()


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
