"""Who is signed in to the pages."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

from rp_connect.storage.types import Key, Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "visits",
        Column("digest", Key, primary_key=True),
        Column("attempt", Key, nullable=False, unique=True),
        Column("who", Text, nullable=False),
        Column("began", Moment, nullable=False),
    )
