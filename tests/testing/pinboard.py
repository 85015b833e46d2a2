"""A workspace in memory that can do everything: what saboteurs start from. It passes the whole kit itself."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import EffectKind
from rp_connect.domain.task import TaskState
from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.in_turn import InTurn, at_once
from rp_connect.ports.workspace import Busy, LaneLimits, SeenTask, Workspace, Written
from rp_connect.testing.workspace_kit import Can, Shown, ShownMeeting, ShownTask, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import answer_of

KEY = re.compile(r"[!-~]{1,200}")


@dataclass
class Pin:
    id: str
    item: Any
    version: int = 1
    words: str = ""
    online: bool = False

    @property
    def written(self) -> Written:
        return Written(self.id, str(self.version), self.item.revision)

    def change(self, **values: object) -> None:
        self.item = replace(self.item, **values)
        self.version += 1


@dataclass
class Board:
    """The outside system."""

    pins: dict[EffectKind, list[Pin]] = field(default_factory=lambda: {kind: [] for kind in EffectKind})
    own: list[str] = field(default_factory=list)
    busy: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    fault: RpConnectError | None = None
    only_writes: bool = False
    after: bool = False
    made: int = 0
    lock: Any = field(default_factory=threading.RLock)

    def ask(self, *, writes: bool) -> None:
        if self.fault is not None and not self.after and (writes or not self.only_writes):
            raise self.fault

    def answer(self) -> None:
        if self.fault is not None and self.after:
            raise self.fault


class PinShelf:
    def __init__(self, board: Board, kind: EffectKind, *, online: bool) -> None:
        self.board, self.kind, self.online = board, kind, online

    def _pin(self, key: str) -> Pin | None:
        return next((pin for pin in self.board.pins[self.kind] if pin.item.key == key), None)

    def find(self, key: str) -> Written | None:
        self.board.ask(writes=False)
        pin = self._pin(key)
        return pin.written if pin else None

    def create(self, item: Any) -> Written:
        if not KEY.fullmatch(item.key):
            raise ConfigError("This key cannot be pinned to a board.")
        with self.board.lock:
            self.board.ask(writes=True)
            if self._pin(item.key):
                raise ConflictError(f"{item.key} is on the board already.")
            self.board.made += 1
            pin = Pin(f"pin-{self.board.made}", item, online=self.online and getattr(item, "online", False))
            self.board.pins[self.kind].append(pin)
            self.board.answer()
            return pin.written

    def update(self, external_id: str, item: Any) -> Written:
        with self.board.lock:
            self.board.ask(writes=True)
            pin = next((pin for pin in self.board.pins[self.kind] if pin.id == external_id), None)
            if pin is None:
                raise GoneError(f"{item.key} is not on the board any more.")
            if getattr(item, "seen_version", None) not in (None, str(pin.version)):
                raise ConflictError(f"{item.key} was changed by somebody.")
            if pin.item.revision > item.revision:
                raise ConflictError(f"{item.key} is newer on the board.")
            pin.item, pin.version = item, pin.version + 1
            self.board.answer()
            return pin.written


class PinTasks(PinShelf):
    def everything(self) -> Iterator[SeenTask]:
        self.board.ask(writes=False)
        for pin in list(self.board.pins[self.kind]):
            item = pin.item
            done = item.state is not TaskState.OPEN
            yield SeenTask(item.key, pin.id, str(pin.version), done, item.day, item.assignees)


class Several:
    """Several at once, one by one."""

    find: Any
    create: Any
    update: Any

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        return [answer_of(partial(self.find, key)) for key in keys]

    def create_all(self, items: Sequence[Any]) -> Sequence[Written | RpConnectError]:
        return [answer_of(partial(self.create, item)) for item in items]

    def update_all(self, changes: Sequence[tuple[str, Any]]) -> Sequence[Written | RpConnectError]:
        return [answer_of(partial(self.update, *change)) for change in changes]


class SeveralPins(Several, PinShelf): ...


class SeveralTasks(Several, PinTasks): ...


class PinWorkspace:
    settles_after = 0.0

    def __init__(self, board: Board, can: frozenset[Can], in_turn: InTurn = at_once) -> None:
        self._board, self._can, self._in_turn = board, can, in_turn
        self.lanes: Mapping[str, LaneLimits] = {"calendar": LaneLimits(alone=Can.IN_TURN in can)}
        self.online_meetings = Can.ONLINE_MEETINGS in can
        self.scope = f"pinboard {id(board)}"
        shelf, tasks = (SeveralPins, SeveralTasks) if Can.TASKS_AT_ONCE in can else (PinShelf, PinTasks)
        made = {kind: shelf(board, kind, online=self.online_meetings) for kind in EffectKind}
        self.tasks: Any = tasks(board, EffectKind.TASK, online=False)
        self.meetings: Any = made[EffectKind.MEETING]
        self.records: Any = made[EffectKind.RECORD]
        self.summaries: Any = made[EffectKind.SUMMARY]
        self.notices: Any = made[EffectKind.NOTICE] if Can.NOTICES in can else None

    def busy(self, people: Sequence[str], begins: datetime, ends: datetime) -> Sequence[Busy]:
        if Can.BUSY not in self._can:
            return []
        with self._in_turn(self.scope, "calendar", self.settles_after, 1.0):
            taken = self._board.busy
        return [Busy(b, e) for who, b, e in taken if who in people and b < ends and e > begins]

    def probe(self) -> Sequence[str]:
        answer = answer_of(lambda: self._board.ask(writes=False))
        return [str(answer)] if isinstance(answer, RpConnectError) else []

    def setup(self) -> Sequence[str]:
        self._board.ask(writes=True)
        return ["The board has all it needs."]


class Pinboard(WorkspaceUnderTest):
    people = ("head@northwick.example", "lead@northwick.example", "tutor@northwick.example")
    secrets = ("pinboard-token-5d1c",)

    def __init__(self, can: frozenset[Can] = frozenset(Can)) -> None:
        self.can = can
        self.board = Board()

    def open(self) -> Workspace:
        return PinWorkspace(self.board, self.can)

    def open_in_turn(self, in_turn: InTurn) -> Workspace:
        return PinWorkspace(self.board, self.can, in_turn)

    def elsewhere(self, timezone: ZoneInfo) -> Pinboard:
        return Pinboard(self.can)

    def standing(self) -> object:
        pins = {
            kind: [(p.id, p.item, p.version, p.words) for p in held] for kind, held in self.board.pins.items()
        }
        return pins, list(self.board.own)

    def pin(self, kind: EffectKind, key: str) -> Pin:
        return next(pin for pin in self.board.pins[kind] if pin.item.key == key)

    def tasks(self) -> Sequence[ShownTask]:
        return [shown_task(pin) for pin in self.board.pins[EffectKind.TASK]]

    def meetings(self) -> Sequence[ShownMeeting]:
        return [shown_meeting(pin) for pin in self.board.pins[EffectKind.MEETING]]

    def sheets(self, kind: EffectKind) -> Sequence[Shown]:
        return [shown_sheet(pin) for pin in self.board.pins[kind]]

    def delete(self, kind: EffectKind, key: str) -> None:
        self.board.pins[kind].remove(self.pin(kind, key))

    def complete(self, key: str) -> None:
        self.pin(EffectKind.TASK, key).change(state=TaskState.DONE)

    def reopen(self, key: str) -> None:
        self.pin(EffectKind.TASK, key).change(state=TaskState.OPEN)

    def redate(self, key: str, day: date | None) -> None:
        self.pin(EffectKind.TASK, key).change(day=day)

    def reassign(self, key: str, people: Sequence[str]) -> None:
        self.pin(EffectKind.TASK, key).change(assignees=tuple(people))

    def add_own_task(self, title: str) -> None:
        self.board.own.append(title)

    def own_tasks(self) -> Sequence[str]:
        return list(self.board.own)

    def write_into(self, kind: EffectKind, key: str, words: str) -> None:
        pin = self.pin(kind, key)
        pin.words += words
        pin.version += 1

    def take(self, person: str, begins: datetime, ends: datetime) -> None:
        self.board.busy.append((person, begins, ends))

    @contextmanager
    def _with(
        self, fault: RpConnectError, *, only_writes: bool = False, after: bool = False
    ) -> Iterator[None]:
        board = self.board
        board.fault, board.only_writes, board.after = fault, only_writes, after
        try:
            yield
        finally:
            board.fault = None

    def losing_answers(self) -> Any:
        return self._with(UnclearError("It may have been pinned."), after=True)

    def cutting_writes(self) -> Any:
        return self._with(UnclearError("It may have been pinned."), only_writes=True)

    def refusing(self) -> Any:
        return self._with(AccessError("The board is locked; a person must unlock it."))

    def vanished(self) -> Any:
        return self._with(AccessError("The board is not there; a person must hang it up again."))

    def asking_for_patience(self, seconds: float | None) -> Any:
        return self._with(TryLaterError("The board is being cleaned.", retry_after=seconds), only_writes=True)


def shown_task(pin: Pin) -> ShownTask:
    item = pin.item
    text = "\n".join([item.title, item.details, item.link, pin.words])
    finished = item.state is not TaskState.OPEN
    return ShownTask(item.key, pin.id, item.title, text, item.day, finished, tuple(item.assignees))


def shown_meeting(pin: Pin) -> ShownMeeting:
    item = pin.item
    return ShownMeeting(
        key=item.key,
        external_id=pin.id,
        title=item.title,
        text="\n".join([item.title, item.place, item.link, pin.words]),
        at=item.at,
        minutes=item.minutes,
        place=item.place,
        invited=tuple(item.invited),
        cancelled=item.cancelled,
        online=pin.online,
        apart=item.apart,
    )


def shown_sheet(pin: Pin) -> Shown:
    item = pin.item
    if hasattr(item, "facts"):
        words = [value for fact in item.facts for value in fact] + [
            value for row in item.tasks for value in row
        ]
    else:
        words = [*item.lines, *item.to]
    return Shown(item.key, pin.id, item.key, "\n".join([item.title, *words, pin.words]))
