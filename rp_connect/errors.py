"""Everything that can go wrong, sorted by what happens next.

RpConnectError
├── ConfigError        a person changes a setting or the command         (exit 2)
│   └── UsageError     … the words of this one command
├── AccessError        a person renews a consent or a permission         (exit 1)
├── TryLaterError      the machine tries again, not before `retry_after` (exit 1)
├── UnclearError       a write may or may not have landed: look first    (exit 1)
├── GoneError          the thing outside is no longer there: decide anew (exit 1)
├── ConflictError      somebody else changed it: read again, plan again  (exit 1)
├── BadRecordError     this record is refused by key, the rest goes on   (exit 3)
├── GuardError         a person must confirm before this goes on         (exit 3)
├── PartlySetUpError   a person grants what is missing, then again      (exit 1)
├── BusyError          somebody else is at it: nothing was done          (exit 3)
├── GateError          the casework gate has not been passed             (exit 2)
├── NotFoundError      there is no such case, task or effect             (exit 2)
├── UnsupportedError   this adapter cannot do that                       (exit 2)
└── StoreError         the store cannot be read or written               (exit 1)

Messages are whole sentences for the person who must act. They name record keys, never a name, an e-mail
address, a date of birth, free text or a secret.
"""

from __future__ import annotations

from collections.abc import Sequence


class RpConnectError(Exception):
    """Base of the family. `exit_code` is what the command line ends with; `under_way`: no answer came, and
    the outside system may still be at what it was asked."""

    exit_code = 1
    under_way: bool = False


class ConfigError(RpConnectError):
    """A setting is missing, unknown or wrong; the message names the key and the line."""

    exit_code = 2


class UsageError(ConfigError):
    """The words of a command do not fit together."""


class AccessError(RpConnectError):
    """An outside system refused us; a person renews a consent, a password or a permission."""


class TryLaterError(RpConnectError):
    """An outside system asks for patience. `retry_after` is in seconds (None: it did not say). `look_first`:
    a write may have been carried out all the same, so `find(key)` before it is sent again; then, and for a
    reading without an answer, it may be `under_way`."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        look_first: bool = False,
        under_way: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.look_first = look_first
        self.under_way = look_first if under_way is None else under_way


class UnclearError(RpConnectError):
    """A write may or may not have landed: look before it is sent again, not before `retry_after` seconds. It
    may be `under_way` unless that is said not to be so."""

    def __init__(self, message: str, *, retry_after: float | None = None, under_way: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.under_way = under_way


class GoneError(RpConnectError):
    """The object that was to be changed is no longer in the outside system."""


class ConflictError(RpConnectError):
    """The object changed since it was read: read it again and plan again."""


class BadRecordError(RpConnectError):
    """One record cannot be read. It is refused by `key`; every other record is used."""

    exit_code = 3

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


class GuardError(RpConnectError):
    """Something looks so unlike yesterday that a person must confirm it."""

    exit_code = 3


class PartlySetUpError(RpConnectError):
    """Some parts of a workspace were refused; each of the others was seen to all the same. `done` and
    `refused` are sentences, one for each step."""

    def __init__(self, done: Sequence[str], refused: Sequence[str]) -> None:
        super().__init__(" ".join(refused))
        self.done = done
        self.refused = refused


class BusyError(RpConnectError):
    """Another process is doing this already; nothing was done here."""

    exit_code = 3


class GateError(RpConnectError):
    """The stage asked for lies behind the casework gate."""

    exit_code = 2


class NotFoundError(RpConnectError):
    """The case, task, effect or school that was named does not exist."""

    exit_code = 2


class UnsupportedError(RpConnectError):
    """The adapter or workspace does not have this capability."""

    exit_code = 2


class StoreError(RpConnectError):
    """The store cannot be opened, read or written (disk full, read-only, locked, newer schema)."""
