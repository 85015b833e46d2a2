"""A school's folder, and the workspace over it, built the way the wiring builds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import (
    CaseRecord,
    Notice,
    WorkspaceMeeting,
    WorkspaceSettings,
    WorkspaceSpec,
    WorkspaceTask,
)
from rp_local import plugin
from rp_local.workspace import LocalWorkspace

LONDON = ZoneInfo("Europe/London")
NOBODY = 65534

TASK = WorkspaceTask(
    key="RP-2026-0001.written-notice.1",
    revision=1,
    title="RP-2026-0001 · Write to the parents; reasons, length, rights",
    day=date(2026, 11, 12),
    state=TaskState.OPEN,
    role="head",
    assignees=("head@northwick.example",),
    details="Section 51A, Education Act 2002.\nWithout delay.",
    link="https://rp.example/cases/RP-2026-0001",
)
MEETING = WorkspaceMeeting(
    key="RP-2026-0001.meeting.1",
    revision=1,
    title="RP-2026-0001 · Reintegration meeting",
    at=datetime(2026, 11, 12, 14, 20, tzinfo=UTC),
    minutes=45,
    timezone=LONDON,
    place="Room 4, ground floor",
    invited=("lead@northwick.example", "tutor@northwick.example"),
    cancelled=False,
)
RECORD = CaseRecord(
    key="RP-2026-0001",
    revision=1,
    title="RP-2026-0001 · Suspension and return",
    facts=(("Pupil", "Canary Featherstone-Wren"), ("Suspended", "2 sessions from 11 November 2026")),
    tasks=(("Write to the parents", "12 November 2026", "open"), ("Set work", "11 November 2026", "done")),
)
NOTICE = Notice(
    key="RP-2026-0001.overdue.2026-11-13",
    revision=1,
    title="2 tasks are overdue",
    lines=("RP-2026-0001: 2 tasks",),
    to=("lead@northwick.example",),
)


class NoSecrets:
    def read(self, reference: str) -> str:
        raise AssertionError("a folder needs no secret")


def specification() -> WorkspaceSpec:
    given: list[WorkspaceSpec] = []
    plugin.register_workspace(given.append)
    return given[0]


def open_workspace(
    school: Path, *, folder: str = "workspace", people: Mapping[str, Sequence[str]] | None = None
) -> LocalWorkspace:
    spec = specification()
    built = spec.build(
        WorkspaceSettings(
            school="northwick",
            school_name="Northwick High School",
            timezone=LONDON,
            folder=school,
            own=spec.settings.model_validate({"folder": folder}),
            people={"lead": ["lead@northwick.example"]} if people is None else people,
            secrets=NoSecrets(),
        )
    )
    assert isinstance(built, LocalWorkspace)
    return built


def numbered(count: int) -> Iterator[WorkspaceTask]:
    return (replace(TASK, key=f"RP-2026-{n:04}.written-notice.1") for n in range(1, count + 1))


@pytest.fixture
def workspace(tmp_path: Path) -> LocalWorkspace:
    return open_workspace(tmp_path)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """The folder that the workspace owns."""
    return tmp_path / "workspace"


@pytest.fixture
def as_ordinary_account() -> Callable[[], AbstractContextManager[None]]:
    """Permissions mean nothing to root, so what runs inside runs as somebody else."""

    @contextmanager
    def lowered() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return lowered
