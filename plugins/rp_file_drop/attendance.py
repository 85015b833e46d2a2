"""attendance.csv: marks in order of day, half and pupil, read in little memory however long the file is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from operator import itemgetter

from rp_connect.domain.attendance import MEANINGS, Mark
from rp_connect.domain.calendar import Half
from rp_connect.ports.mis import Refusal
from rp_file_drop.cells import EVENTS, Cells, Sheet, UnreadableError
from rp_file_drop.gather import DIFFERS, Place
from rp_file_drop.pages import PAGE, Chunk
from rp_file_drop.rows import Row
from rp_file_drop.spool import Entry, Group, Refused, Spool
from rp_file_drop.tray import Tray
from rp_file_drop.words import note

CODE_LENGTH = 4
_ALWAYS = (date.min, date.max)
_BATCH = 5000
_REMEMBERED = 10_000


def sorted_marks(rows: Iterable[Row], sheet: Sheet, place: Place) -> Tray | Spool:
    """All marks of the file, in memory as long as they are few, else on disk."""
    held: Tray | Spool = Tray()
    marks, rows = Marks(sheet, place), iter(rows)
    while batch := list(islice(rows, _BATCH)):
        entries: list[Entry] = []
        refused: list[Refused] = []
        for row in batch:
            marks.read(row, entries, refused)
        held.add(entries, refused)
        if isinstance(held, Tray) and held.is_full:
            held = held.onto_disk()
    held.sort()
    return held


def chunks_of(held: Tray | Spool) -> Iterator[Chunk]:
    """The marks in order of day, half and pupil; then what could not be read."""
    yield from (_chunk(groups) for groups in held.groups(PAGE))
    for refused in held.refusals(PAGE):
        yield (), [Refusal(name, reason) for name, reason, _ in refused]


class Marks:
    """Rows become entries of the spool. Cells repeat a lot: what they mean is remembered, within bounds."""

    def __init__(self, sheet: Sheet, place: Place) -> None:
        self._sheet, self._place = sheet, place
        places = sheet.header.places
        self._pick = itemgetter(places["pupil_id"], places["date"], places["session"], places["code"])
        self._pupils: dict[str, str] = {}
        self._sessions: dict[tuple[str, str], int] = {}
        self._codes: dict[str, str | None] = {}

    def read(self, row: Row, entries: list[Entry], refused: list[Refused]) -> None:
        _, texts, fault = row
        if fault:
            self._refuse(Cells(row, self._sheet), fault, entries, refused)
            return
        pupil, day, half, code = self._pick(texts)
        try:
            entry = self._sessions[day, half], self._pupils[pupil], self._codes[code]
        except KeyError:
            cells = Cells(row, self._sheet)
            try:
                entry = self._learn(cells, pupil, (day, half), code)
            except UnreadableError as error:
                self._refuse(cells, str(error), entries, refused)
                return
        if entry[1] not in self._place.sites.elsewhere:
            entries.append(entry)

    def _learn(self, cells: Cells, pupil: str, when: tuple[str, str], code: str) -> Entry:
        for remembered in (self._pupils, self._sessions, self._codes):
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
        self._pupils[pupil] = cells.id("pupil_id")
        self._sessions[when] = _session(cells, EVENTS)
        self._codes[code] = _code(cells, self._place.unmapped)
        return self._sessions[when], self._pupils[pupil], self._codes[code]

    def _refuse(self, cells: Cells, reason: str, entries: list[Entry], refused: list[Refused]) -> None:
        """Under the row's key where it can be read, which then counts among the keys of the file."""
        pupil = cells.key("pupil_id")
        if pupil in self._place.sites.elsewhere:
            return
        try:
            session = _session(cells, _ALWAYS)
        except UnreadableError:
            pupil = ""
        if pupil:
            entries.append((session, pupil, None))
        refused.append((cells.line, _name(session, pupil) if pupil else f"line {cells.line}", reason))


def _session(cells: Cells, between: tuple[date, date]) -> int:
    """A number that sorts as (day, half) does."""
    day, half = cells.calendar_date("date", between), cells.half("session")
    if day is None or half is None:
        raise UnreadableError("date is empty" if day is None else "session is empty")
    return day.toordinal() * 2 + half


def _when(session: int) -> tuple[date, Half]:
    return date.fromordinal(session // 2), Half(session % 2)


def _name(session: int, pupil: str) -> str:
    day, half = _when(session)
    return f"{pupil}/{day}/{half.name}"


def _code(cells: Cells, unmapped: list[str]) -> str | None:
    """None is no mark."""
    code = cells.text("code").upper()
    if len(code) > CODE_LENGTH:
        raise UnreadableError(f"code is longer than {CODE_LENGTH} characters")
    if code and code not in MEANINGS:
        note(code, unmapped)
    return code or None


def _chunk(groups: Iterable[Group]) -> Chunk:
    marks: list[Mark] = []
    refusals: list[Refusal] = []
    last, day, half = -1, date.min, Half.AM
    for session, pupil, code, other in groups:
        if session != last:
            last, (day, half) = session, _when(session)
        if code is not None and code == other:
            marks.append(Mark(pupil, day, half, code))
        elif code is not None:
            refusals.append(Refusal(_name(session, pupil), DIFFERS))
    return marks, refusals
