"""The workspace in a tenant keeps every promise of the contract kit that a tenant can keep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import ClassVar

import pytest

from rp_connect.testing.workspace_kit import WorkspaceContract
from tests.plugins.rp_microsoft365.kit_rig import TenantRig

pytestmark = pytest.mark.facts
NO_UNIQUE_KEY = "Planner makes a second task; the core looks with find before it repeats a create."


class TestMicrosoft365Workspace(WorkspaceContract):
    waived: ClassVar[dict[str, str]] = {
        "a_create_repeated_never_makes_two[tasks]": NO_UNIQUE_KEY,
        "one_of_several_that_stands_there_already_is_not_doubled[tasks]": NO_UNIQUE_KEY,
    }

    @pytest.fixture
    def rig(self) -> Iterator[TenantRig]:
        with ExitStack() as stack:
            yield TenantRig(stack)
