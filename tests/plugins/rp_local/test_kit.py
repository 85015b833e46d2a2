"""The local workspace keeps every promise of the contract kit that a folder can keep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.testing.workspace_kit import WorkspaceContract
from tests.plugins.rp_local.kit_rig import LocalRig, school_folder


class TestLocalWorkspace(WorkspaceContract):
    @pytest.fixture
    def rig(self) -> Iterator[LocalRig]:
        with school_folder() as path:
            yield LocalRig(path)
