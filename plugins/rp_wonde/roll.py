"""Which Wonde id stands for which pupil: exclusions, behaviours and marks bear the id, we know the `upi`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rp_wonde.client import Row, Wonde
from rp_wonde.faults import NotGrantedError
from rp_wonde.people import INCLUDES, pupil_of
from rp_wonde.values import BadRowError, StrangerError, key_of, key_or_none

LEAVERS = "students-leaver"


def pupil_rows(wonde: Wonde, path: str, since: str | None, details: Sequence[str]) -> Iterator[object]:
    """With as many details as the school grants: Wonde may refuse a whole list for one of them."""
    window = {"updated_after": since} if since else {}
    for count in range(len(details), 0, -1):
        try:
            yield from wonde.rows(path, {"include": ",".join(details[:count]), **window})
        except NotGrantedError:
            continue  # raised before the first row only
        return
    yield from wonde.rows(path, window)


def leavers_of(wonde: Wonde, since: str, details: Sequence[str]) -> Iterator[object]:
    """Nobody where the school does not give them: a leaving date then comes with the pupil's own row."""
    try:
        yield from pupil_rows(wonde, LEAVERS, since, details)
    except NotGrantedError:
        return


class Roll:
    """Read when it is first asked, and for one reading only. A pupil whose row was refused is not in it.

    With `checks`, a pupil whom another record names by `upi` must be in it too: whole lists reach back to
    pupils who left long ago, and the core would wait for each of them.
    """

    def __init__(self, wonde: Wonde, zone: ZoneInfo, leavers_since: str, *, checks: bool = False) -> None:
        self.checks = checks
        self._wonde = wonde
        self._zone = zone
        self._since = leavers_since
        self._now: dict[str, str] | None = None
        self._upis: frozenset[str] = frozenset()
        self._left: dict[str, str] | None = None

    def upi_of(self, wonde_id: object) -> str | None:
        key = key_or_none(wonde_id)
        return None if key is None else self._here().get(key) or self._gone().get(key)

    def id_of(self, upi: str) -> str | None:
        """Of a pupil who is here now."""
        return next((wonde_id for wonde_id, held in self._here().items() if held == upi), None)

    def holds(self, upi: str) -> bool:
        self._here()
        return upi in self._upis

    def knows(self, upi: str) -> bool:
        return self.holds(upi) or upi in self._gone().values()

    def _here(self) -> dict[str, str]:
        if self._now is None:
            self._now = self._pairs(pupil_rows(self._wonde, "students", None, INCLUDES[:1]))
            self._upis = frozenset(self._now.values())
        return self._now

    def _gone(self) -> dict[str, str]:
        if self._left is None:
            self._left = self._pairs(leavers_of(self._wonde, self._since, INCLUDES[:1]))
        return self._left

    def _pairs(self, rows: Iterable[object]) -> dict[str, str]:
        """A row that cannot be read has its refusal with the reading of pupils."""
        found: dict[str, str] = {}
        for row in rows:
            try:
                if isinstance(row, dict):
                    found[key_of(row, "id")] = pupil_of(row, self._zone).id
            except BadRowError:
                continue
        return found


def pupil_in(include: object, roll: Roll) -> str:
    """The `upi` of a pupil that another record names. Raises StrangerError where nobody is named or known."""
    named: Row = include if isinstance(include, dict) else {"id": include}
    upi = key_or_none(named.get("upi")) or roll.upi_of(named.get("id"))
    if upi is None or (roll.checks and not roll.knows(upi)):
        raise StrangerError("names a pupil whom Wonde does not give")
    return upi
