"""What a check is, and where all of them are: a function named by a sentence, once for each of its rooms."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from rp_connect.testing.workspace_kit.rig import Can, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import NOTICES, RECORDS, Room

PACKAGE = "rp_connect.testing.workspace_kit"
MODULES = (
    *("finding", "changing", "losing_nothing", "task_days", "task_states", "reading_back"),
    *("meeting_times", "meeting_people", "sheets", "odd_words", "several", "faults"),
    *("administration", "privacy"),
)
Function = Callable[..., None]
MARK = "__workspace_kit__"


@dataclass(frozen=True, slots=True)
class Terms:
    """For which rooms a check is, what the workspace must have declared, and what it must not have."""

    rooms: tuple[Room, ...] = ()
    needs: tuple[Can, ...] = ()
    without: tuple[Can, ...] = ()
    needs_words: bool = False
    needs_revisions: bool = False
    several: bool = False
    rows: bool = False


def check(
    *rooms: Room,
    needs: Sequence[Can] = (),
    without: Sequence[Can] = (),
    needs_words: bool = False,
    needs_revisions: bool = False,
    several: bool = False,
    rows: bool = False,
) -> Callable[[Function], Function]:
    """Marks a function as a check; with rooms it is called as `function(rig, room)` for each."""

    def mark(function: Function) -> Function:
        terms = Terms(rooms, tuple(needs), tuple(without), needs_words, needs_revisions, several, rows)
        setattr(function, MARK, terms)
        return function

    return mark


@dataclass(frozen=True, slots=True)
class Check:
    function: Function
    room: Room | None
    needs: frozenset[Can]
    without: frozenset[Can]

    @property
    def id(self) -> str:
        name = self.function.__name__
        return f"{name}[{self.room.attribute}]" if self.room else name

    @property
    def sentence(self) -> str:
        return self.function.__name__.replace("_", " ").capitalize()

    @property
    def reason(self) -> str:
        return inspect.getdoc(self.function) or ""

    def stands_aside(self, can: frozenset[Can]) -> str:
        """Why it does not apply to a workspace that declares this; empty where it does."""
        if missing := sorted(self.needs - can):
            return f"this workspace does not declare that it can {', '.join(missing)}"
        if too_much := sorted(self.without & can):
            return f"this workspace can {', '.join(too_much)}"
        return ""

    def run(self, rig: WorkspaceUnderTest) -> None:
        """Raises AssertionError, with a sentence, where the promise is not kept."""
        self.function(*((rig,) if self.room is None else (rig, self.room)))


def all_checks() -> list[Check]:
    """Every check in the order of its module and place."""
    modules = [import_module(f"{PACKAGE}.{name}") for name in MODULES]
    functions = [f for module in modules for f in vars(module).values() if is_check_of(f, module.__name__)]
    return [made for function in functions for made in checks_of(function)]


def is_check_of(function: Any, module: str) -> bool:  # noqa: ANN401 - whatever a module holds
    return hasattr(function, MARK) and function.__module__ == module


def checks_of(function: Function) -> list[Check]:
    terms: Terms = getattr(function, MARK)
    return [_made(function, terms, room) for room in terms.rooms or (None,)]


def _made(function: Function, terms: Terms, room: Room | None) -> Check:
    needs = set(terms.needs)
    if room is not None:
        wanted = (
            (Can.NOTICES, room is NOTICES),
            (room.words, terms.needs_words),
            (room.revisions, terms.needs_revisions),
            (room.at_once, terms.several),
            (Can.RECORD_ROWS, terms.rows and room is RECORDS),
        )
        needs |= {can for can, asked in wanted if asked and can is not None}
    return Check(function, room, frozenset(needs), frozenset(terms.without))
