"""A `When` in two columns: the school's local day, and the moment where there is one."""

from __future__ import annotations

from datetime import date, datetime

from rp_connect.domain.when import When


def when(day: date | None, at: datetime | None) -> When | None:
    return None if day is None else When(day, at)


def columns(name: str, value: When | None) -> dict[str, date | datetime | None]:
    return {f"{name}_day": value.day if value else None, f"{name}_at": value.at if value else None}
