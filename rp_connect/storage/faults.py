"""What a database's complaint means for the person who must act. Its own words and values stay here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from rp_connect.errors import StoreError


class ClashError(StoreError):
    """Two writers wanted the same key: the later one was refused."""


LOCKED = "The store is locked by another process and stayed so: nothing was written, try again."
_FULL = "The disk of the store is full: nothing was written."
_READ_ONLY = "The store is read-only: nothing was written."
_DAMAGED = "The store's file is damaged, or is not a database."
_DANGLING = "A record points to one that the store does not hold: nothing was written."
_UNFIT = "A record has a value that the store cannot hold: nothing was written."
_LOST = "The connection to the database server was lost, or could not be made."
_REFUSED = "The database server refuses us: the user, the password or a permission is wrong."
_NO_ROOM = "The database server is out of room, memory or connections: nothing was written."
_UNPROVEN = "The database server could not be proven to be ours: look at its certificate and at sslrootcert."
_NOWHERE = "The database that the settings name does not exist on its server."
_CROSSED = "Two writers were in each other's way: nothing was written here, try again."
_UNKNOWN = "The store could not do what was asked of it"

# By the beginning of the driver's own name for it; the longest that fits counts.
_SQLITE: Mapping[str, str] = {
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": "The store's file cannot be opened: its folder or its permissions stand in the way.",
    "SQLITE_PERM": "The store's file cannot be opened: its folder or its permissions stand in the way.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_IOERR": "The disk of the store does not answer as it should: nothing was written.",
    "SQLITE_CONSTRAINT": _DANGLING,
    "SQLITE_TOOBIG": _UNFIT,
}
_POSTGRES: Mapping[str, str] = {
    "08": _LOST,
    "22": _UNFIT,
    "23": _DANGLING,
    "25006": _READ_ONLY,
    "28": _REFUSED,
    "3D": _NOWHERE,
    "40": _CROSSED,
    "42501": _REFUSED,
    "53": _NO_ROOM,
    "53100": _FULL,
    "55P03": LOCKED,
    "57014": "The database server stopped the work at its time limit: nothing was written.",
    "57P": _LOST,
    "58": "The database server's disk does not answer as it should: nothing was written.",
}
# A refusal at the door has no code, only words; the first that fit count. A server writes its “init file”
# while it lets somebody in.
_AT_THE_DOOR: Mapping[str, str] = {
    "authentication failed": _REFUSED,
    "no pg_hba.conf entry": _REFUSED,
    "permission denied": _REFUSED,
    "too many clients": _NO_ROOM,
    "too many connections": _NO_ROOM,
    "remaining connection slots": _NO_ROOM,
    'FATAL:  role "': _REFUSED,
    "root certificate file": _UNPROVEN,
    "certificate verify failed": _UNPROVEN,
    "does not match host name": _UNPROVEN,
    "server does not support SSL": _UNPROVEN,
    "does not exist": _NOWHERE,
    "could not write init file": _FULL,
}
_CLASHES = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"}


@contextmanager
def explained(*driver: type[BaseException]) -> Iterator[None]:
    """Whatever the database says inside leaves as StoreError, without its words and without a trail to them.

    `driver` are the errors of a driver that is used past SQLAlchemy.
    """
    known: tuple[type[BaseException], ...] = (SQLAlchemyError, UnicodeError, OverflowError, *driver)
    try:
        yield
    except known as error:
        raise explain(error) from None


def explain(error: BaseException) -> StoreError:
    cause = error.orig if isinstance(error, sa.exc.StatementError) and error.orig is not None else error
    sqlite, postgres = getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None)
    if sqlite in _CLASHES or postgres in _CLASHES:
        return ClashError("Another writer was quicker with the same record: nothing was written, try again.")
    if sqlite or postgres:
        code = str(sqlite or postgres)
        return StoreError(_longest(_SQLITE if sqlite else _POSTGRES, code) or f"{_UNKNOWN} ({code}).")
    return StoreError(_without_code(cause))


def _longest(sentences: Mapping[str, str], code: str) -> str | None:
    fits = [start for start in sentences if code.startswith(start)]
    return sentences[max(fits, key=len)] if fits else None


def _without_code(cause: BaseException) -> str:
    if isinstance(cause, sa.exc.TimeoutError):
        return "Too many things use the store at once: try again."
    if isinstance(cause, UnicodeError | OverflowError | ValueError | TypeError):
        return _UNFIT
    kind = type(cause).__name__
    if kind in ("OperationalError", "InterfaceError") and type(cause).__module__.startswith("psycopg"):
        return _sign_in(str(cause))
    return _UNFIT if kind == "DataError" else f"{_UNKNOWN} ({kind})."


def _sign_in(words: str) -> str:
    return next((sentence for known, sentence in _AT_THE_DOOR.items() if known in words), _LOST)
