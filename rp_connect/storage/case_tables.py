"""What is kept of our own work: cases, tasks, meetings, the outbox, and who did what."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, SmallInteger, Table, Text

from rp_connect.domain.case import Stage
from rp_connect.domain.duty import Confidence, DueNote
from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.domain.outcome import OutcomeResult
from rp_connect.domain.party import PartyRole
from rp_connect.domain.people import Role
from rp_connect.domain.task import TaskState
from rp_connect.storage.tables import metadata, needed, of_school, words
from rp_connect.storage.types import Key, Moment, Word


def of_case(*, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    """Looked up by, wherever it is not part of the key."""
    parent = ForeignKey("cases.ref")
    return Column("case", Key, parent, nullable=nullable, primary_key=primary_key, index=not primary_key)


case_numbers = Table(
    "case_numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    needed("last", Integer),
)

cases = Table(
    "cases",
    metadata,
    Column("ref", Key, primary_key=True),
    of_school(index=True),
    needed("kind", Key),
    needed("stage", Word(Stage)),
    needed("opened_at", Moment),
    needed("first_pass", Integer),
    Column("suspension_no", Integer, ForeignKey("suspensions.no"), unique=True),
    needed("linked", words),
)

parties = Table(
    "parties",
    metadata,
    of_case(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("pupil_no", Integer, ForeignKey("pupils.no"), nullable=False, index=True),
    needed("role", Word(PartyRole)),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Key, primary_key=True),
    of_case(),
    of_school(index=True),
    Column("rule", Key),
    needed("occurrence", Integer),
    needed("title", Text),
    Column("due_day", Date),
    Column("due_at", Moment),
    Column("note", Word(DueNote)),
    needed("role", Word(Role)),
    needed("basis", Text),
    Column("confidence", Word(Confidence)),
    needed("state", Word(TaskState)),
    needed("late", Boolean),
    Column("planned", Date),
    Column("assignee", Text),
    Column("closed_by", Text),
    Column("closed_at", Moment),
    Column("external_id", Text),
    Column("seen", Text),
    needed("deletions", Integer),
    needed("steps", words),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", Key, primary_key=True),
    of_case(),
    of_school(index=True),
    needed("at", Moment),
    needed("minutes", Integer),
    needed("place", Text),
    needed("invited", words),
    needed("cancelled", Boolean),
    Column("external_id", Text),
    needed("revision", Integer),
    needed("online", Boolean),
    needed("warning", Text),
)

# What workers of all processes know of one lane of one account: whether it is closed, who has it alone, and
# who waits for it.
lanes = Table(
    "lanes",
    metadata,
    Column("scope", Key, primary_key=True),
    Column("lane", Key, primary_key=True),
    needed("failures", Integer),
    Column("closed_until", Moment),
    Column("reason", Text),
    Column("owner", Key),
    Column("held_until", Moment),
    Column("wanted_by", Key),
    Column("wanted_until", Moment),
)

outcomes = Table(
    "outcomes",
    metadata,
    of_case(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    of_school(index=True),
    needed("held_on", Date),
    needed("result", Word(OutcomeResult)),
    needed("note", Text),
    needed("recorded_by", Text),
    needed("recorded_at", Moment),
    Column("external_id", Text),
)

# Of each session the newest choice; those before it stand in the audit.
mark_choices = Table(
    "mark_choices",
    metadata,
    of_case(primary_key=True),
    Column("pupil_no", Integer, ForeignKey("pupils.no"), primary_key=True, autoincrement=False, index=True),
    Column("day", Date, primary_key=True),
    Column("half", SmallInteger, primary_key=True, autoincrement=False),
    of_school(index=True),
    needed("code", Key),
    needed("seen", words),
    needed("chosen_by", Text),
    needed("chosen_at", Moment),
    Column("written_at", Moment),
)

STANDING = sa.text("state IN ('waiting', 'parked')")
_IN_FLIGHT = sa.text("state IN ('leased', 'unclear')")

# The two partial indexes are promises: one row of an object is in flight, and one stands behind it.
effects = Table(
    "effects",
    metadata,
    Column("id", Integer, primary_key=True),
    of_school(),
    of_case(nullable=True),
    needed("kind", Word(EffectKind)),
    needed("key", Key),
    needed("revision", Integer),
    needed("state", Word(EffectState)),
    needed("attempt", Integer),
    needed("look_first", Boolean),
    Column("not_before", Moment),
    Column("reason", Text),
    Column("owner", Key),
    Column("leased_until", Moment),
    Column("done_at", Moment),
    Index(None, "state", "kind", "id"),
    Index(None, "school", "state"),
    Index(None, "kind", "key", "revision"),
    Index(
        "uq_effects_standing", "kind", "key", unique=True, sqlite_where=STANDING, postgresql_where=STANDING
    ),
    Index(
        "uq_effects_in_flight",
        "kind",
        "key",
        unique=True,
        sqlite_where=_IN_FLIGHT,
        postgresql_where=_IN_FLIGHT,
    ),
    sqlite_autoincrement=True,
)

# What was done to a case stays known after the case itself was erased: no foreign key to it.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    of_school(),
    Column("case", Key, index=True),
    needed("who", Text),
    needed("at", Moment),
    needed("what", Text),
    sqlite_autoincrement=True,
)

# A visit is found by the digest of its cookie; who has the store cannot make a cookie from it.
visits = Table(
    "visits",
    metadata,
    Column("digest", Key, primary_key=True),
    Column("attempt", Key, nullable=False, unique=True),
    needed("who", Text),
    needed("began", Moment),
)
