"""The reasons of an exclusion: which they are, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rp_arbor.listing import Listing
from rp_arbor.parts import Parts
from rp_arbor.values import Ref, Row, id_of, needed_ref, ref, shown, words

FURTHER, REASON, DFE_REASON = "ExclusionExclusionReason", "ExclusionReason", "UkDfe_ExclusionReason"


class _Reason(NamedTuple):
    """`word` is what Arbor shows for it."""

    key: str
    word: str


class Reasons:
    """For one reading."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._more = Parts(listing, FURTHER, "exclusion", _further)
        self._known: Mapping[str, str] | None = None

    def read_parts(self) -> None:
        self._more.read_all()

    def of(self, whose: Ref, row: Row) -> tuple[str, ...]:
        """The main one first, each once, as a DfE code where Arbor gives one, else in Arbor's own word."""
        main = ref(row, "exclusionReason")
        mine = [_Reason(main.key, shown(row, "exclusionReason"))] if main else []
        reasons = [*mine, *self._more.of(whose)]
        if self._known is None and reasons:
            self._known = _codes(self._listing)
        known = self._known or {}
        return tuple(dict.fromkeys(known.get(one.key) or one.word or one.key for one in reasons))


def _further(row: Row) -> _Reason:
    return _Reason(needed_ref(row, "exclusionReason").key, shown(row, "exclusionReason"))


def _codes(listing: Listing) -> Mapping[str, str]:
    """Reason id → code. The DfE's (code set D00024) goes before Arbor's export code, code and name."""
    found: dict[str, str] = {}
    for row in _rows(listing, REASON):
        key = id_of(row)
        if key is not None:
            found[key] = words(row, "exportCode") or words(row, "code") or words(row, "exclusionReasonName")
    for row in _rows(listing, DFE_REASON):
        key = id_of(row)
        if key is not None and words(row, "d00024"):
            found[key] = words(row, "d00024")
    return found


def _rows(listing: Listing, entity: str) -> Sequence[Row]:
    return [listing.filled(entity, row) or {} for page in listing.pages(entity) for row in page]
