"""An MIS that tells what changed: what a daily reading of everything cannot say, and what only it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.when import When
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import (
    Cursor,
    Kind,
    MisAdapter,
    OutcomeNote,
    Page,
    Probe,
    Reading,
    Record,
    Tombstone,
)
from rp_connect.services.check_installation import check_installation
from rp_connect.services.office import Office
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from tests.drop_school import DropSchool, pupil, suspension

NOW = "2026-11-12T09:40"
SAME_DAY = "2026-11-12T11:40"
NEXT_DAY = "2026-11-13T09:40"
DELETED = When(date(2026, 11, 12))


@dataclass
class FeedMis:
    """What a drop holds, given as an MIS does that keeps a log of changes: a deletion stands only there, and
    `everything` has a new cursor. Kinds in `keyless` are never counted; `asked` counts readings."""

    inner: MisAdapter
    deleted: Mapping[Kind, Sequence[str]] = field(default_factory=dict)
    changed: Mapping[Kind, Sequence[Record]] = field(default_factory=dict)
    keyless: frozenset[Kind] = frozenset()
    asked: Counter[str] = field(default_factory=Counter)

    def probe(self) -> Probe:
        return self.inner.probe()

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        if cursor is None:
            return self.everything(kind)
        self.asked[f"changes of {kind}"] += 1
        stones = [Tombstone(key, DELETED) for key in self.deleted.get(kind, ())]
        page = Page(records=self.changed.get(kind, ()), tombstones=stones, cursor={"at": "now"})
        return Reading(f"{kind}s", lambda: iter([page]))

    def everything(self, kind: Kind) -> Reading:
        self.asked[f"everything of {kind}"] += 1
        whole = self.inner.everything(kind)
        return replace(whole, label=f"{kind}s", keys=None if kind in self.keyless else whole.keys)

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self.inner.find_outcome(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self.inner.write_outcome(note)


@dataclass
class Fed:
    """What came of one pass, and what `check` said after it."""

    report: SchoolSync
    held: Sequence[str]
    asked: Counter[str]


def fed(
    school: DropSchool, now: str, *, full: bool = False, accept: Sequence[str] = (), **feed: object
) -> Fed:
    school.write()
    office = school.office(now)
    try:
        mis = FeedMis(office.schools["northwick"].mis(), **feed)  # type: ignore[arg-type]
        told = with_mis(office, mis)
        (report,) = sync_schools(told, full=full, accept=accept)
        assert report.fault is None
        return Fed(report, check_installation(told).schools[0].held, mis.asked)
    finally:
        office.store.close()


def with_mis(office: Office, mis: MisAdapter) -> Office:
    one = office.schools["northwick"]
    return replace(office, schools={"northwick": replace(one, mis=lambda: mis)})


def incident(role_of_p2: str = "harmed") -> list[dict[str, object]]:
    return [
        {"incident_id": "I1", "occurred_at": "2026-11-11", "type": "Fight", "pupil_id": p, "role": role}
        for p, role in (("P1", "responsible"), ("P2", role_of_p2))
    ]


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    made = DropSchool(tmp_path)
    made.incidents = list(incident())
    made.suspensions = [
        suspension("S1", "2026-11-12", 4, incident_id="I1"),
        suspension("S2", "2026-11-12", 2, pupil_id="P2"),
    ]
    fed(made, NOW)
    return made


def duties(school: DropSchool, case: str = "RP-2026-0001") -> set[str]:
    return set(school.due(case))


def test_a_suspension_that_was_deleted_overnight_is_cancelled_in_the_morning(school: DropSchool) -> None:
    school.suspensions = school.suspensions[1:]
    fed(school, NEXT_DAY, deleted={Kind.SUSPENSION: ["S1"]})
    assert school.due("RP-2026-0001")["cancelled-tell-parent"] == ["2026-11-12"]
    assert "reintegration-meeting" not in duties(school)
    assert "reintegration-meeting" in duties(school, "RP-2026-0002")


def test_it_stays_cancelled_in_the_syncs_that_follow(school: DropSchool) -> None:
    school.suspensions = school.suspensions[1:]
    fed(school, NEXT_DAY, deleted={Kind.SUSPENSION: ["S1"]})
    before = school.tasks()
    fed(school, "2026-11-13T11:00")
    fed(school, "2026-11-16T09:40", full=True)
    assert school.tasks() == before


def test_an_incident_that_was_deleted_overnight_asks_nobody_to_contact_anybody(school: DropSchool) -> None:
    assert "contact-harmed" in duties(school)
    school.incidents = [row | {"incident_id": "I9"} for row in incident()]
    fed(school, NEXT_DAY, deleted={Kind.INCIDENT: ["I1"]})
    assert "contact-harmed" not in duties(school)


def test_a_pupil_who_was_deleted_overnight_is_no_longer_on_roll(school: DropSchool) -> None:
    school.pupils = [pupil("P1")]
    fed(school, NEXT_DAY, deleted={Kind.PUPIL: ["P2"]})
    office = school.office(NEXT_DAY)
    try:
        with office.store.read() as work:
            rolls = {
                p.record.id: p.record.on_roll(date(2026, 11, 13)) for p in work.pupils.every("northwick")
            }
    finally:
        office.store.close()
    assert rolls == {"P1": True, "P2": False}


def test_what_was_deleted_and_is_there_again_is_in_force(school: DropSchool) -> None:
    fed(school, NEXT_DAY, deleted={Kind.SUSPENSION: ["S1"]})
    assert "reintegration-meeting" in duties(school)
    assert "cancelled-tell-parent" not in duties(school)


def test_within_a_day_only_what_changed_is_asked_for(school: DropSchool) -> None:
    asked = fed(school, SAME_DAY).asked
    for kind in (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION):
        assert (asked[f"changes of {kind}"], asked[f"everything of {kind}"]) == (1, 0)


def many(number: int) -> list[Mapping[str, object]]:
    return [pupil(f"P{one}") for one in range(1, number + 1)]


HELD = (
    "pupils is held: it has 40 records where it had 80. "
    "If that is right, run “rp-connect sync --accept pupils”."
)


@pytest.fixture
def shrunken(school: DropSchool) -> DropSchool:
    school.pupils = many(80)
    assert fed(school, SAME_DAY, full=True).held == []
    school.pupils = many(40)
    assert fed(school, NEXT_DAY).held == [HELD]
    return school


def test_a_hold_stands_until_a_person_has_looked_though_changes_go_on(shrunken: DropSchool) -> None:
    assert fed(shrunken, "2026-11-13T10:00").held == [HELD]
    assert fed(shrunken, "2026-11-13T10:05").held == [HELD]


def test_the_command_that_a_hold_names_ends_it_at_once(shrunken: DropSchool) -> None:
    accepted = fed(shrunken, "2026-11-13T10:00", accept=["pupils"])
    assert accepted.held == []
    assert accepted.report.read["pupils"] == 40
    assert fed(shrunken, "2026-11-16T09:40").held == []


def test_a_hold_ends_by_itself_where_everybody_is_there_again(shrunken: DropSchool) -> None:
    shrunken.pupils = many(80)
    assert fed(shrunken, "2026-11-16T09:40").held == []


MARKS = frozenset({Kind.ATTENDANCE})


def marks(pupil_id: str) -> list[Mapping[str, object]]:
    day = {"pupil_id": pupil_id, "date": "2026-11-12", "code": "/"}
    return [{**day, "session": session} for session in ("AM", "PM")]


def refused(school: DropSchool) -> list[str]:
    office = school.office(NEXT_DAY)
    try:
        with office.store.read() as work:
            return [r.key for r in work.refusals.every("northwick")]
    finally:
        office.store.close()


def test_marks_of_a_pupil_nobody_knows_do_not_have_a_year_of_marks_read_at_every_sync(
    school: DropSchool,
) -> None:
    school.attendance = [*marks("P1"), *marks("P9")]
    fed(school, SAME_DAY, full=True, keyless=MARKS)
    assert refused(school) == ["P9/2026-11-12/AM", "P9/2026-11-12/PM"]
    for at in ("2026-11-12T12:00", "2026-11-13T09:40", "2026-11-13T10:00"):
        assert fed(school, at, keyless=MARKS).asked["everything of attendance"] == 0


def test_once_the_pupil_is_known_their_marks_are_read_and_nothing_is_refused_any_more(
    school: DropSchool,
) -> None:
    school.attendance = marks("P9")
    fed(school, SAME_DAY, full=True, keyless=MARKS)
    school.pupils = [pupil("P1"), pupil("P2"), pupil("P9")]
    assert fed(school, NEXT_DAY, keyless=MARKS).asked["everything of attendance"] == 1
    assert refused(school) == []
    assert fed(school, "2026-11-13T10:05", keyless=MARKS).asked["everything of attendance"] == 0


def test_an_incident_in_which_nobody_is_any_more_asks_nobody_to_contact_anybody(school: DropSchool) -> None:
    assert "contact-harmed" in duties(school)
    office = school.office(SAME_DAY)
    try:
        with office.store.read() as work:
            held = work.incidents.by_id("northwick", "file_drop", ["I1"])["I1"]
    finally:
        office.store.close()
    emptied = held.model_copy(update={"involved": ()})
    fed(school, SAME_DAY, changed={Kind.INCIDENT: [emptied]})
    assert "contact-harmed" not in duties(school)


@dataclass
class LogAway(FeedMis):
    """Its list of changes cannot be had."""

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        if cursor is not None and kind is Kind.SUSPENSION:
            raise TryLaterError("The log is away.")
        return super().changes(kind, cursor)


def cursor_of(office: Office, kind: Kind) -> Cursor | None:
    with office.store.read() as work:
        return work.schools.source("northwick", "file_drop", kind).cursor


def test_a_person_may_have_everything_read_while_the_list_of_changes_is_away(school: DropSchool) -> None:
    """And what was deleted meanwhile is not stepped over: the list goes on from where it was."""
    school.suspensions.append(suspension("S9", "2026-11-12", 2, pupil_id="P2"))
    school.write()
    office = school.office(NEXT_DAY)
    before = cursor_of(office, Kind.SUSPENSION)
    (daily,) = sync_schools(with_mis(office, LogAway(office.schools["northwick"].mis())))
    assert daily.fault is not None
    (asked,) = sync_schools(with_mis(office, LogAway(office.schools["northwick"].mis())), full=True)
    assert (asked.fault, asked.cases_opened) == (None, 1)
    assert cursor_of(office, Kind.SUSPENSION) == before
    office.store.close()


def test_where_changes_go_on_from_is_where_they_ended_whatever_came_between(school: DropSchool) -> None:
    """Else what was deleted after they were read and before everything was would be in neither."""
    fed(school, NEXT_DAY)
    office = school.office(NEXT_DAY)
    assert cursor_of(office, Kind.SUSPENSION) == {"at": "now"}
    office.store.close()
