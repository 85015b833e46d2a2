"""The workspace that saboteurs start from keeps every promise, and so does one that can do little."""

from __future__ import annotations

import pytest

from rp_connect.testing.workspace_kit import Can, WorkspaceContract
from tests.testing.pinboard import Pinboard

OPTIONAL = {Can.ONLINE_MEETINGS, Can.BUSY, Can.NOTICES, Can.APART, Can.ASSIGNEES}
OPTIONAL |= {Can.TASKS_AT_ONCE, Can.MEETINGS_AT_ONCE, Can.RECORDS_AT_ONCE, Can.SUMMARIES_AT_ONCE}


class TestPinboard(WorkspaceContract):
    @pytest.fixture
    def rig(self) -> Pinboard:
        return Pinboard()


class TestPlainPinboard(WorkspaceContract):
    @pytest.fixture
    def rig(self) -> Pinboard:
        return Pinboard(frozenset(Can) - OPTIONAL)
