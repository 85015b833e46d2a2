"""Every promise of the store is kept on both databases: a file of SQLite and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rp_connect.storage.store import SqlStore, open_store


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
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
