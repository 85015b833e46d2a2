"""The drop folder that every test here begins with: there is nothing in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.rp_file_drop.folder import DropFolder


@pytest.fixture
def drop(tmp_path: Path) -> DropFolder:
    return DropFolder(tmp_path)
