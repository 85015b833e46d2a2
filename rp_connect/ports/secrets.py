"""Secrets: `env:NAME` or `keyvault:NAME` in a setting is read here when it is needed, and never logged."""

from __future__ import annotations

from typing import Protocol


class Secrets(Protocol):
    def read(self, reference: str) -> str:
        """The value behind `reference`; raises ConfigError, naming the reference, where there is none."""
        ...
