"""What the author of an MIS adapter supplies: the vendor's side of the invented school."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from rp_connect.domain.attendance import Mark
from rp_connect.ports.mis import Kind, MisAdapter, MisSettings, MisSpec
from rp_connect.ports.register import Register
from rp_connect.testing.mis_kit.held import InventedMis, ShownOutcome
from rp_connect.testing.mis_kit.school import LONDON, School
from rp_connect.testing.mis_kit.words import Can, Fault

__all__ = ["Asked", "Can", "Fault", "MisUnderTest"]
SECRET = "canary-secret-8842-do-not-print"  # noqa: S105 - it is looked for in what is printed
_CAPABILITIES = {
    Kind.CALENDAR: "calendar",
    Kind.PUPIL: "pupils",
    Kind.STAFF: "staff",
    Kind.INCIDENT: "incidents",
    Kind.SUSPENSION: "suspensions",
    Kind.ATTENDANCE: "attendance",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the vendor: how many records of which kind it gave, which fields were asked
    for (as `MisSpec.fields` names them), and whether it wrote."""

    kind: Kind | None = None
    rows: int = 0
    fields: tuple[str, ...] = ()
    writes: bool = False


class InventedSecrets:
    """Every reference stands for the same secret."""

    def read(self, reference: str) -> str:
        return SECRET


class MisUnderTest(ABC):
    """One school's MIS, as empty as it comes; a context manager.

    `spec` is what the plugin registers. `kinds` are those that this MIS ever gives. `page` is how many
    records the vendor gives at once. `lacks` are paths of fields that it has not ("suspension.dates.start",
    "incident.occurred.at": a day and no time): they must then be empty. What changes in another way on its
    way through the vendor is told by `expressible`. `longest_s` is how long silence may be
    listened to; `paused_s` is how long the adapters wished to wait between two tries (`pause`).
    """

    spec: MisSpec
    can: frozenset[Can]
    page: int
    kinds: tuple[Kind, ...] = tuple(Kind)
    deletable: tuple[Kind, ...] = (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION)
    lacks: frozenset[str] = frozenset()
    secrets: tuple[str, ...] = (SECRET,)
    longest_s: float = 15.0

    def __init__(self) -> None:
        self.mis = InventedMis()
        self.paused_s = 0.0
        self._folder = tempfile.TemporaryDirectory(prefix="mis-kit-")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    # ------------------------------------------------------------------ what an author writes

    @abstractmethod
    def settings(self) -> Mapping[str, object]:
        """The table of the configuration by which an adapter reaches this MIS. A reference to a secret may
        be "env:" and any name."""

    def publish(self) -> None:
        """What `self.mis` holds has changed: bring the outside into line, unless it is served from there."""
        return

    def expressible(self, school: School) -> School:
        """The school as an adapter of this MIS can at best give it."""
        return school.without(self.lacks)

    def count_keys(self, kind: Kind, school: School) -> int:
        """The number that `Reading.keys` should be, of a school that is expressible."""
        return len(school.of(kind))

    @property
    def capabilities(self) -> frozenset[str]:
        """What `probe` should say where everything is granted."""
        names = {_CAPABILITIES[kind] for kind in self.kinds}
        names |= {"outcomes"} if Can.OUTCOMES in self.can else set()
        return frozenset(names | ({"marks"} if Can.MARKS in self.can else set()))

    def outcomes(self) -> Sequence[ShownOutcome]:
        """The outcomes that stand in the MIS, each as often as it does."""
        return self.mis.outcomes

    def entered(self) -> Sequence[Mark]:
        """The marks that were written into the register, in order, each as often as it was (MARKS)."""
        return tuple(self.mis.entered)

    @abstractmethod
    def standing(self) -> object:
        """All that stands there, in a form that compares equal as long as nothing was written."""

    def asked(self) -> Sequence[Asked]:
        """Every request since the beginning (SHOW_REQUESTS)."""
        return ()

    def failing(self, fault: Fault, after: int = 0) -> AbstractContextManager[None]:
        """Inside, whatever is asked of the vendor `after` so many good answers ends like this (FAIL)."""
        raise NotImplementedError

    # ------------------------------------------------------------------ what the checks do with it

    def hold(self, school: School) -> School:
        """From now on the MIS holds this; gives what an adapter should make of it."""
        self.mis.hold(school)
        self.publish()
        return self.expressible(school)

    def spoil(self, kind: Kind, key: str) -> None:
        self.mis.spoil(kind, key)
        self.publish()

    @contextmanager
    def withholding(self, kind: Kind) -> Iterator[None]:
        self.mis.withheld.add(kind)
        self.publish()
        try:
            yield
        finally:
            self.mis.withheld.discard(kind)
            self.publish()

    def open(self, timezone: ZoneInfo = LONDON) -> MisAdapter:
        """An adapter over this MIS; each call gives another one, as after a restart."""
        return self.build(self._settings(timezone))

    def open_register(self) -> Register:
        """The same of the register (MARKS). Raises AssertionError where the plugin registers none."""
        assert self.spec.register is not None, "the plugin registers nothing that could write a mark"
        return self.spec.register(self._settings(LONDON))

    def _settings(self, timezone: ZoneInfo) -> MisSettings:
        own = self.spec.settings.model_validate(dict(self.settings()))
        calendar = self.folder / "calendar.csv"
        return MisSettings("northwick", "", timezone, calendar, self.folder, own, InventedSecrets())

    def build(self, settings: MisSettings) -> MisAdapter:
        """What the plugin builds; an adapter that pauses between two tries is better built with `pause`."""
        return self.spec.build(settings)

    def pause(self, seconds: float) -> None:
        """In the place of `time.sleep`: nobody waits for it, and it counts as time that was listened."""
        self.paused_s += seconds

    def capability(self, kind: Kind) -> str:
        return _CAPABILITIES[kind]
