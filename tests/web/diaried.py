"""The local workspace with diaries that a test fills in, and with online meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import Busy
from rp_connect.services.office import Office
from rp_local.workspace import LocalWorkspace
from tests.web.small_school import LONDON, local


class Diaried(LocalWorkspace):
    """`taken` is who is busy from when to when; `fault` is raised instead; `asked` is what was asked for."""

    online_meetings = True

    def __init__(self, folder: Path, taken: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(folder, "elsewhere", LONDON, organiser=None)
        self.taken = list(taken)
        self.fault: Exception | None = None
        self.asked: list[tuple[tuple[str, ...], datetime, datetime]] = []

    def busy(self, people: Sequence[str], begins: datetime, ends: datetime) -> Sequence[Busy]:
        self.asked.append((tuple(people), begins, ends))
        if self.fault is not None:
            raise self.fault
        spans = [Busy(local(first), local(last)) for who, first, last in self.taken if who in people]
        return [span for span in spans if span.begins < ends and begins < span.ends]


def with_workspace(office: Office, workspace: LocalWorkspace | RpConnectError) -> Office:
    """The same office, whose schools have this workspace; an error: it cannot be built."""

    def built() -> LocalWorkspace:
        if isinstance(workspace, RpConnectError):
            raise workspace
        return workspace

    schools = {school.id: replace(school, workspace=built) for school in office.schools.values()}
    return replace(office, schools=schools)
