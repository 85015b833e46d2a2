"""Lanes of outside services, effects by their kind, online meetings, and the steps of a task."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, Integer, Text

from rp_connect.storage.types import Key, Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "lanes",
        Column("scope", Key, primary_key=True),
        Column("lane", Key, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("closed_until", Moment),
        Column("reason", Text),
        Column("owner", Key),
        Column("held_until", Moment),
    )
    op.add_column("meetings", Column("online", Boolean, nullable=False, server_default=sa.false()))
    op.add_column("meetings", Column("warning", Text, nullable=False, server_default=""))
    op.add_column("tasks", Column("steps", Text, nullable=False, server_default="[]"))
    op.drop_index("ix_effects_state_id", "effects")
    op.create_index("ix_effects_state_kind_id", "effects", ["state", "kind", "id"])
