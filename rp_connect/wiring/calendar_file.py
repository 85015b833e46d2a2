"""A school's calendar comes from its MIS where that has one, else from the file that the settings name."""

from __future__ import annotations

from rp_connect.ports.mis import Cursor, Kind, MisAdapter, OutcomeNote, Probe, Reading


class WithCalendarFile:
    """An MIS whose missing calendar is read from a file; everything else is the MIS's own."""

    def __init__(self, mis: MisAdapter, file: MisAdapter) -> None:
        self._mis = mis
        self._file = file

    def probe(self) -> Probe:
        return self._mis.probe()

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        reading = self._mis.changes(kind, cursor)
        if kind is Kind.CALENDAR and not reading.given:
            return self._file.changes(kind, cursor)
        return reading

    def everything(self, kind: Kind) -> Reading:
        reading = self._mis.everything(kind)
        if kind is Kind.CALENDAR and not reading.given:
            return self._file.everything(kind)
        return reading

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self._mis.find_outcome(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self._mis.write_outcome(note)
