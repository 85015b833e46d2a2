"""Send one effect to its workspace: read what should be so, look first where an attempt may have landed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.domain.task import Seen, TaskState
from rp_connect.errors import ConflictError, GoneError
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import Workspace, WorkspaceTask, Written
from rp_connect.services.office import Office, School
from rp_connect.services.render_effect import due_notice, workspace_meeting, workspace_task
from rp_connect.services.render_record import case_record, meeting_summary

Item = TypeVar("Item")
Shown = TypeVar("Shown", contravariant=True)
Settle = Callable[[UnitOfWork], None]
"""What is stored, in one transaction with the effect's end, once the outside write is done."""


class _Shelf(Protocol[Shown]):
    def find(self, key: str) -> Written | None: ...
    def create(self, item: Shown, /) -> Written: ...
    def update(self, external_id: str, item: Shown, /) -> Written: ...


def send(office: Office, school: School, workspace: Workspace, effect: Effect) -> Settle:
    """Raises what the workspace raises; then nothing is known to be written."""
    return {
        EffectKind.TASK: _send_task,
        EffectKind.MEETING: _send_meeting,
        EffectKind.RECORD: _send_record,
        EffectKind.SUMMARY: _send_summary,
        EffectKind.NOTICE: _send_notice,
    }[effect.kind](office, school, workspace, effect)


def _put(
    shelf: _Shelf[Item], effect: Effect, item: Item, external_id: str | None, landed: int = 0
) -> Written:
    """Create or update so that our key has `item` once. A create is never repeated before `find`.

    `landed` is the last revision that is known to stand there.
    """
    if effect.look_first or (external_id is None and effect.revision > 1):
        found = shelf.find(effect.key)
        if found is not None and found.revision == effect.revision:
            return _landed_unseen(found)
        external_id = found.external_id if found else None
        item = _as_seen(item, found, landed)
    if external_id is not None:
        return shelf.update(external_id, item)
    try:
        return shelf.create(item)
    except ConflictError:
        found = shelf.find(effect.key)
        if found is None:
            raise
        if found.revision == effect.revision:
            return _landed_unseen(found)
        return shelf.update(found.external_id, item)


def _landed_unseen(found: Written) -> Written:
    """Our write is there; but what a person did since is not read yet, so the next pull must look."""
    return replace(found, version="")


def _as_seen(item: Item, found: Written | None, landed: int) -> Item:
    """A newer revision than the last that landed is an attempt of ours whose end was lost, and taken as seen.
    Where the old one still stands, whatever else changed there was a person's doing. A workspace that cannot
    tell which one stands is told what we saw last, and tells ours from theirs itself."""
    if found is None or not isinstance(item, WorkspaceTask):
        return item
    if found.revision is None or found.revision <= landed:
        return item
    return replace(item, seen_version=found.version)


def _send_task(office: Office, school: School, workspace: Workspace, effect: Effect) -> Settle:
    with office.store.read() as work:
        task = work.tasks.get(effect.key)
        stage = work.cases.get(task.case).stage
    given_up = task.deletions > 1 and task.external_id is None
    cancelled = task.state is TaskState.CANCELLED
    never_shown = cancelled and task.external_id is None and not effect.look_first
    if given_up or never_shown:
        return _nothing
    item = workspace_task(office, school, task, effect.revision, stage)
    try:
        landed = Seen.from_text(task.seen).revision if task.seen else 0
        written = _put(workspace.tasks, effect, item, task.external_id, landed)
    except GoneError:
        return partial(_settle_deletion, effect.key)
    done = item.state is not TaskState.OPEN
    people = item.assignees if written.assignees is None else written.assignees
    seen = Seen(written.version, done, item.day, people, effect.revision).to_text()

    def settle(work: UnitOfWork) -> None:
        now_held = work.tasks.get(effect.key)
        work.tasks.put([replace(now_held, external_id=written.external_id, seen=seen)])

    return settle


def note_deletion(work: UnitOfWork, task_id: str) -> bool:
    """A person deleted an open task outside: once it is made again (True), twice the Lead is asked."""
    task = work.tasks.get(task_id)
    deletions = task.deletions + (task.state is TaskState.OPEN)
    gone = replace(task, external_id=None, seen=None, deletions=deletions)
    work.tasks.put([gone])
    again = task.state is TaskState.OPEN and deletions == 1
    if again:
        work.effects.want(EffectKind.TASK, task.id, school=task.school, case=task.case)
    return again


def _settle_deletion(task_id: str, work: UnitOfWork) -> None:
    note_deletion(work, task_id)


def _send_meeting(office: Office, school: School, workspace: Workspace, effect: Effect) -> Settle:
    with office.store.read() as work:
        meeting = work.meetings.get(effect.key)
        item = workspace_meeting(office, work, school, meeting, effect.revision)
    if meeting.cancelled and meeting.external_id is None and not effect.look_first:
        return _nothing
    written: Written | None = None
    try:
        written = _put(workspace.meetings, effect, item, meeting.external_id)
    except GoneError:
        if not meeting.cancelled:
            written = workspace.meetings.create(item)

    def settle(work: UnitOfWork) -> None:
        external_id, warning = (written.external_id, written.warning) if written else (None, "")
        held = work.meetings.get(effect.key)
        work.meetings.put(replace(held, external_id=external_id, warning=warning))

    return settle


def _send_record(office: Office, school: School, workspace: Workspace, effect: Effect) -> Settle:
    with office.store.read() as work:
        item = case_record(office, work, school, effect.key, effect.revision)
    try:
        _put(workspace.records, effect, item, None)
    except GoneError:
        workspace.records.create(item)
    return _nothing


def _send_summary(office: Office, school: School, workspace: Workspace, effect: Effect) -> Settle:
    with office.store.read() as work:
        item = meeting_summary(office, work, school, effect.key, effect.revision)
    try:
        _put(workspace.summaries, effect, item, None)
    except GoneError:
        workspace.summaries.create(item)
    return _nothing


def _send_notice(office: Office, school: School, workspace: Workspace, effect: Effect) -> Settle:
    if workspace.notices is None:
        return _nothing
    if workspace.notices.find(effect.key) is None:
        with office.store.read() as work:
            item = due_notice(office, work, school, effect.key, effect.revision)
        workspace.notices.create(item)
    return _nothing


def _nothing(work: UnitOfWork) -> None:
    """There is nothing to store beside the effect's own end."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An effect with how it ended: what to store, or for how long to wait, or why a person must look."""

    effect: Effect
    settle: Settle | None = None
    wait: float | None = None
    unclear: bool = False
    conflict: bool = False
    reason: str = ""
