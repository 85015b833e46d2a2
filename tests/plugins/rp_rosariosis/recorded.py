"""The tables of a live RosarioSIS 12, from its recorded answers (all of their pupils are invented)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.plugins.rp_rosariosis.tables import HASH, KEYS, WITH_PASSWORDS, Row

NOT_RECORDED = ("attendance_calendars",)


def answer(folder: Path, name: str) -> object:
    found: object = json.loads((folder / "fixtures" / "rosariosis" / f"{name}.json").read_text("utf-8"))
    return found


def recorded_tables(folder: Path) -> dict[str, list[Row]]:
    """As they were recorded, but for the hashes that were taken out of the recording."""
    tables: dict[str, list[Row]] = {}
    for table in KEYS:
        found = answer(folder, table) if table not in NOT_RECORDED else {"records": []}
        assert isinstance(found, dict)
        tables[table] = found["records"]
    for table in WITH_PASSWORDS:
        for row in tables[table]:
            row["password"] = HASH
    return tables
