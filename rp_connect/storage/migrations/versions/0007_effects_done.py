"""When an effect was done, so that it can be removed in time; and a school's effects found by themselves."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column

from rp_connect.storage.types import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("effects", Column("done_at", Moment))
    op.create_index("ix_effects_school_state", "effects", ["school", "state"])
