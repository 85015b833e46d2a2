"""A school that uses the tenant of the Graph server, and records as the core would give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.ports.workspace import CaseRecord, Workspace, WorkspaceSettings
from rp_microsoft365.plugin import build
from rp_microsoft365.settings import Microsoft365Settings
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, SITE

CANARY = "Canary Featherstone-Wren"
RECORD = CaseRecord(
    key="RP-2026-0001",
    revision=1,
    title="RP-2026-0001 · Reintegration",
    facts=(("Pupil", CANARY), ("From", "Wednesday 11 November 2026")),
    tasks=(("Set work", "11 November 2026", "done"),),
    columns={
        "school": "northwick",
        "kind": "reintegration",
        "stage": "preparing",
        "opened": "2026-11-11",
        "pupils": "P-100",
        "pupil_names": CANARY,
        "from": "2026-11-11",
        "half_days": "6",
        "meeting": "2026-11-12T14:20:00+00:00",
        "tasks_open": "7",
        "tasks_done": "1",
    },
)
SUMMARY = CaseRecord(
    key="RP-2026-0001.meeting",
    revision=1,
    title="RP-2026-0001 · Summary of the meeting",
    facts=(("When", "Thursday 12 November 2026, 14:20, for 45 minutes"), ("Pupil", CANARY)),
    tasks=(("Check in with the pupil", "12 November 2026", "open"),),
    columns={"pupils": "P-100"},
)


class Handed:
    """The one secret of these tests: an access token that the Graph server takes."""

    def read(self, reference: str) -> str:
        assert reference == "env:GRAPH_TOKEN"
        return "an-access-token"


def settings(url: str, **own: Any) -> WorkspaceSettings:
    table = {
        "tenant": "northwick.example",
        "client_id": "c11e0000-0000-4000-8000-000000000009",
        "credential": "token:env:GRAPH_TOKEN",
        "group": GROUP,
        "site": SITE,
        "organizer": "lead@northwick.example",
        "graph_url": url,
        "timeout_s": 5.0,
        **own,
    }
    return WorkspaceSettings(
        school="northwick",
        school_name="Northwick High School",
        timezone=ZoneInfo("Europe/London"),
        folder=Path(),
        own=Microsoft365Settings.model_validate(table),
        people={"lead": ["lead@northwick.example"]},
        secrets=Handed(),
    )


def open_workspace(server: GraphServer, **own: Any) -> Workspace:
    """Built the way the wiring builds it."""
    return build(settings(server.url, **own))
