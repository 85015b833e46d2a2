"""Readings of attendance: by what was changed, two weeks at a time, each a safe place to go on from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import Page, Reading
from rp_wonde.attendance import LEAVERS_MARKS, MARKS, MarkBook
from rp_wonde.batches import Item, items_of, pages_of
from rp_wonde.client import Row, Wonde
from rp_wonde.faults import NotGrantedError
from rp_wonde.roll import Roll
from rp_wonde.settings import WondeSettings
from rp_wonde.watermark import done_at, windows, year_start

Window = tuple[str, str | None]


class RegisterReadings:
    """For one reading."""

    def __init__(self, wonde: Wonde, zone: ZoneInfo, roll: Roll, own: WondeSettings) -> None:
        self._wonde = wonde
        self._book = MarkBook(wonde, zone, roll)
        self._size = own.per_page
        self._leavers = True

    def read(self, since: str | None) -> Reading:
        """None: this school year. Raises NotGrantedError, also where the codes are not given: a mark would
        mean nothing."""
        now = self._wonde.now()
        first_step, *steps = windows(since or year_start(now), now)
        rows = self._rows(first_step)
        begun = list(islice(rows, 1))  # a row may be null, which is no end of the list
        if not begun and since and not steps:
            return Reading(MARKS, lambda: iter(()), unchanged=True)
        self._book.learn()
        began = chain(begun, rows)

        def pages() -> Iterator[Page]:
            for step, marks in chain([(first_step, began)], ((step, self._rows(step)) for step in steps)):
                after = done_at(now) if step[1] is None else {"since": step[1]}
                yield from pages_of(items_of(marks, self._marks, self._book.name_of), self._size, after)

        return Reading(MARKS, pages, unmapped=self._book.unmapped)

    def _marks(self, row: Row) -> Iterator[Item]:
        mark = self._book.read(row)
        if mark is not None:
            yield mark

    def _rows(self, step: Window) -> Iterator[object]:
        """Those of pupils, then those of whoever left, where the school gives them."""
        after, before = step
        window = {"updated_after": after, **({"updated_before": before} if before else {})}
        yield from self._wonde.rows(MARKS, window)
        if not self._leavers:
            return
        try:
            yield from self._wonde.rows(LEAVERS_MARKS, window)
        except NotGrantedError:
            self._leavers = False
