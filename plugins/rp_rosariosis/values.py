"""Single values of a row: keys, dates and years. RosarioSIS gives numbers now as numbers, now as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


class BadRowError(ValueError):
    """Why a row cannot be used; never its contents."""


def key_of(row: Mapping[str, Any], column: str) -> str:
    """An id as text. Raises BadRowError where there is none."""
    value = row.get(column)
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise BadRowError(f"{column} is missing")
    return str(value).strip()


def number_of(row: Mapping[str, Any], column: str) -> int:
    text = key_of(row, column)
    try:
        return int(text)
    except ValueError:
        raise BadRowError(f"{column} is not a number") from None


def day_of(row: Mapping[str, Any], column: str) -> date | None:
    """A local date, which nothing ever shifts; None where there is none. Raises BadRowError for any other."""
    value = row.get(column)
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadRowError(f"{column} is not a date") from None


def words_of(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    return value.strip() if isinstance(value, str) else ""
