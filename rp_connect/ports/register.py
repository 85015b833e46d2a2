"""The register of an MIS that takes single attendance marks. Only what a person chose is written into it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.domain.mark_choice import MarkChoice
from rp_connect.errors import TryLaterError


class MarkPlace(NamedTuple):
    """Where a mark stands: a pupil, by the MIS's id, on a day, in one of its halves."""

    pupil_id: str
    day: date
    half: Half


@dataclass(frozen=True, slots=True, repr=False)
class ChosenMark:
    """A choice with the pupil whom it is about, by the id in this MIS."""

    choice: MarkChoice
    pupil_id: str

    @property
    def key(self) -> str:
        return self.choice.key

    @property
    def place(self) -> MarkPlace:
        return MarkPlace(self.pupil_id, *self.choice.session)

    @property
    def mark(self) -> Mark:
        return Mark(*self.place, self.choice.code)

    def __repr__(self) -> str:
        return f"<ChosenMark {self.key}>"


class Register(Protocol):
    """One school's register. Every method may raise AccessError, TryLaterError, ConfigError, and
    UnsupportedError where this school lets nobody write into its register."""

    def codes(self) -> Collection[str]:
        """The codes that can be written, in capitals: those that the school has."""
        ...

    def read(self, places: Collection[MarkPlace], since: datetime) -> Mapping[MarkPlace, str | TryLaterError]:
        """What the register says of these places now. A place is left out where nothing stands, and may be
        left out where nothing was entered since that moment: an MIS need not be able to say more than what
        changed. TryLaterError for a place while a mark that this process wrote there is still on its way."""
        ...

    def write(self, mark: Mark) -> None:
        """Enter one mark, in place of what stands there. Never called without `read` before it.

        Raises GoneError (no such pupil), ConfigError (the school does not have that code, or its MIS took
        the mark for none), UnclearError (on its way, or nobody knows).
        """
        ...


class MarkChoices(Protocol):
    """The choices as the store keeps them: the newest of each session."""

    def of_case(self, ref: str) -> Mapping[str, MarkChoice]:
        """By key."""
        ...

    def by_key(self, keys: Collection[str]) -> Mapping[str, MarkChoice]: ...
    def put(self, choice: MarkChoice) -> None:
        """Insert or replace by session."""
        ...
