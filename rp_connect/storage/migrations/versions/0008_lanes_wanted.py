"""Who waits for a lane that another has alone."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column

from rp_connect.storage.types import Key, Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("lanes", Column("wanted_by", Key))
    op.add_column("lanes", Column("wanted_until", Moment))
