"""Takes a good workspace and breaks one promise of it: a saboteur is what the kit must catch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from rp_connect.errors import RpConnectError
from rp_connect.ports.in_turn import InTurn
from rp_connect.ports.workspace import Bulk
from rp_connect.testing.workspace_kit import Can, Check, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.checks import Function, checks_of
from rp_connect.testing.workspace_kit.rooms import EVERY
from tests.testing.pinboard import Pinboard

Result = TypeVar("Result")
MODULES = ("writing", "tasks", "meetings", "texts", "several", "faults", "house")
WORKSPACE = "workspace"
ROOMS = {room.attribute: room for room in EVERY}


@dataclass(frozen=True)
class Saboteur:
    """Breaks `check`, by `does`. Where `on` names no room, it tampers with the room that is checked.

    `methods` take the place of the workspace's own, and get the tampered thing first; `pinboard`: it needs
    to reach behind the workspace, which only the pinboard lets it.
    """

    check: Function
    does: str
    on: str
    methods: dict[str, Any]
    pinboard: bool

    @property
    def id(self) -> str:
        return f"{self.check.__name__}: {self.does}"

    @cached_property
    def checks(self) -> list[Check]:
        return checks_of(self.check)

    def over(self, rig: WorkspaceUnderTest, check: Check) -> WorkspaceUnderTest:
        on = self.on or (check.room.attribute if check.room else WORKSPACE)
        return cast("WorkspaceUnderTest", TamperedRig(rig, self, on))


SABOTEURS: list[Saboteur] = []


def saboteur(check: Function, does: str, /, *, on: str = "", pinboard: bool = False, **methods: Any) -> None:
    SABOTEURS.append(Saboteur(check, does, on, methods, pinboard))


def all_saboteurs() -> list[Saboteur]:
    """Of all modules, in their order."""
    for name in MODULES:
        import_module(f"tests.testing.saboteurs.{name}")
    return SABOTEURS


class TamperedRig:
    """The good rig, but for the workspaces that it opens. `memory` outlives a restart."""

    def __init__(self, rig: WorkspaceUnderTest, saboteur: Saboteur, on: str) -> None:
        self.rig, self.saboteur, self.on = rig, saboteur, on
        self.memory: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rig, name)

    def open(self) -> Any:
        return self._over(self.rig.open())

    def open_in_turn(self, in_turn: InTurn) -> Any:
        return self._over(self.rig.open_in_turn(in_turn))

    def _over(self, workspace: Any) -> Any:
        if self.on == WORKSPACE:
            return self._tampered(workspace, WORKSPACE)
        place = self._tampered(workspace, "")
        vars(place)[self.on] = self._tampered(getattr(workspace, self.on), self.on)
        vars(place)["place"] = workspace
        return place

    def elsewhere(self, timezone: ZoneInfo) -> TamperedRig:
        return TamperedRig(self.rig.elsewhere(timezone), self.saboteur, self.on)

    def _tampered(self, inner: Any, on: str) -> Tampered:
        bases = (TamperedBulk,) if isinstance(inner, Bulk) else (Tampered,)
        methods = self.saboteur.methods if on else {}
        made: Tampered = type("Tampered", bases, dict(methods))(inner, self, ROOMS.get(on))
        return made


class Tampered:
    """`inner` is the good thing; `own` is forgotten with this object, `memory` is not."""

    def __init__(self, inner: Any, tampered_rig: TamperedRig, room: Any) -> None:
        self.inner, self.room = inner, room
        self.rig, self.memory, self.can = tampered_rig.rig, tampered_rig.memory, tampered_rig.rig.can
        self.own: set[Any] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def there(self, key: str) -> Any:
        """What people see under the key."""
        return next((one for one in self.room.shown(self.rig) if one.key == key), None)


class TamperedBulk(Tampered):
    def find_all(self, keys: Sequence[str]) -> Any:
        return self.inner.find_all(keys)

    def create_all(self, items: Sequence[Any]) -> Any:
        return self.inner.create_all(items)

    def update_all(self, changes: Sequence[tuple[str, Any]]) -> Any:
        return self.inner.update_all(changes)


def instead(call: Callable[[], Any], error: type[RpConnectError], other: Callable[[], Any]) -> Any:
    """What `call` gives, or `other` where it raises `error`."""
    try:
        return call()
    except error:
        return other()


def refuse(error: RpConnectError) -> Any:
    raise error


def first(*steps: Any) -> Any:
    """The last of several steps in one expression."""
    return steps[-1]


def ground(check: Check) -> Pinboard:
    """A pinboard that can do as much as the check allows."""
    return Pinboard(frozenset(Can) - check.without)


def end_of(
    saboteur: Saboteur, check: Check, rig: WorkspaceUnderTest, judged: Check | None = None
) -> Exception | None:
    """How the check (or `judged`) ended against the saboteur of `check`: None where it got away."""
    try:
        (judged or check).run(saboteur.over(rig, check))
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller judges it
        return error
    return None
