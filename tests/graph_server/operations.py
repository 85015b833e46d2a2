"""Which operations of Graph a whole run of tests has exercised: one file for each process, in one folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = "RP_CONNECT_GRAPH_OPERATIONS"
PRODUCT = "|rp-connect|"
"""In the User-Agent of every request of the product, as Microsoft wants it: NONISV|company|app/version."""
BY_HAND = "by-hand"
"""In the token of a test that writes its requests itself and has the product send them."""


def is_products(headers: Mapping[str, str]) -> bool:
    """Whether the product asked of its own accord; names of headers in lower case."""
    return PRODUCT in headers.get("user-agent", "") and BY_HAND not in headers.get("authorization", "")


class Recorder:
    """Writes an operation the first time that this process answers it well; silent without a folder."""

    def __init__(self) -> None:
        name = os.environ.get(FOLDER)
        self.folder = Path(name) if name else None
        self._noted: set[str] = set()

    def note(self, operation: str) -> None:
        if operation in self._noted:
            return
        self._noted.add(operation)
        if self.folder is not None:
            with (self.folder / f"{os.getpid()}.txt").open("a") as file:
                file.write(operation + "\n")


def exercised(folder: Path) -> set[str]:
    """By all processes so far."""
    return {line for path in folder.glob("*.txt") for line in path.read_text().splitlines()}
