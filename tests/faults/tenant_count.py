"""What stands in the tenant, counted on the server's side beside what the store says should stand there.

It shares no code with the plugin: what our marks look like is written here once more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote

from rp_connect.domain.effect import EffectState
from rp_connect.domain.task import TaskState
from rp_connect.services.office import Office
from tests.faults.tenant_trust import LONDON
from tests.graph_server.call import Json
from tests.graph_server.tenant import Tenant

NOTES = "Kept up to date by rp-connect:"
TITLE = re.compile(r"(RP-\d{4}-\d{4,}) · .* \[([^\[\]\s]+\.\d+)\]")


def differences(office: Office, tenant: Tenant) -> dict[str, list[str]]:
    """By kind, what is lost, what is there twice, what is otherwise than it should be. Empty: all is well."""
    found = {
        "effects": _not_done(office),
        "events": _compared(_meetings(office), _events(tenant)),
        "items": _compared(_cases(office), _items(tenant)),
        "tasks": _compared(_open_tasks(office), _planner(tenant)),
        "summaries": _compared(dict.fromkeys(_meetings(office), ()), _files(tenant)),
    }
    return {kind: wrong for kind, wrong in found.items() if wrong}


Stands = tuple[object, ...]


def _compared(wanted: Mapping[str, Stands], there: list[tuple[str, Stands]]) -> list[str]:
    times, stands = Counter(key for key, _ in there), dict(there)
    lost = [f"lost: {key}" for key in wanted if key not in times]
    double = [f"{n} times: {key}" for key, n in times.items() if n > 1]
    nobodys = [f"nobody asked for: {key}" for key in times if key not in wanted]
    other = [
        f"{key}: {stands[key]} and not {want}"
        for key, want in wanted.items()
        if key in stands and stands[key] != want
    ]
    return lost + double + nobodys + other


def _not_done(office: Office) -> list[str]:
    with office.store.read() as work:
        return [
            f"{one.kind} {one.key} is {one.state}: {one.reason}"
            for one in work.effects.every()
            if one.state is not EffectState.DONE
        ]


def _meetings(office: Office) -> dict[str, Stands]:
    with office.store.read() as work:
        return {
            one.id: (f"{one.at.astimezone(LONDON):%Y-%m-%d %H:%M}", one.online, one.external_id)
            for school in office.schools
            for one in work.meetings.of_schools([school])
        }


def _events(tenant: Tenant) -> list[tuple[str, Stands]]:
    gone = [*tenant.cancelled_events.values(), *tenant.deleted_events.values()]
    assert not gone, "nobody cancelled anything"
    return [(_mark(row), _event(row)) for row in tenant.events.values()]


def _mark(row: Json) -> str:
    marks = [
        p["value"] for p in row["singleValueExtendedProperties"] if p["id"].endswith("Name rp-connect-key")
    ]
    assert len(marks) == 1
    return str(marks[0])


def _event(row: Json) -> Stands:
    begins = datetime.fromisoformat(row["_start"]).astimezone(LONDON)
    return f"{begins:%Y-%m-%d %H:%M}", row["isOnlineMeeting"], row["id"]


def _cases(office: Office) -> dict[str, Stands]:
    """With the revision that was last asked for."""
    with office.store.read() as work:
        last: dict[str, int] = {}
        for one in work.effects.every():
            if one.kind == "record":
                last[one.key] = max(one.revision, last.get(one.key, 0))
        return {case.ref: (case.school, last[case.ref]) for case in work.cases.every()}


def _items(tenant: Tenant) -> list[tuple[str, Stands]]:
    listed = [row["fields"] for row in tenant.items.values() if "CaseReference" in row["fields"]]
    return [(row["CaseReference"], (row["School"], int(row["Revision"]))) for row in listed]


def _open_tasks(office: Office) -> dict[str, Stands]:
    with office.store.read() as work:
        stages = {case.ref: case.stage.value for case in work.cases.every()}
        return {
            task.id: (
                f"{task.title} [{task.id.removeprefix(task.case + '.')}]",
                str(task.shown_day(LONDON)),
                stages[task.case],
                0,
                f"Practice at {task.school}",
                task.external_id,
                (NOTES, 1, sorted(task.steps), [task.case]),
            )
            for task in work.tasks.every()
            if task.state is TaskState.OPEN
        }


def _planner(tenant: Tenant) -> list[tuple[str, Stands]]:
    return [(_task_key(row["title"]), _task(tenant, row)) for row in tenant.tasks.values()]


def _task_key(title: str) -> str:
    found = TITLE.fullmatch(title)
    return f"{found[1]}.{found[2]}" if found else title


def _task(tenant: Tenant, row: Json) -> Stands:
    due = row.get("dueDateTime")
    plan = tenant.plans[row["planId"]]["title"]
    return (
        row["title"],
        str(datetime.fromisoformat(due).astimezone(LONDON).date() if due else None),
        tenant.buckets[row["bucketId"]]["name"].lower(),
        row["percentComplete"],
        plan.partition(" 20")[0],
        row["id"],
        _beside(tenant.task_details[row["id"]]),
    )


def _beside(details: Json) -> Stands:
    """How often our notes stand there, the steps, and the cases that are linked to."""
    steps = sorted(step["title"] for step in details["checklist"].values())
    links = [unquote(url).rpartition("/cases/")[2] for url in details["references"]]
    return NOTES, details["description"].count(NOTES), steps, links


def _files(tenant: Tenant) -> list[tuple[str, Stands]]:
    """Each a Word file, whole."""
    words = [row for row in tenant.files.values() if row["name"].endswith(".docx")]
    assert all(tenant.contents[row["id"]][:2] == b"PK" for row in words)
    return [(row["name"].removesuffix(".docx"), ()) for row in words]
