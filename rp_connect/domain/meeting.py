"""A meeting of a case: when, where, how long, whom to invite. Addresses never leave this value for a log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """`id` is our key in the workspace. `at` is in UTC. `revision` grows with every change.

    `warning` says what the workspace made otherwise than asked (no online room); empty where all is well.
    """

    id: str
    case: str
    school: str
    at: datetime
    minutes: int
    place: str = ""
    invited: tuple[str, ...] = ()
    cancelled: bool = False
    external_id: str | None = None
    revision: int = 1
    online: bool = False
    warning: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)

    def __repr__(self) -> str:
        return f"<Meeting {self.id} r{self.revision}>"
