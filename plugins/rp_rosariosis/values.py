"""Single values of a row: keys, dates and words. RosarioSIS gives numbers now as numbers, now as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from rp_connect.errors import TryLaterError

Row = Mapping[str, Any]
_KEY = re.compile(r"[0-9]{1,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadRowError(ValueError):
    """Why a row cannot be used; never its contents."""


def key_of(row: Row, column: str) -> str:
    """An id or a date as text. Raises BadRowError where there is none: all ids of RosarioSIS are numbers."""
    value = row.get(column)
    if type(value) not in (int, str) or not _KEY.fullmatch(str(value).strip()):
        raise BadRowError(f"{column} is missing")
    return str(value).strip()


def given(row: Row, column: str) -> str:
    """An id that RosarioSIS's own tables cannot be without: an answer that lacks it was garbled on its way.

    Raises TryLaterError.
    """
    try:
        return key_of(row, column)
    except BadRowError:
        raise TryLaterError(
            f"RosarioSIS gave a row that lacks its {column}; it is asked again later."
        ) from None


def day_of(row: Row, column: str) -> date | None:
    """A local date, which nothing ever shifts; None where there is none. Raises BadRowError for any other."""
    value = row.get(column)
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadRowError(f"{column} is not a date") from None


def words_of(row: Row, column: str) -> str:
    value = row.get(column)
    return value.strip() if isinstance(value, str) else ""
