"""Which operations of Graph a whole run of tests has exercised: one file for each process, in one folder."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = "RP_CONNECT_GRAPH_OPERATIONS"


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
