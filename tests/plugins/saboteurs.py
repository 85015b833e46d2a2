"""Adapters that break a promise. A trial that does not find them would find nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Cursor, Kind, MisAdapter, Page, Reading, Refusal

Sabotage = Callable[[Iterator[Page], Cursor], Iterator[Page]]
"""Pages, and a cursor of an honest reading, to other pages."""


def swallows_a_row(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    for page in pages:
        yield replace(page, records=page.records[1:])


def swallows_a_refusal(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    for page in pages:
        yield replace(page, refusals=page.refusals[1:])


def calls_what_broke_off_complete(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    try:
        yield from pages
    except RpConnectError:
        yield Page(cursor=done)


def advances_its_cursor_at_once(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    yield Page(cursor=done)
    yield from pages


def quotes_what_it_refuses(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    for page in pages:
        told = [Refusal(one.key, f"{one.reason}: Test Person") for one in page.refusals]
        yield replace(page, refusals=told)


def refuses_without_a_key(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    for page in pages:
        yield replace(page, refusals=[Refusal("", one.reason) for one in page.refusals])


def crashes(pages: Iterator[Page], done: Cursor) -> Iterator[Page]:
    """On an error of its own, with one that nobody sorted."""
    try:
        yield from pages
    except RpConnectError as error:
        raise KeyError("data") from error


SABOTEURS: tuple[Sabotage, ...] = (
    swallows_a_row,
    swallows_a_refusal,
    calls_what_broke_off_complete,
    advances_its_cursor_at_once,
    quotes_what_it_refuses,
    refuses_without_a_key,
    crashes,
)


@dataclass
class Sabotaged:
    """Reads as `honest` does, and then does its worst. `done` gives a good cursor of each kind."""

    honest: MisAdapter
    how: Sabotage
    done: Callable[[Kind], Cursor]

    def everything(self, kind: Kind) -> Reading:
        return self._worse(self.honest.everything(kind), kind)

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._worse(self.honest.changes(kind, cursor), kind)

    def _worse(self, reading: Reading, kind: Kind) -> Reading:
        return replace(reading, pages=lambda: self.how(reading.pages(), self.done(kind)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.honest, name)
