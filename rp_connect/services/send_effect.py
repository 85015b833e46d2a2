"""Send effects of one school and kind: read what should be so in one transaction, then put it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rp_connect.domain.effect import Effect, EffectKind
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.task import Seen, Task, TaskState
from rp_connect.errors import NotFoundError, RpConnectError, StoreError
from rp_connect.ports.mis import OutcomeNote
from rp_connect.ports.store import UnitOfWork
from rp_connect.ports.workspace import Workspace
from rp_connect.services.office import Office, School
from rp_connect.services.put_items import Course, Sent, ToSend, put_all
from rp_connect.services.render_effect import due_notice, own_people, workspace_meeting, workspace_task
from rp_connect.services.render_record import record_of, sheets, summary_of
from rp_connect.services.shelf_answers import PluginFailedError, Shelf
from rp_connect.services.write_back import OutcomeShelf, note_of
from rp_connect.services.write_marks import MarkShelf, chosen_marks, register_of

Read = Callable[[Office, UnitOfWork, School, Sequence[Effect]], Iterable[ToSend]]


def send_all(
    office: Office,
    school: School,
    workspace: Workspace,
    rows: Sequence[Effect],
    course: Course,
) -> list[Sent]:
    """`rows` are of this school and of one kind. Raises StoreError; what the workspace says is in `Sent`."""
    kind = rows[0].kind
    if kind is EffectKind.OUTCOME:
        return _write_back(office, school, rows, course)
    if kind is EffectKind.MARK:
        return _write_marks(office, school, rows, course)
    shelf = shelf_of(workspace, kind)
    if shelf is None:
        return [Sent(row) for row in rows]
    with office.store.read() as work:
        wanted = list(_READ[kind](office, work, school, rows))
    return put_all(shelf, wanted, course)


def _write_back(office: Office, school: School, rows: Sequence[Effect], course: Course) -> list[Sent]:
    with office.store.read() as work:
        wanted = list(
            _each(rows, lambda row: ToSend(row, note_of(work, work.outcomes.get(row.key)), once=True))
        )
    notes = {one.effect.key: one.item for one in wanted if isinstance(one.item, OutcomeNote)}
    return put_all(OutcomeShelf(school.mis, school.hand_list, notes), wanted, course)


def _write_marks(office: Office, school: School, rows: Sequence[Effect], course: Course) -> list[Sent]:
    with office.store.read() as work:
        marks = chosen_marks(work, school, [row.key for row in rows])
    wanted = list(_each(rows, lambda row: ToSend(row, marks[row.key], once=True)))
    try:
        shelf = MarkShelf(register_of(school), marks, office.store.now())
    except RpConnectError as fault:
        return [Sent(row, outcome=fault) for row in rows]
    return put_all(shelf, wanted, course)


def shelf_of(workspace: Workspace, kind: EffectKind) -> Shelf | None:
    """None where the workspace has no such place."""
    if kind is EffectKind.NOTICE:
        return workspace.notices
    shelves: dict[EffectKind, Shelf] = {
        EffectKind.TASK: workspace.tasks,
        EffectKind.MEETING: workspace.meetings,
        EffectKind.RECORD: workspace.records,
        EffectKind.SUMMARY: workspace.summaries,
    }
    return shelves[kind]


def _each(rows: Sequence[Effect], render: Callable[[Effect], ToSend]) -> Iterable[ToSend]:
    """One that cannot be rendered does not end the others."""
    for row in rows:
        try:
            yield render(row)
        except StoreError:
            raise
        except KeyError:
            yield ToSend(row, fault=NotFoundError(f"There is no {row.kind} {row.key} any more."))
        except RpConnectError as fault:
            yield ToSend(row, fault=fault)
        except Exception as fault:  # noqa: BLE001 - as for a plugin: it parks, and nothing else stops
            yield ToSend(row, fault=PluginFailedError(type(fault).__name__))


def _tasks(office: Office, work: UnitOfWork, school: School, rows: Sequence[Effect]) -> Iterable[ToSend]:
    tasks = work.tasks.by_id([row.key for row in rows])
    stages = work.cases.stages({task.case for task in tasks.values()})

    def render(row: Effect) -> ToSend:
        task = tasks[row.key]
        if _is_not_shown(task, row):
            return ToSend(row)
        landed = Seen.from_text(task.seen).revision if task.seen else 0
        item = workspace_task(office, school, task, row.revision, stages[task.case])
        return ToSend(row, item, task.external_id, landed, needless=task.state is TaskState.CANCELLED)

    return _each(rows, render)


def _is_not_shown(task: Task, row: Effect) -> bool:
    """The Lead was asked about it; or it was cancelled before anybody saw it."""
    given_up = task.deletions > 1 and task.external_id is None
    cancelled = task.state is TaskState.CANCELLED
    return given_up or (cancelled and task.external_id is None and not row.look_first)


def _meetings(office: Office, work: UnitOfWork, school: School, rows: Sequence[Effect]) -> Iterable[ToSend]:
    meetings = work.meetings.by_id([row.key for row in rows])
    own = own_people(work, school)

    def render(row: Effect) -> ToSend:
        meeting: Meeting = meetings[row.key]
        if meeting.cancelled and meeting.external_id is None and not row.look_first:
            return ToSend(row)
        item = workspace_meeting(office, school, meeting, row.revision, own)
        stands = not meeting.cancelled
        return ToSend(row, item, meeting.external_id, recreate=stands, needless=not stands)

    return _each(rows, render)


def _records(office: Office, work: UnitOfWork, school: School, rows: Sequence[Effect]) -> Iterable[ToSend]:
    held = sheets(work, [row.key for row in rows])
    return _each(rows, lambda row: ToSend(row, record_of(school, held[row.key], row.revision), recreate=True))


def _summaries(office: Office, work: UnitOfWork, school: School, rows: Sequence[Effect]) -> Iterable[ToSend]:
    meetings = work.meetings.by_id([row.key for row in rows])
    held = sheets(work, {meeting.case for meeting in meetings.values()})

    def render(row: Effect) -> ToSend:
        meeting = meetings[row.key]
        item = summary_of(school, held[meeting.case], meeting, row.revision)
        return ToSend(row, item, recreate=True)

    return _each(rows, render)


def _notices(office: Office, work: UnitOfWork, school: School, rows: Sequence[Effect]) -> Iterable[ToSend]:
    return _each(
        rows, lambda row: ToSend(row, due_notice(office, work, school, row.key, row.revision), once=True)
    )


_READ: dict[EffectKind, Read] = {
    EffectKind.TASK: _tasks,
    EffectKind.MEETING: _meetings,
    EffectKind.RECORD: _records,
    EffectKind.SUMMARY: _summaries,
    EffectKind.NOTICE: _notices,
}
