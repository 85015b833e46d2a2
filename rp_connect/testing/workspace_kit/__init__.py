"""The contract of a workspace, as checks that an adapter's author runs against the adapter.

The author writes a `WorkspaceUnderTest` and, in a test module, one class:

    class TestCorkboard(WorkspaceContract):
        @pytest.fixture
        def rig(self) -> CorkboardRig:
            return CorkboardRig()

Names, e-mail addresses and everything else in it are invented.
"""

from __future__ import annotations

from rp_connect.testing.workspace_kit.checks import Check, all_checks
from rp_connect.testing.workspace_kit.contract import WorkspaceContract
from rp_connect.testing.workspace_kit.rig import Can, Shown, ShownMeeting, ShownTask, WorkspaceUnderTest

__all__ = [
    "Can",
    "Check",
    "Shown",
    "ShownMeeting",
    "ShownTask",
    "WorkspaceContract",
    "WorkspaceUnderTest",
    "all_checks",
]
