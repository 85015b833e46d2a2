"""What every MIS adapter promises of any answer, by what a page or an error says: nothing here is shared with
an adapter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_connect.ports.mis import Cursor, Page, Reading, Record, Refusal, Tombstone

SORTED = (AccessError, ConfigError, TryLaterError)
"""How a reading may end (rp_connect/ports/mis.py); anything else is a crash."""


@dataclass
class Kept:
    """What the core would hold of a reading so far: pages are taken in as they come, also before an error."""

    records: list[Record] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    tombstones: list[Tombstone] = field(default_factory=list)
    cursor: Cursor | None = None
    ended: bool = False

    def take(self, page: Page) -> None:
        self.records += page.records
        self.refusals += page.refusals
        self.tombstones += page.tombstones


@dataclass
class Tally:
    """`whole` are readings that came to their end, `stood` the cursors that were judged."""

    answers: int = 0
    readings: int = 0
    whole: int = 0
    stood: int = 0
    refusals: int = 0
    records: int = 0


def kept_of(
    begin: Callable[[], Reading], private: Collection[str], judge: Callable[[Kept], None], tally: Tally
) -> Kept:
    """Reads to the end or to an error of ours, and has each cursor judged by what was kept before it."""
    kept = Kept()
    tally.readings += 1
    try:
        reading = begin()
        for page in reading.pages():
            kept.take(page)
            check_refusals(page.refusals, private)
            if page.cursor is not None:
                kept.cursor = page.cursor
                tally.stood += 1
                judge(kept)
        kept.ended = reading.given and not reading.unchanged
    except RpConnectError as error:
        check_error(error, private)
    tally.whole += kept.ended
    tally.refusals += len(kept.refusals)
    tally.records += len(kept.records)
    return kept


def check_error(error: RpConnectError, private: Collection[str]) -> None:
    assert isinstance(error, SORTED), f"{type(error).__name__} is no way in which a reading may end"
    assert " " in str(error), "no sentence for a person"
    assert not list(quoted(f"{error} {error!r}", private)), "an error quotes what a record holds"


def check_refusals(refusals: Iterable[Refusal], private: Collection[str]) -> None:
    """By a key, with a reason, and with nothing of what the record holds."""
    for one in refusals:
        assert one.key.strip(), "a refusal without a key"
        assert one.reason.strip(), "a refusal without a reason"
        assert len(one.key) < 150, "a key as long as contents"
        assert len(one.reason) < 150, "a reason as long as contents"
        assert not list(quoted(f"{one.key} {one.reason}", private)), "a refusal quotes what a record holds"


def quoted(told: str, private: Collection[str]) -> Iterator[str]:
    return (word for word in private if word in told)
