"""A whole store moves into another one, of either kind, in one transaction; the first one stays as it was.

Values travel as they lie, past the domain: what was stored years ago arrives as it was, judged by nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from rp_connect.domain.effect import EffectState
from rp_connect.errors import BusyError, StoreError
from rp_connect.storage.case_tables import effects
from rp_connect.storage.counters import last_number, put_last_number
from rp_connect.storage.faults import explained
from rp_connect.storage.owners import is_dead
from rp_connect.storage.session import Session
from rp_connect.storage.store import SqlStore
from rp_connect.storage.tables import schools
from rp_connect.storage.types import Document, Word

AT_ONCE = 5000
_MODULUS = 2**256
METADATA = effects.metadata


class Progress(Protocol):
    def begin(self, label: str, total: int) -> None: ...
    def advance(self, count: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Moved:
    """One table: how many rows it has, and a digest of them all that is the same in both stores."""

    table: str
    rows: int
    digest: str


def move_store(source: SqlStore, target: SqlStore, progress: Progress) -> Sequence[Moved]:
    """Copies every table of `source` into the empty `target`, compares both, and only then commits.

    Nobody writes into either meanwhile. Raises BusyError while somebody is at work in `source`, StoreError
    where `target` holds anything, or not what it was given; then nothing was written there.
    """
    with ExitStack() as stack:
        stack.enter_context(source.lock("store copy"))
        for school in _schools_of(source):
            stack.enter_context(source.lock(f"sync {school}"))
        read = stack.enter_context(source.alone())
        _refuse_while_sending(read)
        written = stack.enter_context(target.alone())
        _refuse_what_is_not_empty(written)
        moved = [_move(table, read, written, progress) for table in METADATA.sorted_tables]
        with explained():
            written.connection.commit()
        return moved


def _schools_of(source: SqlStore) -> Sequence[str]:
    with source.alone() as session:
        return [row.school for row in session.rows(sa.select(schools.c.school).order_by(schools.c.no))]


def _refuse_while_sending(read: Session) -> None:
    """A lease that ran out, or whose worker is dead, moves as it is: who finds it looks before sending."""
    leased = sa.select(effects.c.owner, effects.c.leased_until).where(effects.c.state == EffectState.LEASED)
    now = read.now()
    if any(row.leased_until > now and not is_dead(row.owner) for row in read.rows(leased)):
        raise BusyError(
            "A worker is sending from this store just now: stop every “rp-connect run” and “deliver”,"
            " and try again."
        )


def _refuse_what_is_not_empty(written: Session) -> None:
    for table in METADATA.sorted_tables:
        if written.first(sa.select(sa.literal(1)).select_from(table).limit(1)):
            raise StoreError(
                f"The store to copy into is not empty ({table.name} has rows): nothing was written there."
                " Name one that is new."
            )


def _move(table: sa.Table, read: Session, written: Session, progress: Progress) -> Moved:
    plain = as_it_lies(table)
    count = _count(read, table)
    progress.begin(f"{table.name}: copied and compared", 2 * count)
    given = _Digest()

    def rows() -> Iterator[Sequence[tuple[Any, ...]]]:
        for some in _read(read, plain):
            given.take(some)
            yield some
            progress.advance(len(some))

    _write(written, plain, rows())
    if (number := table.autoincrement_column) is not None:
        put_last_number(written, table, number, last_number(read, table, number))
    found = _Digest()
    for some in _read(written, plain):
        found.take(some)
        progress.advance(len(some))
    if (given.rows, given.hex) != (found.rows, found.hex) or given.rows != count:
        raise StoreError(f"The copy of {table.name} is not what was read: nothing was written.")
    return Moved(table.name, found.rows, found.hex)


def as_it_lies(table: sa.Table) -> sa.Table:
    """The same columns without what the domain makes of them: words and documents are text."""
    columns = [
        sa.Column(column.name, sa.Text() if isinstance(column.type, Word | Document) else column.type)
        for column in table.columns
    ]
    return sa.Table(table.name, sa.MetaData(), *columns)


def _count(session: Session, table: sa.Table) -> int:
    row = session.first(sa.select(sa.func.count()).select_from(table))
    return int(row[0]) if row else 0


def _read(session: Session, plain: sa.Table) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Some rows at a time, in no order: a trust has more of them than memory."""
    with explained():
        result = session.connection.execution_options(yield_per=AT_ONCE).execute(sa.select(plain))
        for some in result.partitions():
            yield [tuple(row) for row in some]


def _write(session: Session, plain: sa.Table, rows: Iterator[Sequence[tuple[Any, ...]]]) -> None:
    if session.postgres:
        _copy_in(session, plain, rows)
        return
    names = [column.name for column in plain.columns]
    for some in rows:
        session.run(plain.insert(), [dict(zip(names, row, strict=True)) for row in some])


def _copy_in(session: Session, plain: sa.Table, rows: Iterator[Sequence[tuple[Any, ...]]]) -> None:
    """PostgreSQL's own way of taking many rows."""
    quote = session.connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in plain.columns)
    statement = f"COPY {quote(plain.name)} ({columns}) FROM STDIN"
    with explained(session.connection.dialect.loaded_dbapi.Error):
        driver: Any = session.connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for some in rows:
                for row in some:
                    copy.write_row(row)


class _Digest:
    """The sum of the digests of all rows: the same in whatever order they come."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def take(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.rows += len(rows)
        for row in rows:
            digest = hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % _MODULUS

    @property
    def hex(self) -> str:
        return f"{self._sum:064x}"
