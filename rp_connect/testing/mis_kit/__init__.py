"""The contract of an MIS adapter, as checks that its author runs against it.

The kit owns an awkward invented school. The author writes an `HttpMis` that serves it as the vendor would (or
a `MisUnderTest` that brings it about in another way), and in a test module one class:

    class TestPaperbark(MisContract):
        @pytest.fixture
        def rig(self) -> Iterator[PaperbarkRig]:
            with PaperbarkRig() as rig:
                yield rig

Names, e-mail addresses and everything else in it are invented.
"""

from __future__ import annotations

from rp_connect.testing.mis_kit.checks import Check, all_checks
from rp_connect.testing.mis_kit.contract import MisContract
from rp_connect.testing.mis_kit.exchange import Answer, Ask
from rp_connect.testing.mis_kit.held import Held, InventedMis, Removed, ShownOutcome
from rp_connect.testing.mis_kit.rig import Asked, Can, Fault, MisUnderTest
from rp_connect.testing.mis_kit.school import School
from rp_connect.testing.mis_kit.vendor import HttpMis

__all__ = [
    "Answer",
    "Ask",
    "Asked",
    "Can",
    "Check",
    "Fault",
    "Held",
    "HttpMis",
    "InventedMis",
    "MisContract",
    "MisUnderTest",
    "Removed",
    "School",
    "ShownOutcome",
    "all_checks",
]
