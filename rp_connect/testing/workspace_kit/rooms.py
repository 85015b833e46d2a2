"""The rooms of a workspace as the checks see them: what they have in common is checked in each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import Workspace
from rp_connect.testing.workspace_kit import invented
from rp_connect.testing.workspace_kit.rig import Can, Shown, WorkspaceUnderTest

Answer = TypeVar("Answer")
CHANGED = "Marigold"
"""The word by which a changed thing is known."""


@dataclass(frozen=True, slots=True)
class Room:
    """`attribute` is the workspace's; `invent(n, people)` makes the n-th thing for it."""

    kind: EffectKind
    attribute: str
    invent: Callable[[int, tuple[str, ...]], Any]
    words: Can | None
    revisions: Can
    at_once: Can | None

    def shelf(self, workspace: Workspace) -> Any:  # noqa: ANN401 - a shelf of any of the rooms
        return getattr(workspace, self.attribute)

    def item(self, rig: WorkspaceUnderTest, n: int = 1) -> Any:  # noqa: ANN401 - an item of any of the rooms
        return self.invent(n, rig.people)

    def changed(self, item: Any, word: str = CHANGED) -> Any:  # noqa: ANN401 - as above
        """The next revision of it, with `word` where people read it."""
        later = replace(item, revision=item.revision + 1)
        if self.kind in (EffectKind.RECORD, EffectKind.SUMMARY):
            facts = (item.facts[0], ("Stage", word), *item.facts[2:])
            return replace(later, facts=facts, columns={**item.columns, "stage": word})
        return replace(later, title=f"{item.title.split(' · ')[0]} · {word}")

    def shown(self, rig: WorkspaceUnderTest) -> Sequence[Shown]:
        if self.kind is EffectKind.TASK:
            return rig.tasks()
        if self.kind is EffectKind.MEETING:
            return rig.meetings()
        return rig.sheets(self.kind)

    def standing(self, rig: WorkspaceUnderTest) -> list[str]:
        return sorted(shown.key for shown in self.shown(rig))


TASKS = Room(EffectKind.TASK, "tasks", invented.task, Can.TASK_WORDS, Can.TASK_REVISIONS, Can.TASKS_AT_ONCE)
MEETINGS = Room(
    EffectKind.MEETING,
    "meetings",
    invented.meeting,
    Can.MEETING_WORDS,
    Can.MEETING_REVISIONS,
    Can.MEETINGS_AT_ONCE,
)
RECORDS = Room(
    EffectKind.RECORD,
    "records",
    invented.record,
    Can.RECORD_WORDS,
    Can.RECORD_REVISIONS,
    Can.RECORDS_AT_ONCE,
)
SUMMARIES = Room(
    EffectKind.SUMMARY,
    "summaries",
    invented.summary,
    Can.SUMMARY_WORDS,
    Can.SUMMARY_REVISIONS,
    Can.SUMMARIES_AT_ONCE,
)
NOTICES = Room(EffectKind.NOTICE, "notices", invented.notice, None, Can.NOTICE_REVISIONS, None)

CHANGING = (TASKS, MEETINGS, RECORDS, SUMMARIES)
"""Where things are changed after they were made."""
SHEETS = (RECORDS, SUMMARIES)
EVERY = (*CHANGING, NOTICES)


def answer_of(call: Callable[[], Answer]) -> Answer | RpConnectError:
    """What the call gives, or the error of our family that it raises; any other is an accident."""
    try:
        return call()
    except RpConnectError as error:
        return error


def said(answer: object) -> str:
    """An answer for a sentence about it: the class of an error, and never its words."""
    return type(answer).__name__
