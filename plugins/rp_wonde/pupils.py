"""Readings of pupils: those on roll, and those who left lately.

Wonde tells of a deleted pupil by the Wonde id alone, so the cursor remembers which `upi` each id stood for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import chain
from zoneinfo import ZoneInfo

from rp_connect.domain.people import PupilRecord
from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Tombstone
from rp_wonde.batches import LARGEST, Item, items_of, pages_of
from rp_wonde.client import Row, Wonde
from rp_wonde.deletions import deletions_of
from rp_wonde.people import INCLUDES, leaver_of, newer, pupil_of
from rp_wonde.roll import Roll, leavers_of, pupil_rows
from rp_wonde.values import key_of, key_or_none
from rp_wonde.watermark import past_start, share_left

LABEL = "students"
ReadRow = Callable[[Row, ZoneInfo], PupilRecord]


class PupilReadings:
    """For one reading. `ids` are those of Wonde that it met, with their `upi`."""

    def __init__(self, wonde: Wonde, zone: ZoneInfo, roll: Roll, size: int) -> None:
        self._wonde = wonde
        self._zone = zone
        self._roll = roll
        self._size = size
        self._ids: dict[str, str] = {}
        self._held: dict[str, PupilRecord] = {}

    def everything(self, done: Cursor) -> Reading:
        """Its keys are those on roll, each once, and a share of whoever left (`share_left`): somebody who
        moves from the one list to the other has not disappeared."""
        here = [item for item in self._here(None) if not isinstance(item, PupilRecord)]
        keys, on_roll = len(self._held) + len(here), set(self._held)
        left = [item for item in self._gone(None) if not isinstance(item, PupilRecord)]
        keys += self._share_left(on_roll)
        held: list[Item] = [*self._held.values(), *here, *left]
        return Reading(LABEL, lambda: self._pages(iter(held), LARGEST, done), keys=keys)

    def changes(self, since: str | None, cursor: Cursor | None, done: Cursor) -> Reading:
        self._ids = _ids(cursor)
        items = self._items(since)
        first = next(items, None)
        if first is None and since:
            return Reading(LABEL, lambda: iter(()), unchanged=True)
        began = items if first is None else chain([first], items)
        return Reading(LABEL, lambda: self._pages(began, self._size, done))

    def _pages(self, items: Iterator[Item], size: int, done: Cursor) -> Iterator[Page]:
        """The ids are complete only once everything was read."""
        for page in pages_of(items, size, done):
            yield page if page.cursor is None else Page(cursor={**done, "ids": dict(self._ids)})

    def _items(self, since: str | None) -> Iterator[Item]:
        yield from self._here(since)
        yield from self._gone(since)
        if since is not None:
            yield from self._deleted(since)

    def _here(self, since: str | None) -> Iterator[Item]:
        rows = pupil_rows(self._wonde, LABEL, since, INCLUDES)
        yield from items_of(rows, self._pupil(pupil_of, lambda _: True), _name)

    def _gone(self, since: str | None) -> Iterator[Item]:
        stays_gone = self._left if since is None else self._left_by_now
        rows = leavers_of(self._wonde, since or past_start(self._wonde.now()), INCLUDES)
        yield from items_of(rows, self._pupil(leaver_of, stays_gone), _name)

    def _share_left(self, on_roll: Collection[str]) -> int:
        today = self._wonde.now().astimezone(self._zone).date()
        days = [one.on_roll_to for upi, one in self._held.items() if upi not in on_roll]
        return round(sum(share_left(day, today) for day in days if day is not None))

    def _pupil(self, read_row: ReadRow, counts: Callable[[str], bool]) -> Callable[[Row], Iterator[Item]]:
        def read(row: Row) -> Iterator[Item]:
            record = read_row(row, self._zone)
            self._ids[key_of(row, "id")] = record.id
            held = self._held.get(record.id)
            best = record if held is None else newer(held, record)
            if best is not held and counts(record.id):
                self._held[record.id] = best
                yield best

        return read

    def _left(self, upi: str) -> bool:
        """Whoever was met among those on roll has not left."""
        return upi not in self._held or self._held[upi].on_roll_to is not None

    def _left_by_now(self, upi: str) -> bool:
        return self._left(upi) and not self._roll.holds(upi)

    def _deleted(self, since: str) -> Iterator[Item]:
        """A pupil who came back under another id has not gone."""
        for told in deletions_of(self._wonde, Kind.PUPIL, since, self._zone):
            if not isinstance(told, Tombstone):
                yield told
                continue
            upi = self._ids.pop(told.id, None)
            if upi is not None and not self._roll.holds(upi):
                yield Tombstone(upi, told.deleted)


def _name(row: Row) -> str | None:
    return key_or_none(row.get("upi")) or key_or_none(row.get("id"))


def _ids(cursor: Cursor | None) -> dict[str, str]:
    held = (cursor or {}).get("ids")
    return {str(key): str(upi) for key, upi in held.items()} if isinstance(held, dict) else {}
