"""Counts what went over the wire, for each service: figures only, no address and no contents.

All schools of one process that sign in as the same are counted together, as Graph counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Lock

from rp_microsoft365.request import Service


@dataclass(slots=True)
class Counted:
    """`calls` are HTTP requests, `batches` those of them that bore `items`; `throttled` counts answers 429
    and 503, of items too; `seconds` is time on the wire, `waits` and `waited_s` pauses before a repeat."""

    calls: int = 0
    batches: int = 0
    items: int = 0
    throttled: int = 0
    unclear: int = 0
    unreachable: int = 0
    waits: int = 0
    seconds: float = 0.0
    waited_s: float = 0.0


class Traffic:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: dict[Service, Counted] = {}

    def add(self, service: Service, **amounts: float) -> None:
        """Raises each named figure of `Counted` by its amount."""
        with self._lock:
            counted = self._counted.setdefault(service, Counted())
            for name, amount in amounts.items():
                setattr(counted, name, getattr(counted, name) + amount)

    def snapshot(self) -> Mapping[str, Mapping[str, float]]:
        """By service; each figure under the name it has in `Counted`."""
        with self._lock:
            return {service.value: asdict(counted) for service, counted in self._counted.items()}


_traffic: dict[tuple[str, str, str], Traffic] = {}
_lock = Lock()


def shared_traffic(base: str, authority: str, client: str) -> Traffic:
    """The same object for the same application at the same Graph, for as long as this process lives."""
    with _lock:
        return _traffic.setdefault((base, authority, client), Traffic())
