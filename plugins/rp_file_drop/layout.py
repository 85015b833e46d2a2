"""The files of a drop and their columns, as file-drop.md lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Layout:
    """One file: the columns it must have, its key first, and those it may have.

    `moment` is a needed column with a date in every row, by which a row is recognised (empty: by its key);
    `prose` are columns whose text may go on over several lines.
    """

    stem: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    moment: str = ""
    prose: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.needed + self.optional

    def needing(self, column: str) -> Layout:
        """The same file where `column` is not optional."""
        others = tuple(name for name in self.optional if name != column)
        return replace(self, needed=(*self.needed, column), optional=others)


PUPILS = Layout(
    "pupils",
    needed=("pupil_id", "given_name", "family_name"),
    optional=(
        "upn",
        "preferred_name",
        "date_of_birth",
        "year_group",
        "reg_group",
        "on_roll_from",
        "on_roll_to",
        "site",
        "social_worker",
        "looked_after",
        "ehcp",
        "sen_support",
        "key_adult_email",
    ),
)
STAFF = Layout("staff", needed=("staff_id", "email"), optional=("given_name", "family_name"))
INCIDENTS = Layout(
    "incidents",
    needed=("incident_id", "occurred_at", "type", "pupil_id"),
    optional=("recorded_at", "location", "description", "role", "action", "status"),
    moment="occurred_at",
    prose=("description",),
)
SUSPENSIONS = Layout(
    "suspensions",
    needed=("suspension_id", "pupil_id", "category"),
    optional=(
        "reason_1",
        "reason_2",
        "reason_3",
        "decided_at",
        "start_date",
        "start_session",
        "end_date",
        "end_session",
        "sessions",
        "exam_date",
        "notice_received",
        "representations_at",
        "cancelled_at",
        "incident_id",
    ),
)
ATTENDANCE = Layout("attendance", needed=("pupil_id", "date", "session", "code"), moment="date")
CALENDAR = Layout("calendar", needed=("kind", "first", "last"), optional=("label",), moment="first")

DROP = (PUPILS, STAFF, INCIDENTS, SUSPENSIONS, ATTENDANCE)
LAYOUTS = {layout.stem: layout for layout in (*DROP, CALENDAR)}
