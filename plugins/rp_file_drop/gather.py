"""Rows become records by key. Unreadable ones are refused; equal ones count once, differing ones never."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rp_connect.ports.mis import Record, Refusal
from rp_file_drop.cells import Cells, UnreadableError
from rp_file_drop.sites import Sites

DIFFERS = "is there more than once, and the rows differ"

T = TypeVar("T")
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What a row needs to know beyond itself; `unmapped` is filled while rows are read."""

    sites: Sites
    unmapped: list[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a file gave. `keys` is None where the file's rows have no keys."""

    records: list[Record]
    refusals: list[Refusal]
    keys: int | None


@dataclass(slots=True)
class Gathered(Generic[T]):
    """`good` is in the order of the file; a key is refused once, for the first reason that was found."""

    good: dict[Key, T] = field(default_factory=dict)
    keys: set[Key] = field(default_factory=set)
    reasons: dict[Key, str] = field(default_factory=dict)

    @property
    def records(self) -> list[T]:
        return list(self.good.values())

    @property
    def refusals(self) -> list[Refusal]:
        return [Refusal(_name(key), reason) for key, reason in self.reasons.items()]


def gather(rows: Iterable[Cells], key_columns: tuple[str, ...], read: Callable[[Cells], T]) -> Gathered[T]:
    """Where a row's key cannot be read, or rows have none, a row goes by its line."""
    found: Gathered[T] = Gathered()
    differing: set[Key] = set()
    for cells in rows:
        key = _key(cells, key_columns)
        if not isinstance(key[0], int):
            found.keys.add(key)
        try:
            value = _read(cells, read)
        except UnreadableError as error:
            found.reasons.setdefault(key, str(error))
            continue
        if found.good.setdefault(key, value) != value:
            differing.add(key)
    for key in differing:
        del found.good[key]
        found.reasons.setdefault(key, DIFFERS)
    return found


def _key(cells: Cells, columns: tuple[str, ...]) -> Key:
    parts = tuple(cells.key(column) for column in columns)
    return parts if parts and all(parts) else (cells.line,)


def _name(key: Key) -> str:
    return f"line {key[0]}" if isinstance(key[0], int) else "/".join(str(part) for part in key)


def _read(cells: Cells, read: Callable[[Cells], T]) -> T:
    if cells.fault:
        raise UnreadableError(cells.fault)
    return read(cells)
