"""Outcomes of meetings, for the MIS."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Date, ForeignKey, Integer, Text

from rp_connect.storage.types import Key, Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "outcomes",
        Column("case", Key, ForeignKey("cases.ref"), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("school", Key, ForeignKey("schools.school"), nullable=False),
        Column("held_on", Date, nullable=False),
        Column("result", Key, nullable=False),
        Column("note", Text, nullable=False),
        Column("recorded_by", Text, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("external_id", Text),
    )
    op.create_index("ix_outcomes_school", "outcomes", ["school"])
