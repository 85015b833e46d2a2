"""From rows to pages: what cannot be read is refused by key, everything else is kept."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from rp_connect.domain.attendance import Mark
from rp_connect.ports.mis import Cursor, Page, Record, Refusal, Tombstone
from rp_wonde.client import Document, Row
from rp_wonde.envelope import rows_of
from rp_wonde.values import BadRowError, key_or_none

LARGEST = 1000
"""Records a page, at most."""

Item = Record | Refusal | Tombstone
ToItems = Callable[[Row], Iterable[Item]]
NameOf = Callable[[Row], str | None]


def id_of(row: Row) -> str | None:
    return key_or_none(row.get("id"))


def items_of(rows: Iterable[object], to_items: ToItems, name_of: NameOf = id_of) -> Iterator[Item]:
    """Each row's records, or its refusal under the name that `name_of` gives it."""
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            yield Refusal(f"row {number}", "it is no record")
            continue
        try:
            yield from to_items(row)
        except BadRowError as error:
            yield Refusal(name_of(row) or f"row {number}", str(error))
        except ValueError:
            yield Refusal(name_of(row) or f"row {number}", "it cannot be read")


def pages_of(items: Iterator[Item], size: int, done: Cursor) -> Iterator[Page]:
    """Each when it is asked for; `done` comes last and alone, when nothing can be missing any more."""
    while some := list(islice(items, min(size, LARGEST))):
        yield _page(some)
    yield Page(cursor=done)


def _page(items: list[Item]) -> Page:
    """A session that was marked twice (a pupil who came back has two ids) has the mark that came last."""
    marks = {item[:3]: item for item in items if isinstance(item, Mark)}
    others = [item for item in items if not isinstance(item, Mark | Refusal | Tombstone)]
    return Page(
        records=[*others, *marks.values()],
        refusals=[item for item in items if isinstance(item, Refusal)],
        tombstones=[item for item in items if isinstance(item, Tombstone)],
    )


class Held:
    """A whole list, compressed: Wonde gives no totals, so its keys are counted before any page is given.

    A row that came twice, because the list moved on while it was read, counts and is given once.
    """

    def __init__(self, documents: Iterable[Document], path: str) -> None:
        self._path = path
        self._contents: list[bytes] = []
        self.keys: set[str] = set()
        unnamed = 0
        for document in documents:
            for row in rows_of(document.envelope, path):
                key = id_of(row) if isinstance(row, dict) else None
                unnamed += key is None
                self.keys.update([key] if key else [])
            self._contents.append(zlib.compress(document.content, 1))
        self.count = len(self.keys) + unnamed

    def rows(self) -> Iterator[object]:
        given: set[str] = set()
        for content in self._contents:
            for row in rows_of(json.loads(zlib.decompress(content)), self._path):
                key = id_of(row) if isinstance(row, dict) else None
                if key is None or key not in given:
                    yield row
                given.update([key] if key else [])
