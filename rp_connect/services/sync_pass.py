"""One pass of a sync over one school: a round of duties with a MIS to read from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from rp_connect.domain.calendar import Session
from rp_connect.ports.mis import MisAdapter
from rp_connect.ports.store import Begin, SourceState
from rp_connect.services.duty_round import DutyRound
from rp_connect.services.sync_report import Progress


@dataclass(frozen=True, slots=True)
class MarkWatch:
    """Every pupil's number by MIS id, and of whom with a case which sessions are suspended, by number."""

    numbers: Mapping[str, int]
    suspended: Mapping[int, Collection[Session]]


@dataclass(slots=True, kw_only=True)
class SyncPass(DutyRound):
    """`full` reads everything whatever the cursor (`asked_full`: since a person asked for it); `accept` names
    the held files that a person accepted;
    `sources` is what was remembered of each kind before this pass; `watch` is made when marks are read.

    `with_suspensions` are our numbers of the pupils who have any; `waiting` the kinds with a refused record
    that waits for its pupil, `marks_waiting` the MIS's ids of pupils whose marks wait; `unmapped` the MIS's
    words that mean nothing to us; `skipped_any` says that something was not read in this pass, so that what
    was known of it still holds. `former_mis` says that records of another MIS are held: the school changed
    it.
    """

    adapter: MisAdapter
    begin: Begin
    full: bool
    asked_full: bool = False
    accept: Collection[str]
    progress: Progress
    sources: Mapping[str, SourceState]
    watch: MarkWatch | None = None
    with_suspensions: set[int] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    marks_waiting: set[str] = field(default_factory=set)
    unmapped: set[str] = field(default_factory=set)
    skipped_any: bool = False
    former_mis: bool = False
