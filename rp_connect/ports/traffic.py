"""What a workspace may tell of its own traffic: figures only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


@runtime_checkable
class CountsTraffic(Protocol):
    """A workspace that counts what it asked of the services behind it. Workspaces of one scope tell the same
    figures."""

    scope: str

    def traffic(self) -> Mapping[str, tuple[int, int, float]]:
        """Since this process began, by service: requests, answers that asked for patience, and seconds that
        were waited before a repeat."""
        ...
