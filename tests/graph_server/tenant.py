"""All that one tenant holds, as plain tables, so that a test can look, count, and act as a person would."""

from __future__ import annotations

import base64
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from tests.graph_server.call import Json
from tests.graph_server.event_table import EventTable
from tests.graph_server.task_table import TaskTable

LEAD = "1ead0000-0000-4000-8000-000000000001"
HEAD = "4ead0000-0000-4000-8000-000000000002"
GROUP = "64009000-0000-4000-8000-000000000003"
HOST = "northwick.sharepoint.example"
SITE = f"{HOST},51730000-0000-4000-8000-000000000004,3eb00000-0000-4000-8000-000000000005"


@dataclass
class Options:
    """What this tenant is like; a test sets what it needs (`server.configure(page_size=3)`)."""

    page_size: int = 100
    online_meetings: bool = True
    """False: a meeting that asked for Teams is silently made without."""
    cancelled_events_stay: bool = False
    """False: a cancelled event lies among the deleted ones, and reading it answers 404."""
    visible_after: float = 0.0
    """For so many seconds after its creation an object answers 404 and is in no collection."""
    outlook_limit: int = 4
    max_tasks: int = 9000
    max_active_tasks: int = 2400
    max_buckets: int = 200
    max_plans: int = 200
    max_assigned: int = 3000
    duplicate_status: int = 400
    duplicate_code: str = "invalidRequest"
    etag_header: bool = False
    """Whether Planner's PATCH answers bear an ETag header (what Graph does is not known)."""


@dataclass
class Tenant:
    """Tables by id. Names that begin with "_" in a row are the server's own and never leave it."""

    options: Options = field(default_factory=Options)
    users: dict[str, Json] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    sites: dict[str, Json] = field(default_factory=dict)
    permissions: dict[str, Json] = field(default_factory=dict)
    lists: dict[str, Json] = field(default_factory=dict)
    columns: dict[str, Json] = field(default_factory=dict)
    items: dict[str, Json] = field(default_factory=dict)
    drives: dict[str, Json] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, Json] = field(default_factory=dict)
    plans: dict[str, Json] = field(default_factory=dict)
    plan_details: dict[str, Json] = field(default_factory=dict)
    buckets: dict[str, Json] = field(default_factory=dict)
    tasks: TaskTable = field(default_factory=TaskTable)
    task_details: dict[str, Json] = field(default_factory=dict)
    events: EventTable = field(default_factory=EventTable)
    cancelled_events: dict[str, Json] = field(default_factory=dict)
    deleted_events: dict[str, Json] = field(default_factory=dict)
    meetings: dict[str, Json] = field(default_factory=dict)
    notifications: list[Json] = field(default_factory=list)
    busy: dict[str, list[list[str]]] = field(default_factory=dict)
    """By e-mail address: [begins, ends, status] in ISO form with an offset, beside the events."""
    unique: dict[str, dict[str, str]] = field(default_factory=dict)
    """By "list id/column name": which value belongs to which item."""
    transactions: dict[str, str] = field(default_factory=dict)
    counter: int = 0

    def number(self) -> int:
        self.counter += 1
        return self.counter

    def keep(self, table: dict[str, Json], row: Json) -> Json:
        if self.options.visible_after:
            row["_hidden_until"] = time.time() + self.options.visible_after
        table[row["id"]] = row
        return row

    def get(self, table: dict[str, Json], key: str) -> Json | None:
        row = table.get(key)
        return None if row is None or hidden(row) else row

    def reveal(self) -> None:
        """From now on everything that was made is there for those who look (see `visible_after`)."""
        for table in vars(self).values():
            for row in table.values() if isinstance(table, dict) else ():
                if isinstance(row, dict):
                    row.pop("_hidden_until", None)

    def duplicates(self, rows: Iterable[Json], *path: str) -> dict[Any, int]:
        """What stands more than once: `duplicates(state.tasks.values(), "title")`; a path goes inwards."""
        seen = Counter(inward(row, path) for row in rows)
        return {value: times for value, times in seen.items() if times > 1}

    def property_counts(self, name: str) -> Counter[str]:
        """How many events (also cancelled and deleted ones) bear each value of an extended property."""
        rows = {**self.events, **self.cancelled_events, **self.deleted_events}.values()
        found = (each for row in rows for each in row.get("singleValueExtendedProperties", ()))
        return Counter(each["value"] for each in found if each["id"].casefold() == name.casefold())

    def snapshot(self) -> Json:
        """As JSON; the contents of files are base64."""
        whole = {each.name: getattr(self, each.name) for each in fields(self)}
        whole["options"] = asdict(self.options)
        whole["contents"] = {key: base64.b64encode(data).decode() for key, data in self.contents.items()}
        return whole

    @classmethod
    def from_snapshot(cls, whole: Json) -> Tenant:
        contents = {key: base64.b64decode(text) for key, text in whole["contents"].items()}
        held = {
            "options": Options(**whole["options"]),
            "contents": contents,
            "tasks": TaskTable(whole["tasks"]),
            "events": EventTable(whole["events"]),
        }
        return cls(**{**whole, **held})


def hidden(row: Json) -> bool:
    until = row.get("_hidden_until")
    return until is not None and until > time.time()


def visible(rows: Iterable[Json]) -> list[Json]:
    return [row for row in rows if not hidden(row)]


def shown(row: Json) -> Json:
    """Without what is the server's own."""
    return {name: value for name, value in row.items() if name[0] != "_"}


def inward(row: Any, path: Iterable[str]) -> Any:
    for step in path:
        row = (row or {}).get(step)
    return row


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def seeded() -> Tenant:
    """A group with two people, a site with a library, no plan and no list."""
    tenant = Tenant()
    for key, name, mail in (
        (LEAD, "Practice Lead", "lead@northwick.example"),
        (HEAD, "Head Teacher", "head@northwick.example"),
    ):
        add_person(tenant, key, name, mail)
    tenant.groups[GROUP] = {
        "id": GROUP,
        "displayName": "Restorative practice",
        "mail": "rp@northwick.example",
        "mailEnabled": True,
        "groupTypes": ["Unified"],
    }
    tenant.members[GROUP] = [LEAD, HEAD]
    tenant.sites[SITE] = {
        "id": SITE,
        "name": "rp",
        "displayName": "Restorative practice",
        "webUrl": f"https://{HOST}/sites/rp",
        "createdDateTime": now(),
    }
    add_drive(tenant, SITE, "b!documents", "Documents")
    return tenant


def add_person(tenant: Tenant, key: str, name: str, mail: str) -> None:
    tenant.users[key] = {"id": key, "displayName": name, "mail": mail, "userPrincipalName": mail}


def add_drive(tenant: Tenant, site: str, key: str, name: str) -> None:
    tenant.drives[key] = {
        "id": key,
        "name": name,
        "driveType": "documentLibrary",
        "webUrl": f"{tenant.sites[site]['webUrl']}/{name}",
        "_site": site,
    }
    root = f"root-{key}"
    tenant.files[root] = {"id": root, "name": "root", "folder": {}, "root": {}, "_drive": key, "_parent": ""}
