"""The MIS that saboteurs start from keeps every promise, and so does one that can do little."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit import MisContract
from tests.testing.paperbark import PLAIN, PaperbarkRig


class TestPaperbark(MisContract):
    @pytest.fixture
    def rig(self) -> Iterator[PaperbarkRig]:
        with PaperbarkRig() as rig:
            yield rig


class TestPlainPaperbark(MisContract):
    @pytest.fixture
    def rig(self) -> Iterator[PaperbarkRig]:
        with PaperbarkRig(PLAIN, tuple(kind for kind in Kind if kind is not Kind.CALENDAR)) as rig:
            yield rig
