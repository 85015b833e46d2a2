"""An exclusion is a suspension. Wonde gives no decision: what was created when is never taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from rp_connect.domain.calendar import Half
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_wonde.roll import Roll, pupil_in
from rp_wonde.settings import WondeSettings
from rp_wonde.values import BadRowError, Row, StrangerError, day_of, key_of, number_of, word_of

_BUILT_IN = {
    "susp": Category.SUSPENSION,
    "fixd": Category.SUSPENSION,
    "perm": Category.PERMANENT,
    "lnch": Category.LUNCHTIME,
}
"""The DfE's codes (CBDS); FIXD is what SUSP was called until 2021."""
LONGEST = 1000
"""Sessions; a pupil may be suspended for 90 in a school year."""


class Suspensions:
    """`unmapped` are types that mean nothing to us, verbatim. What ended before `oldest` is left out where
    its pupil is no longer known."""

    def __init__(self, own: WondeSettings, zone: ZoneInfo, roll: Roll, oldest: date) -> None:
        self._oldest = oldest
        self._types = {**_BUILT_IN, **own.suspension_types}
        self._zone = zone
        self._roll = roll
        self.unmapped: list[str] = []

    def read(self, row: Row) -> Iterator[SuspensionRecord]:
        """Raises BadRowError for what cannot be used. Without dates it is a case that asks for them."""
        key = key_of(row, "id")
        category = self._category(row)
        reason = word_of(row, "reason_code").upper() or word_of(row, "reason")
        held = row.get("student")
        student = held.get("data") if isinstance(held, dict) and "data" in held else held
        dates = self._dates(row, category)
        try:
            pupil = pupil_in(student, self._roll)
        except StrangerError:
            last = dates.end or dates.start
            if last is not None and last < self._oldest:
                return
            raise
        yield SuspensionRecord(
            id=key,
            pupil_id=pupil,
            category=category,
            reasons=(reason,) if reason else (),
            dates=dates,
        )

    def _category(self, row: Row) -> str:
        words = [word for word in (word_of(row, "type_code"), word_of(row, "type")) if word]
        if not words:
            raise BadRowError("type_code and type are missing")
        known = next((self._types[word.casefold()] for word in words if word.casefold() in self._types), None)
        if known is not None:
            return known
        if words[0] not in self.unmapped:
            self.unmapped.append(words[0])
        return words[0]

    def _dates(self, row: Row, category: str) -> Dates:
        dates = Dates(
            start=day_of(row, "start_date", self._zone),
            start_half=_half(row, "start_session"),
            end=day_of(row, "end_date", self._zone),
            end_half=_half(row, "end_session"),
            sessions=_sessions(row, category),
        )
        if dates.first is not None and dates.final is not None and dates.final < dates.first:
            raise BadRowError("the end is before the start")
        return dates


def _sessions(row: Row, category: str) -> int | None:
    """Half days; from `days` where only they are given and no end says more. None at all is no length."""
    given, days = number_of(row, "sessions"), number_of(row, "days")
    if not given and days and not row.get("end_date"):
        given = days * 2
    if given is None or (given == 0 and category != Category.LUNCHTIME):
        return None
    if given != int(given) or given > LONGEST:
        raise BadRowError("sessions is not a number of half days")
    return int(given)


def _half(row: Row, field: str) -> Half | None:
    word = word_of(row, field).upper()
    if not word:
        return None
    if word not in Half.__members__:
        raise BadRowError(f"{field} is neither AM nor PM")
    return Half[word]
