"""Installations to run the program on: one that nothing was read into yet, and one after its first sync."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.installation import Installation, install


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Nothing was read yet."""
    return install(tmp_path)


@pytest.fixture(scope="session")
def _synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = install(tmp_path_factory.mktemp("synced"))
    answer = made.run("sync")
    assert answer.code == 0, answer.err
    return made.folder


@pytest.fixture
def synced(_synced: Path, tmp_path: Path) -> Installation:
    """A copy of its own, after the first sync."""
    shutil.copytree(_synced, tmp_path / "trust")
    return Installation(tmp_path / "trust")
