"""A store that has its tables already: Alembic lays out one for the process, and the others are copies."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from rp_connect.storage.store import open_store


def lay_out(file: Path) -> None:
    """A new and empty SQLite store, unless there is one at that place."""
    if not file.exists():
        shutil.copyfile(_first(), file)


@cache
def _first() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="rp-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "store.db"
    open_store(f"sqlite:///{file}").close()
    # The last one that closes it takes its log in, or the copy would lack what stands there.
    assert sorted(path.name for path in folder.glob("store.db-*")) == []
    return file
