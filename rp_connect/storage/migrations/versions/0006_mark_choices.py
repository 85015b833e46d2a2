"""Marks that people chose to have written into the MIS's register."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Date, ForeignKey, Integer, SmallInteger, Text

from rp_connect.storage.types import Key, Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "mark_choices",
        Column("case", Key, ForeignKey("cases.ref"), primary_key=True),
        Column("pupil_no", Integer, ForeignKey("pupils.no"), primary_key=True, autoincrement=False),
        Column("day", Date, primary_key=True),
        Column("half", SmallInteger, primary_key=True, autoincrement=False),
        Column("school", Key, ForeignKey("schools.school"), nullable=False),
        Column("code", Key, nullable=False),
        Column("seen", Text, nullable=False),
        Column("chosen_by", Text, nullable=False),
        Column("chosen_at", Moment, nullable=False),
        Column("written_at", Moment),
    )
    op.create_index("ix_mark_choices_pupil_no", "mark_choices", ["pupil_no"])
    op.create_index("ix_mark_choices_school", "mark_choices", ["school"])
