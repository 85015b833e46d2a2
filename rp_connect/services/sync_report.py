"""What one sync of one school did: the shape behind `sync --json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rp_connect.domain.task import Task

if TYPE_CHECKING:
    from rp_connect.services.preview_school import Preview


@dataclass(slots=True, kw_only=True)
class SchoolSync:
    """Counts of one school's sync. `read` counts distinct records read in this pass (pupils: those on roll).

    `fault` is a sentence where the school could not be read whole, `busy` says that another sync of it is
    running, `wait_seconds` how long its MIS asked us to wait. `tasks` are
    the new ones, for previews. `pupils` says of how many pupils this MIS told before ("known"), of how many a
    former one with the same UPN ("by_upn"), and of how many nobody ("new").
    """

    school: str
    read: dict[str, int] = field(
        default_factory=lambda: {"pupils": 0, "incidents": 0, "suspensions": 0, "attendance": 0}
    )
    pupils: dict[str, int] = field(default_factory=lambda: {"known": 0, "by_upn": 0, "new": 0})
    cases_opened: int = 0
    cases_amended: int = 0
    tasks_created: int = 0
    tasks_cancelled: int = 0
    refused: int = 0
    held: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    seconds: float = 0.0
    paused: bool = False
    busy: bool = False
    fault: str | None = None
    wait_seconds: float | None = None
    tasks: list[Task] = field(default_factory=list)
    preview: Preview | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "school": self.school,
            "read": self.read,
            "cases_opened": self.cases_opened,
            "cases_amended": self.cases_amended,
            "tasks_created": self.tasks_created,
            "tasks_cancelled": self.tasks_cancelled,
            "refused": self.refused,
            "held": len(self.held),
            "seconds": round(self.seconds, 3),
            "paused": self.paused,
            "fault": self.fault,
        }


class Progress:
    """Told how far a long reading is; the command line draws a bar from it. This one draws nothing."""

    def begin(self, label: str, total: int) -> None:
        """A reading of `total` bytes begins."""

    def advance(self, count: int) -> None:
        """`count` bytes more were read."""

    def end(self) -> None:
        """That reading has ended."""
