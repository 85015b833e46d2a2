"""A tenant as the contract kit wants it: read in the server's own tables, changed as people would."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from docx import Document

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.in_turn import InTurn, at_once
from rp_connect.ports.workspace import Workspace
from rp_connect.testing.workspace_kit import Can, Shown, ShownMeeting, ShownTask, WorkspaceUnderTest
from rp_microsoft365.plugin import build
from tests.graph_server import people as persons
from tests.graph_server.fixtures import judge, need_contract
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, add_person
from tests.plugins.rp_microsoft365.tenant_school import settings

LONDON = ZoneInfo("Europe/London")
TUTOR = "7ead0000-0000-4000-8000-00000000000a"
CANNOT = {
    *(Can.NOTICES, Can.NOTICE_REVISIONS, Can.RECORD_ROWS, Can.SUMMARY_WORDS),
    Can.TASK_REVISIONS,
}
MARK = re.compile(r"(RP-\d{4}-\d{4,}).*\[([^\[\]=]+)\]$|\[=([^\[\]]+)\]$")
OWN_COLUMN = "ColumnOfTheSchool"
WRITES = ("POST", "PUT", "PATCH")


class TenantRig(WorkspaceUnderTest):
    """`stack` closes the servers of every school that was asked for, each held to Graph's contract."""

    can = frozenset(Can) - CANNOT
    people = ("head@northwick.example", "lead@northwick.example", "tutor@northwick.example")
    secrets = ("an-access-token",)

    def __init__(self, stack: ExitStack, timezone: ZoneInfo = LONDON) -> None:
        need_contract()
        self._stack = stack
        self._timezone = timezone
        self.server = stack.enter_context(GraphServer())
        stack.callback(lambda: judge(self.server.log.violations))
        self.state = self.server.state
        add_person(self.state, TUTOR, "A Tutor", "tutor@northwick.example")
        self.state.members[GROUP].append(TUTOR)
        self._build().setup()

    def _build(self, in_turn: InTurn = at_once) -> Workspace:
        given = settings(self.server.url, record_names=True)
        people = {"lead": list(self.people)}
        return build(replace(given, timezone=self._timezone, people=people, in_turn=in_turn))

    def open(self) -> Workspace:
        return self._build()

    def open_in_turn(self, in_turn: InTurn) -> Workspace:
        return self._build(in_turn)

    def elsewhere(self, timezone: ZoneInfo) -> TenantRig:
        return TenantRig(self._stack, timezone)

    def standing(self) -> object:
        return self.state.snapshot()

    # ------------------------------------------------------------------ what stands there

    def tasks(self) -> Sequence[ShownTask]:
        return [self._task(row) for row in self.state.tasks.values() if key_of(row["title"])]

    def _task(self, row: dict[str, Any]) -> ShownTask:
        details = self.state.task_details[row["id"]]
        notes = [details["description"], *(step["title"] for step in details["checklist"].values())]
        due = row.get("dueDateTime")
        return ShownTask(
            key=key_of(row["title"]),
            external_id=row["id"],
            title=row["title"],
            text="\n".join([row["title"], *notes, *map(str, details["references"])]),
            day=moment(due).astimezone(self._timezone).date() if due else None,
            finished=row["percentComplete"] == 100,
            assignees=tuple(self.state.users[who]["mail"] for who in row["assignments"]),
        )

    def meetings(self) -> Sequence[ShownMeeting]:
        return [shown_meeting(row) for row in self.state.events.values()]

    def sheets(self, kind: EffectKind) -> Sequence[Shown]:
        if kind is EffectKind.SUMMARY:
            return [self._file(row) for row in self.state.files.values() if row["name"].endswith(".docx")]
        return [shown_item(row) for row in self.state.items.values() if "CaseReference" in row["fields"]]

    def _file(self, row: dict[str, Any]) -> Shown:
        document = Document(BytesIO(self.state.contents[row["id"]]))
        cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
        text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
        return Shown(row["name"].removesuffix(".docx"), row["id"], row["name"], text)

    # ------------------------------------------------------------------ what people do

    def delete(self, kind: EffectKind, key: str) -> None:
        if kind is EffectKind.TASK:
            persons.delete_task(self.state, self._id(self.tasks(), key))
        elif kind is EffectKind.MEETING:
            persons.delete_event(self.state, self._id(self.meetings(), key))
        elif kind is EffectKind.SUMMARY:
            self._delete_file(self._id(self.sheets(kind), key))
        else:
            gone = next(
                name for name, row in self.state.items.items() if fields(row).get("CaseReference") == key
            )
            del self.state.items[gone]
            for values in self.state.unique.values():
                values.pop(key, None)

    def _delete_file(self, file_id: str) -> None:
        row = self.state.files.pop(file_id)
        del self.state.contents[file_id]
        ids = row.get("sharepointIds") or {}
        self.state.items.pop(f"{ids.get('listId')}/{ids.get('listItemId')}", None)

    @staticmethod
    def _id(shown: Sequence[Shown], key: str) -> str:
        return next(one.external_id for one in shown if one.key == key)

    def _edit(self, key: str, **values: Any) -> None:
        persons.edit_task(self.state, self._id(self.tasks(), key), **values)

    def complete(self, key: str) -> None:
        self._edit(key, percentComplete=100)

    def reopen(self, key: str) -> None:
        self._edit(key, percentComplete=0)

    def redate(self, key: str, day: date | None) -> None:
        noon = datetime.combine(day, time(12), self._timezone).astimezone(UTC) if day else None
        self._edit(key, dueDateTime=noon and noon.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def reassign(self, key: str, people: Sequence[str]) -> None:
        given = {"assignedDateTime": "2026-11-13T09:00:00Z", "orderHint": " !"}
        ids = {str(user["mail"]): who for who, user in self.state.users.items()}
        nobody = dict.fromkeys(ids.values())
        self._edit(key, assignments=nobody | {ids[person]: dict(given) for person in people})

    def add_own_task(self, title: str) -> None:
        plan = next(iter(self.state.plans))
        row: dict[str, Any] = {
            "id": "own".ljust(28, "0"),
            "planId": plan,
            "title": title,
            "percentComplete": 0,
            "assignments": {},
        }
        like = {
            "priority": 5,
            "appliedCategories": {},
            "orderHint": "8585!",
            "dueDateTime": None,
            "bucketId": None,
        }
        by = {"createdBy": {"user": {"id": TUTOR}}, "createdDateTime": "2026-11-01T09:00:00Z"}
        self.state.tasks[row["id"]] = started(self.state, {**row, **like, **by}, "VGFzayAg")
        details: dict[str, Any] = {"id": row["id"], "description": "", "checklist": {}, "references": {}}
        self.state.task_details[row["id"]] = started(self.state, details, "VGFza0RldGFpbHMg")

    def own_tasks(self) -> Sequence[str]:
        return [row["title"] for row in self.state.tasks.values() if not key_of(row["title"])]

    def write_into(self, kind: EffectKind, key: str, words: str) -> None:
        if kind is EffectKind.TASK:
            task = self._id(self.tasks(), key)
            held = self.state.task_details[task]["description"]
            persons.edit_details(self.state, task, description=f"{held}\n{words}")
        elif kind is EffectKind.MEETING:
            self.state.events[self._id(self.meetings(), key)]["body"]["content"] += f"<p>{words}</p>"
        else:
            row = next(row for row in self.state.items.values() if fields(row).get("CaseReference") == key)
            fields(row)[OWN_COLUMN] = words

    def take(self, person: str, begins: datetime, ends: datetime) -> None:
        self.state.busy.setdefault(person, []).append([begins.isoformat(), ends.isoformat(), "busy"])

    # ------------------------------------------------------------------ what goes wrong

    @contextmanager
    def _faulty(self, *faults: Callable[[str], object]) -> Iterator[None]:
        for fault in faults:
            for method in WRITES:
                fault(method)
        try:
            yield
        finally:
            self.server.faults.clear()

    def losing_answers(self) -> Any:
        return self._faulty(lambda method: self.server.faults.lose_answers("504", method=method))

    def cutting_writes(self) -> Any:
        return self._faulty(lambda method: self.server.faults.refuse(500, "UnknownError", method=method))

    def asking_for_patience(self, seconds: float | None) -> Any:
        return self._faulty(lambda method: self.server.faults.throttle(seconds, method=method))

    @contextmanager
    def refusing(self) -> Iterator[None]:
        self.server.faults.sign_out()
        try:
            yield
        finally:
            self.server.faults.clear()

    @contextmanager
    def vanished(self) -> Iterator[None]:
        """The plans, the list, the library and the mailbox are gone."""
        names = ("plans", "lists", "drives", "users")
        held = {name: getattr(self.state, name) for name in names}
        for name in names:
            setattr(self.state, name, {})
        try:
            yield
        finally:
            for name, table in held.items():
                setattr(self.state, name, table)


def started(state: Any, row: dict[str, Any], prefix: str) -> dict[str, Any]:
    from tests.graph_server.planner_etags import start

    made: dict[str, Any] = start(state, row, prefix)
    return made


def fields(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = row["fields"]
    return found


def key_of(title: str) -> str:
    found = MARK.search(title)
    if found is None:
        return ""
    return found[3] or f"{found[1]}.{found[2]}"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def shown_meeting(row: dict[str, Any]) -> ShownMeeting:
    begins, ends = moment(row["_start"]).astimezone(UTC), moment(row["_end"]).astimezone(UTC)
    marks = {each["id"].split()[-1]: each["value"] for each in row["singleValueExtendedProperties"]}
    place = (row.get("location") or {}).get("displayName", "")
    return ShownMeeting(
        key=marks["rp-connect-key"],
        external_id=row["id"],
        title=row["subject"],
        text="\n".join([row["subject"], place, row["body"]["content"]]),
        at=begins,
        minutes=int((ends - begins).total_seconds() // 60),
        place=place,
        invited=tuple(each["emailAddress"]["address"].lower() for each in row["attendees"]),
        cancelled=row["isCancelled"],
        online=row["isOnlineMeeting"],
        apart=bool(row.get("hideAttendees")),
    )


def shown_item(row: dict[str, Any]) -> Shown:
    held = fields(row)
    words = [str(value) for value in held.values()]
    return Shown(held["CaseReference"], str(row["_number"]), str(held["Title"]), "\n".join(words))
