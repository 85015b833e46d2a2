"""The shapes of single settings: times, dates, e-mail addresses, timezones, paths and the store's URL."""

from __future__ import annotations

import os
import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from rp_connect.settings.secrets import is_reference

_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ID = re.compile(r"[a-z0-9-]+")

STORE_URL = "must begin with sqlite:/// and name a file, begin with postgresql+psycopg://, or be env:NAME"


def wrong(what: str) -> PydanticCustomError:
    """An error that reads on from the name of the key; `what` never quotes the value."""
    return PydanticCustomError("setting", what)


def is_store_url(value: str) -> bool:
    scheme, _, rest = value.partition("://")
    if scheme == "sqlite":
        # Each command is a process of its own: a store in memory would forget everything.
        return rest.startswith("/") and rest[1:].partition("?")[0] not in ("", ":memory:")
    return scheme == "postgresql+psycopg" and bool(rest)


def _store_url(value: object) -> str:
    if isinstance(value, str) and (is_reference(value) or is_store_url(value)):
        return value
    raise wrong(STORE_URL)


def _id(value: str) -> str:
    if _ID.fullmatch(value):
        return value
    raise wrong("must consist of a-z, 0-9 and -")


def _email(value: str) -> str:
    if _EMAIL.fullmatch(value):
        return value
    raise wrong("must hold e-mail addresses")


def _timezone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):  # "Europe" is a folder of the timezone files
        raise wrong('must be the name of a timezone, such as "Europe/London"') from None


def _clock(value: object) -> time:
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return time.fromisoformat(value)
    raise ValueError(value)


def _span(value: object) -> tuple[time, time]:
    try:
        first, last = map(_clock, value if isinstance(value, list) else [])
    except ValueError:
        raise wrong('must be two times, such as ["08:45", "12:15"]') from None
    if first < last:
        return first, last
    raise wrong("must have the earlier time first")


def _day(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError(value)


def _absence(value: object) -> tuple[date, date]:
    try:
        first, last = map(_day, value if isinstance(value, list) else [])
    except ValueError:
        raise wrong('must be pairs of dates, such as [["2026-11-16", "2026-11-20"]]') from None
    if first <= last:
        return first, last
    raise wrong("must have the earlier date of each pair first")


def _file(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str):
        raise wrong("must be text in quotation marks")
    folder: Path = (info.context or {})["folder"]
    if os.path.isfile(folder / value):
        return folder / value
    raise wrong(f"names a file that is not there, {folder / value}")


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) == len(values):
        return values
    raise wrong("must name each only once")


# TOML has lists, which a strict tuple refuses; what is in the list stays strict.
_Listed = Field(strict=False)

Absences = Annotated[tuple[Annotated[tuple[date, date], PlainValidator(_absence)], ...], _Listed]
Emails = Annotated[tuple[Annotated[str, AfterValidator(_email)], ...], _Listed]
Existing = Annotated[Path, PlainValidator(_file)]
Intervals = Annotated[tuple[Annotated[int, Field(ge=1)], ...], _Listed, AfterValidator(_each_once)]
SchoolId = Annotated[str, AfterValidator(_id)]
Span = Annotated[tuple[time, time], PlainValidator(_span)]
StoreUrl = Annotated[str, PlainValidator(_store_url)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Timezone = Annotated[ZoneInfo, PlainValidator(_timezone)]
EachOnce = AfterValidator(_each_once)
