"""Readings as a core takes them in: page by page, with what each of them said."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Cursor, Kind, MisAdapter, Page, Reading, Record, Refusal, Tombstone

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """A reading whose pages were all taken."""

    reading: Reading
    pages: list[Page]

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def refusals(self) -> list[Refusal]:
        return [refusal for page in self.pages for refusal in page.refusals]

    @property
    def tombstones(self) -> list[Tombstone]:
        return [stone for page in self.pages for stone in page.tombstones]

    @property
    def cursor(self) -> Cursor | None:
        return last_cursor(self.pages)


def last_cursor(pages: list[Page]) -> Cursor | None:
    """Where the core would go on after these pages, out of its store: as JSON."""
    cursors = [page.cursor for page in pages if page.cursor is not None]
    return through_json(cursors[-1]) if cursors else None


def through_json(cursor: Cursor) -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(json.dumps(dict(cursor)))
    return stored


def take(reading: Reading) -> Taken:
    return Taken(reading, list(reading.pages()))


def everything(adapter: MisAdapter, kind: Kind) -> Taken:
    return take(adapter.everything(kind))


def changes(adapter: MisAdapter, kind: Kind, cursor: Cursor | None) -> Taken:
    return take(adapter.changes(kind, cursor))


def answer_of(call: Callable[[], Given]) -> Given | RpConnectError:
    """What the call gives, or the error of our family that it raises; any other is an accident."""
    try:
        return call()
    except RpConnectError as error:
        return error


def said(answer: object) -> str:
    """An answer for a sentence about it: the class of an error, and never its words."""
    return type(answer).__name__
