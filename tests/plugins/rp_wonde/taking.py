"""Readings as the core takes them in."""

from __future__ import annotations

import json
from typing import Any

from rp_connect.ports.mis import Cursor, Reading


class Taken:
    """All pages of a reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.pages = list(reading.pages())
        self.records: list[Any] = [record for page in self.pages for record in page.records]
        self.refusals = [refusal for page in self.pages for refusal in page.refusals]
        self.tombstones = [stone for page in self.pages for stone in page.tombstones]
        cursors = [page.cursor for page in self.pages if page.cursor is not None]
        self.cursor: Cursor | None = json.loads(json.dumps(cursors[-1])) if cursors else None
