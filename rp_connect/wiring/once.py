"""Something that is built when it is first asked for, and then kept; several threads may ask."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Once(Generic[Thing]):
    def __init__(self, build: Callable[[], Thing]) -> None:
        self._build = build
        self._lock = Lock()
        self._built: list[Thing] = []

    def __call__(self) -> Thing:
        """The thing. Where building it fails, the next call tries again."""
        with self._lock:
            if not self._built:
                self._built.append(self._build())
            return self._built[0]

    @property
    def built(self) -> Thing | None:
        """The thing, where somebody has asked for it."""
        return self._built[0] if self._built else None
