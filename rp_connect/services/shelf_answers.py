"""What a shelf of a workspace answers, as values: a fault of one item, or of the plugin, stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import OutcomeNote
from rp_connect.ports.register import ChosenMark
from rp_connect.ports.workspace import (
    CaseRecord,
    Meetings,
    Notice,
    Notices,
    Outcome,
    Records,
    Tasks,
    WorkspaceMeeting,
    WorkspaceTask,
    Written,
)
from rp_connect.services.write_back import OutcomeShelf
from rp_connect.services.write_marks import MarkShelf

T = TypeVar("T")
Shelf = Tasks | Meetings | Records | Notices | OutcomeShelf | MarkShelf
Shown = WorkspaceTask | WorkspaceMeeting | CaseRecord | Notice | OutcomeNote | ChosenMark


class PluginFailedError(RpConnectError):
    """The plugin broke instead of answering: a person must look, and what it wrote may have landed."""

    under_way = True

    def __init__(self, what: str) -> None:
        super().__init__(f"The workspace plugin failed ({what}); please report this.")


class OneByOne:
    """A shelf that takes one at a time, as one that takes several; what it raises is a value."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = cast(Any, shelf)

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        return [ask(partial(self._shelf.find, key)) for key in keys]

    def create_all(self, items: Sequence[Shown]) -> Sequence[Outcome]:
        return [ask(partial(self._shelf.create, item)) for item in items]

    def update_all(self, changes: Sequence[tuple[str, Shown]]) -> Sequence[Outcome]:
        return [ask(partial(self._shelf.update, held, item)) for held, item in changes]


def as_outcome(answer: Outcome | None) -> Outcome:
    """A write always says how it ended."""
    return PluginFailedError("no answer") if answer is None else answer


def ask(call: Callable[[], T]) -> T | RpConnectError:
    """What it raises is a value."""
    try:
        return call()
    except RpConnectError as fault:
        return fault
    except Exception as fault:  # noqa: BLE001 - a fault of one plugin parks its effect and stops nobody else
        return PluginFailedError(type(fault).__name__)


def ask_all(call: Callable[[], Sequence[T]], count: int) -> Sequence[T | RpConnectError]:
    """What ends the whole call is the answer of each. Nobody is asked about nothing."""
    if not count:
        return []
    answers = ask(call)
    if isinstance(answers, RpConnectError):
        return [answers] * count
    if len(answers) != count:
        return [PluginFailedError(f"{len(answers)} answers to {count} questions")] * count
    return answers
