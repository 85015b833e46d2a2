"""The schema's version: brought up to date when the store is opened, refused where it is newer than we."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from rp_connect.errors import StoreError
from rp_connect.storage.faults import explained

HEAD = "0008"
MIGRATIONS = Path(__file__).parent / "migrations"


class Upgradable(Protocol):
    @property
    def reader(self) -> sa.Engine: ...
    def upgrading(self) -> AbstractContextManager[sa.Connection]: ...


def bring_up_to_date(database: Upgradable) -> None:
    """Alembic is loaded only when there is something to do: it takes longer than most commands."""
    with explained(), database.reader.connect() as connection:
        if version(connection) == HEAD:
            return
    with database.upgrading() as connection:
        if version(connection) != HEAD:  # another process may have done it meanwhile
            _upgrade(connection)


def version(connection: sa.Connection) -> str | None:
    """None where there is nothing yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    held: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return held


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command, script, util  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {revision.revision for revision in script.ScriptDirectory.from_config(config).walk_revisions()}
    held = version(connection)
    if held is not None and held not in known:
        raise StoreError(
            "The store was written by a newer rp-connect than this one: upgrade rp-connect here."
        )
    try:
        command.upgrade(config, "head")
    except util.CommandError:
        raise StoreError("The store's schema could not be brought up to date.") from None
