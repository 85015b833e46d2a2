"""Arbor's adapter keeps the promises of an MIS adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.testing.mis_kit import MisContract
from tests.plugins.rp_arbor.kit_rig import ArborRig


class TestArbor(MisContract):
    @pytest.fixture
    def rig(self) -> Iterator[ArborRig]:
        with ArborRig() as rig:
            yield rig
