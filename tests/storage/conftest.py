"""Every promise of the store is kept on both databases: a file of SQLite and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rp_connect.storage.store import SqlStore, open_store
from tests.laid_out_store import lay_out


class SetClock:
    """A clock that stands still until somebody moves it on."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def laid_out_sqlite_url(tmp_path: Path, sqlite_url: str) -> str:
    lay_out(tmp_path / "store.db")
    return sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A store with its tables, which nobody has opened."""
    name = "laid_out_sqlite_url" if request.param == "sqlite" else "postgres_store_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """Where a store is to be, and nothing is."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(url: str, clock: SetClock) -> Iterator[SqlStore]:
    opened = open_store(url, clock)
    yield opened
    opened.close()
