"""The list and the library of the tenant as the contract kit wants them: read and upset past the adapter."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import docx

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.in_turn import InTurn, at_once
from rp_connect.ports.workspace import Workspace
from rp_connect.testing.workspace_kit import Can, Shown
from rp_microsoft365.plugin import build
from tests.graph_server.fixtures import judge
from tests.graph_server.library_items import forget_item
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.calendar_rig import CalendarRig
from tests.plugins.rp_microsoft365.tenant_school import settings

PLACES = ("lists", "files")
WRITES = ("POST", "PATCH", "PUT")


class SiteRig(CalendarRig):
    """With `record_names`, so that a name that is in a sheet can be looked for outside of it."""

    can = frozenset(
        {
            *(
                Can.ONLINE_MEETINGS,
                Can.APART,
                *(Can.BUSY, Can.IN_TURN),
                *(Can.RECORDS_AT_ONCE, Can.SUMMARIES_AT_ONCE),
                Can.RECORD_REVISIONS,
                Can.SUMMARY_REVISIONS,
            ),
            *(Can.RECORD_WORDS, Can.LOSE_ANSWERS, Can.CUT_WRITES, Can.REFUSE, Can.VANISH),
            *(Can.ASK_FOR_PATIENCE, Can.SAY_HOW_LONG),
        }
    )

    def open(self) -> Workspace:
        return self.open_in_turn(at_once)

    def open_in_turn(self, in_turn: InTurn) -> Workspace:
        found = settings(self.server.url, timeout_s=0.5, record_names=True)
        own = replace(found, timezone=self._timezone or found.timezone, in_turn=in_turn)
        workspace = build(own)
        if not self.server.state.lists:
            workspace.setup()
        return workspace

    def elsewhere(self, timezone: ZoneInfo) -> SiteRig:
        server = self._servers.enter_context(GraphServer())
        self._servers.callback(lambda: judge(server.log.violations))
        return SiteRig(server, self._servers, timezone)

    def standing(self) -> object:
        state = self.server.state
        return repr((state.items, state.files, state.contents))

    def sheets(self, kind: EffectKind) -> Sequence[Shown]:
        if kind is EffectKind.RECORD:
            return [shown_item(row) for row in self._items()]
        return [shown_file(row, self.server.state.contents[row["id"]]) for row in self._files()]

    def delete(self, kind: EffectKind, key: str) -> None:
        state = self.server.state
        if kind is EffectKind.RECORD:
            row = self._item(key)
            del state.items[row["id"]]
            for values in state.unique.values():
                values.pop(key, None)
            return
        file = next(row for row in self._files() if row["name"] == f"{key}.docx")
        del state.files[file["id"]], state.contents[file["id"]]
        forget_item(state, file)

    def write_into(self, kind: EffectKind, key: str, words: str) -> None:
        """A column of a person's own."""
        row = self._item(key)
        row["fields"]["OwnNotes"] = words
        row["_version"] += 1

    def _items(self) -> list[dict[str, Any]]:
        return [row for row in self.server.state.items.values() if "CaseReference" in row["fields"]]

    def _item(self, key: str) -> dict[str, Any]:
        return next(row for row in self._items() if row["fields"]["CaseReference"] == key)

    def _files(self) -> list[dict[str, Any]]:
        return [row for row in self.server.state.files.values() if "file" in row]

    @contextmanager
    def losing_answers(self) -> Iterator[None]:
        for service in PLACES:
            for method in WRITES:
                self.server.faults.lose_answers("cut", service=service, method=method)
        yield
        self.server.faults.clear()

    @contextmanager
    def cutting_writes(self) -> Iterator[None]:
        for service in PLACES:
            for method in WRITES:
                self.server.faults.hang(service=service, method=method)
        yield
        self.server.faults.clear()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        self.server.faults.lack("Sites.Selected")
        yield
        self.server.faults.clear()

    @contextmanager
    def asking_for_patience(self, seconds: float | None) -> Iterator[None]:
        for service in PLACES:
            self.server.faults.throttle(seconds, service=service)
        yield
        self.server.faults.clear()


def shown_item(row: dict[str, Any]) -> Shown:
    fields = row["fields"]
    text = "\n".join(str(value) for value in fields.values())
    return Shown(fields["CaseReference"], row["_number"], fields["Title"], text)


def shown_file(row: dict[str, Any], data: bytes) -> Shown:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    return Shown(row["name"].removesuffix(".docx"), row["id"], row["name"], text)
