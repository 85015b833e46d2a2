"""A person's choice that one session of a suspension should bear a certain mark in the MIS's register.

The register is a legal record (SI 2024/208): nothing is written into it but what somebody chose, pupil by
pupil and session by session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rp_connect.domain.calendar import Session

NO_MARK = ""
"""Stands in `seen` for a session in which nothing was entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkChoice:
    """The newest choice for one session; a later one takes its place.

    `seen` are the codes that the register may hold without anybody else having been at it: what stood there
    in front of the person, and what earlier choices may have written since. `written_at` is when the write
    was known to have landed.
    """

    case: str
    school: str
    pupil_no: int
    session: Session
    code: str
    seen: tuple[str, ...]
    chosen_by: str
    chosen_at: datetime
    written_at: datetime | None = None

    @property
    def key(self) -> str:
        """Our idempotency key: one session of one pupil is one object, and the code what should be so."""
        return f"{self.case}.mark.{self.pupil_no}.{self.session.day}.{self.session.half.name}"

    @property
    def text(self) -> str:
        """As the command line takes it: “2026-11-09/AM=E”."""
        return f"{session_text(self.session)}={self.code}"


def session_text(session: Session) -> str:
    """“2026-11-09/AM”."""
    return f"{session.day}/{session.half.name}"
