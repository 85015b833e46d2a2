"""Takes a good MIS adapter and breaks one promise of it: a saboteur is what the kit must catch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any, cast

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Kind, Page, Reading
from rp_connect.testing.mis_kit import Can, Check, Fault, MisUnderTest
from rp_connect.testing.mis_kit.checks import Function, checks_of
from rp_connect.testing.mis_kit.school import LONDON
from tests.testing.paperbark import PaperbarkRig

MODULES = ("records", "cursors", "breaking_off", "deletions", "faults", "house", "outcomes", "marks")
IMPATIENT_S = 1.0


@dataclass(frozen=True)
class Saboteur:
    """Breaks `check`, by `does`, for each of its kinds or for `kinds` alone.

    `methods` take the place of the adapter's own, and get the tampered thing first; `rig` are values in the
    place of the rig's own; `paperbark`: it needs to reach behind the adapter, as only Paperbark lets it.
    """

    check: Function
    does: str
    kinds: tuple[Kind, ...]
    rig: dict[str, Any]
    methods: dict[str, Any]
    paperbark: bool

    @property
    def id(self) -> str:
        return f"{self.check.__name__}: {self.does}"

    @cached_property
    def checks(self) -> list[Check]:
        return [check for check in checks_of(self.check) if not self.kinds or check.kind in self.kinds]

    def over(self, rig: MisUnderTest) -> MisUnderTest:
        return cast("MisUnderTest", TamperedRig(rig, self))


SABOTEURS: list[Saboteur] = []


def saboteur(
    check: Function,
    does: str,
    /,
    *,
    kinds: tuple[Kind, ...] = (),
    rig: dict[str, Any] | None = None,
    paperbark: bool = False,
    **methods: Any,
) -> None:
    SABOTEURS.append(Saboteur(check, does, kinds, rig or {}, methods, paperbark))


def all_saboteurs() -> list[Saboteur]:
    """Of all modules, in their order."""
    for name in MODULES:
        import_module(f"tests.testing.mis_saboteurs.{name}")
    return SABOTEURS


class TamperedRig:
    """The good rig, but for the adapters that it opens. `memory` outlives a restart, and holds the last fault
    that was played."""

    def __init__(self, rig: MisUnderTest, saboteur: Saboteur) -> None:
        self.rig, self.saboteur = rig, saboteur
        self.memory: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        changed = self.saboteur.rig.get(name)
        return getattr(self.rig, name) if changed is None else changed(self.rig)

    def open(self, timezone: Any = LONDON) -> Any:
        made: Tampered = type("Tampered", (Tampered,), dict(self.saboteur.methods))(
            self.rig.open(timezone), self.rig, self.memory, timezone
        )
        return made

    def failing(self, fault: Fault, after: int = 0) -> Any:
        self.memory["fault"] = fault
        return self.rig.failing(fault, after)

    def open_register(self) -> Any:
        """Over what the good rig's plugin registers, unless the saboteur registers something else."""
        made: TamperedRegister = type("TamperedRegister", (TamperedRegister,), dict(self.saboteur.methods))(
            type(self.rig).open_register(cast("MisUnderTest", self)), self.rig, self.memory
        )
        return made


class TamperedRegister:
    """The same of a register."""

    def __init__(self, inner: Any, rig: Any, memory: dict[Any, Any]) -> None:
        self.inner, self.rig, self.memory = inner, rig, memory

    def codes(self) -> Any:
        return self.inner.codes()

    def read(self, places: Any, since: Any) -> Any:
        return self.inner.read(places, since)

    def write(self, mark: Any) -> Any:
        return self.inner.write(mark)


class Tampered:
    """`inner` is the good adapter; `own` is forgotten with this object, `memory` is not."""

    def __init__(self, inner: Any, rig: Any, memory: dict[Any, Any], timezone: Any) -> None:
        self.inner, self.rig, self.memory, self.timezone = inner, rig, memory, timezone
        self.own: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def __repr__(self) -> str:
        return "<Tampered>"

    def probe(self) -> Any:
        return self.inner.probe()

    def everything(self, kind: Kind) -> Any:
        return self.inner.everything(kind)

    def changes(self, kind: Kind, cursor: Any) -> Any:
        return self.inner.changes(kind, cursor)

    def find_outcome(self, note: Any) -> Any:
        return self.inner.find_outcome(note)

    def write_outcome(self, note: Any) -> Any:
        return self.inner.write_outcome(note)


Change = Callable[[Any, Reading], Reading]
Pages = Callable[[Any, Iterator[Page]], Iterator[Page]]


def reading(change: Change) -> dict[str, Any]:
    """Both ways of reading, with each reading changed."""
    return {
        "everything": lambda s, kind: change(s, s.inner.everything(kind)),
        "changes": lambda s, kind, cursor: change(s, s.inner.changes(kind, cursor)),
    }


def later(change: Change) -> dict[str, Any]:
    """Readings that go on from a cursor, changed."""

    def changes(s: Any, kind: Kind, cursor: Any) -> Reading:
        given: Reading = s.inner.changes(kind, cursor)
        return given if cursor is None else change(s, given)

    return {"changes": changes}


def by_pages(change: Pages) -> Change:
    return lambda s, given: replace(given, pages=lambda: change(s, given.pages()))


def by_page(change: Callable[[Any, Page], Page]) -> Change:
    return by_pages(lambda s, pages: (change(s, page) for page in pages))


def by_records(change: Callable[[Any, list[Any]], list[Any]]) -> Change:
    return by_page(lambda s, page: replace(page, records=change(s, list(page.records))))


def ending(end: Callable[[RpConnectError], Iterable[Page]], *faults: Fault) -> dict[str, Any]:
    """Where a reading breaks off, by one of these faults or by any, `end` gives what comes then."""

    def pages_of(s: Any, pages: Iterator[Page]) -> Iterator[Page]:
        try:
            yield from pages
        except RpConnectError as error:
            if faults and s.memory["fault"] not in faults:
                raise
            yield from end(error)

    return reading(by_pages(pages_of))


def erring(change: Callable[[RpConnectError], Any]) -> dict[str, Any]:
    """Every error is exchanged: for another one, or for what is given in its place."""

    def instead(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except RpConnectError as error:
            other = change(error)
            if isinstance(other, Exception):
                raise other from None
            return other

    def safe_pages(given: Reading) -> Iterator[Page]:
        pages = given.pages()
        while (page := instead(lambda: next(pages, None))) is not None:
            yield page

    def safe(given: Any) -> Any:
        return replace(given, pages=lambda: safe_pages(given)) if isinstance(given, Reading) else given

    return {
        "probe": lambda s: instead(s.inner.probe),
        "everything": lambda s, kind: safe(instead(lambda: s.inner.everything(kind))),
        "changes": lambda s, kind, cursor: safe(instead(lambda: s.inner.changes(kind, cursor))),
        "find_outcome": lambda s, note: instead(lambda: s.inner.find_outcome(note)),
        "write_outcome": lambda s, note: instead(lambda: s.inner.write_outcome(note)),
    }


def first(*steps: Any) -> Any:
    """The last of several steps in one expression."""
    return steps[-1]


def refuse(error: RpConnectError) -> Any:
    raise error


def ground(check: Check) -> PaperbarkRig:
    """A Paperbark that can do as much as the check allows; of all kinds where the check is of one."""
    kinds = tuple(Kind) if check.kind else tuple(kind for kind in Kind if kind is not Kind.CALENDAR)
    rig = PaperbarkRig(frozenset(Can) - check.terms.without, kinds)
    rig.longest_s = IMPATIENT_S
    return rig


def end_of(
    saboteur: Saboteur, rig: MisUnderTest, check: Check, judged: Check | None = None
) -> Exception | None:
    """How the check (or `judged`) ended against the saboteur of `check`: None where it got away."""
    try:
        (judged or check).run(saboteur.over(rig))
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller judges it
        return error
    return None
