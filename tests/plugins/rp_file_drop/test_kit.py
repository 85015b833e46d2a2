"""A file drop keeps the promises of an MIS adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.testing.mis_kit import MisContract
from tests.plugins.rp_file_drop.kit_rig import FileDropRig


class TestFileDrop(MisContract):
    @pytest.fixture
    def rig(self) -> Iterator[FileDropRig]:
        with FileDropRig() as rig:
            yield rig
