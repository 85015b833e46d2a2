"""A rehearsal: units of work that see one another and leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from rp_connect.errors import StoreError
from rp_connect.ports.store import UnitOfWork
from rp_connect.storage.faults import explained
from rp_connect.storage.session import Session
from rp_connect.storage.unit_of_work import SqlUnitOfWork


class Rehearsal:
    """One transaction, which begins with its first unit of work; `end` undoes it.

    On SQLite others wait for it as for any writer, so a rehearsal should not dawdle; on PostgreSQL nobody
    waits for it.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Session]]) -> None:
        self._transaction = transaction
        self._open = ExitStack()
        self._session: Session | None = None
        self._over = False

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        session = self._whole().part()
        with explained():
            savepoint = session.connection.begin_nested()

        def commit() -> None:
            session.connection  # noqa: B018 - refuses a second commit
            with explained():
                savepoint.commit()
            session.end()

        try:
            yield SqlUnitOfWork(session, commit)
        finally:
            session.end()
            with explained():
                savepoint.close()

    def end(self) -> None:
        self._over = True
        self._open.close()

    def _whole(self) -> Session:
        if self._over:
            raise StoreError("The rehearsal is over: nothing more can be tried in it.")
        if self._session is None:
            self._session = self._open.enter_context(self._transaction())
        return self._session
