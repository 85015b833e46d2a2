"""What an MIS no longer has, and a school that moves to another MIS: over a real store, from a real drop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.when import When
from rp_connect.ports.mis import Cursor, Kind, MisAdapter, OutcomeNote, Page, Probe, Reading, Tombstone
from rp_connect.services.office import Office
from rp_connect.services.sync_report import SchoolSync
from rp_connect.services.sync_schools import sync_schools
from tests.drop_school import DropSchool, pupil, suspension

NOW = "2026-11-12T09:40"
LATER = "2026-11-13T09:40"
DAY = When(date(2026, 11, 13))


@dataclass
class TellingMis:
    """A drop whose readings also bear tombstones, or prove by a look at one id that it has gone."""

    inner: MisAdapter
    tombstones: Mapping[Kind, Sequence[Tombstone]] = field(default_factory=dict)
    gone: frozenset[str] | None = None
    asked: list[str] = field(default_factory=list)

    def probe(self) -> Probe:
        return self.inner.probe()

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._telling(kind, self.inner.changes(kind, cursor))

    def everything(self, kind: Kind) -> Reading:
        return self._telling(kind, self.inner.everything(kind))

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self.inner.find_outcome(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self.inner.write_outcome(note)

    def _telling(self, kind: Kind, reading: Reading) -> Reading:
        stones = self.tombstones.get(kind, ())

        def pages() -> Iterator[Page]:
            yield from reading.pages()
            yield Page(tombstones=stones)

        confirm = self._is_gone if self.gone is not None and kind is Kind.SUSPENSION else None
        return replace(reading, pages=pages, confirm_gone=confirm)

    def _is_gone(self, key: str) -> bool:
        self.asked.append(key)
        return key in (self.gone or ())


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    made = DropSchool(tmp_path)
    made.pupils = [pupil("P1", upn="A823200000001"), pupil("P2")]
    made.suspensions = [suspension("S1", "2026-11-12", 4), suspension("S2", "2026-11-12", 2, pupil_id="P2")]
    made.sync(NOW)
    return made


def sync_told(school: DropSchool, now: str, **told: object) -> tuple[SchoolSync, TellingMis]:
    """One pass at `now` from an MIS that tells more than a drop can."""
    school.write()
    office = school.office(now)
    try:
        telling = TellingMis(office.schools["northwick"].mis(), **told)  # type: ignore[arg-type]
        (report,) = sync_schools(_with_mis(office, telling), full=True)
        assert report.fault is None
        return report, telling
    finally:
        office.store.close()


def _with_mis(office: Office, mis: MisAdapter, name: str = "file_drop") -> Office:
    school = office.schools["northwick"]
    settings = school.settings.model_copy(update={"mis": name})
    return replace(office, schools={"northwick": replace(school, mis=lambda: mis, settings=settings)})


def duties(school: DropSchool, case: str) -> set[str]:
    return set(school.due(case))


def test_a_deletion_that_the_mis_reports_cancels_the_suspension_on_its_moment(school: DropSchool) -> None:
    stone = Tombstone("S1", DAY)
    school.suspensions = school.suspensions[1:]
    sync_told(school, LATER, tombstones={Kind.SUSPENSION: [stone]})
    assert school.due("RP-2026-0001")["cancelled-tell-parent"] == ["2026-11-13"]
    assert "reintegration-meeting" not in duties(school, "RP-2026-0001")
    assert "cancelled-tell-parent" not in duties(school, "RP-2026-0002")


def test_what_the_mis_told_as_deleted_keeps_its_moment_though_it_is_missing_too(school: DropSchool) -> None:
    school.suspensions = school.suspensions[1:]
    told = {Kind.SUSPENSION: [Tombstone("S1", DAY)]}
    _, telling = sync_told(school, LATER, tombstones=told, gone=frozenset({"S1"}))
    assert school.due("RP-2026-0001")["cancelled-tell-parent"] == ["2026-11-13"]
    assert telling.asked == []


def test_the_same_deletion_told_again_changes_nothing(school: DropSchool) -> None:
    stones = {Kind.SUSPENSION: [Tombstone("S1", DAY), Tombstone("never-heard-of", DAY)]}
    school.suspensions = school.suspensions[1:]
    sync_told(school, LATER, tombstones=stones)
    before = school.tasks()
    report, _ = sync_told(school, "2026-11-16T09:40", tombstones=stones)
    assert report.tasks_created == report.tasks_cancelled == 0
    assert school.tasks() == before


def test_a_record_that_the_mis_gives_again_after_its_deletion_is_in_force_again(school: DropSchool) -> None:
    kept = school.suspensions
    school.suspensions = kept[1:]
    sync_told(school, LATER, tombstones={Kind.SUSPENSION: [Tombstone("S1", DAY)]})
    school.suspensions = kept
    school.sync("2026-11-16T09:40")
    assert "reintegration-meeting" in duties(school, "RP-2026-0001")
    assert "cancelled-tell-parent" not in duties(school, "RP-2026-0001")


def test_what_is_missing_counts_as_cancelled_only_once_the_mis_says_so(school: DropSchool) -> None:
    school.suspensions = school.suspensions[1:]
    _, told = sync_told(school, LATER, gone=frozenset())
    assert told.asked == ["S1"]
    assert "reintegration-meeting" in duties(school, "RP-2026-0001")
    _, told = sync_told(school, LATER, gone=frozenset({"S1"}))
    assert told.asked == ["S1"]
    assert school.due("RP-2026-0001")["reinstate"] == ["2026-11-13"]


def test_a_record_that_was_refused_is_not_missing(school: DropSchool) -> None:
    school.suspensions[0]["start_date"] = "never"
    _, told = sync_told(school, LATER, gone=frozenset({"S1"}))
    assert told.asked == []
    assert "reintegration-meeting" in duties(school, "RP-2026-0001")


def test_a_drop_whose_rows_disappear_cancels_nothing(school: DropSchool) -> None:
    school.suspensions = school.suspensions[1:]
    school.sync(LATER)
    assert "reintegration-meeting" in duties(school, "RP-2026-0001")


def test_an_incident_that_is_deleted_asks_nobody_to_contact_anybody(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.incidents = [
        {"incident_id": "I1", "occurred_at": "2026-11-11", "type": "Fight", "pupil_id": p, "role": role}
        for p, role in (("P1", "responsible"), ("P2", "harmed"))
    ]
    school.suspensions = [suspension("S1", "2026-11-12", 4, incident_id="I1")]
    school.sync(NOW)
    assert "contact-harmed" in duties(school, "RP-2026-0001")
    school.incidents = []
    (tmp_path / "drop" / "incidents.csv").unlink()
    office = school.office(LATER)
    try:
        inner = office.schools["northwick"].mis()
        stones = [Tombstone("I1", DAY)]
        sync_schools(_with_mis(office, IncidentsGone(inner, stones)), full=True)
    finally:
        office.store.close()
    assert "contact-harmed" not in duties(school, "RP-2026-0001")


class IncidentsGone(TellingMis):
    """Its incidents are only tombstones."""

    def __init__(self, inner: MisAdapter, stones: Sequence[Tombstone]) -> None:
        super().__init__(inner)
        self.stones = stones

    def everything(self, kind: Kind) -> Reading:
        if kind is Kind.INCIDENT:
            return Reading("deletions", lambda: iter([Page(tombstones=self.stones)]))
        return super().everything(kind)


def test_a_school_that_changes_its_mis_keeps_its_cases_and_knows_its_pupils_by_upn(
    school: DropSchool,
) -> None:
    """P2 has no UPN, so the new MIS's pupil is a new one to us, and their suspension a new case."""
    before = {task["id"]: task["due"] for task in school.tasks()}
    school.pupils = [pupil("N1", upn="A823200000001"), pupil("N2")]
    school.suspensions = [
        suspension("T1", "2026-11-12", 4, pupil_id="N1"),
        suspension("T2", "2026-11-12", 2, pupil_id="N2"),
    ]
    school.write()
    office = school.office(LATER)
    try:
        (report,) = sync_schools(_with_mis(office, office.schools["northwick"].mis(), "new_mis"), full=True)
        with office.store.read() as work:
            cases = work.cases.every()
            followed = work.suspensions.get(cases[0].suspension_no or 0)
            taken_over = work.pupils.get([followed.pupil_no])[followed.pupil_no]
    finally:
        office.store.close()
    assert report.fault is None
    assert (taken_over.mis, taken_over.record.id, followed.mis, followed.record.id) == (
        "new_mis", "N1", "new_mis", "T1",
    )  # fmt: skip
    assert [case.ref for case in cases] == ["RP-2026-0001", "RP-2026-0002", "RP-2026-0003"]
    after = {task["id"]: task["due"] for task in school.tasks() if not task["case"].endswith("0003")}
    assert after == before


def known_after_the_move(school: DropSchool) -> list[tuple[str, str]]:
    """Every pupil by MIS and id, once the new MIS was read."""
    office = school.office(LATER)
    try:
        sync_schools(_with_mis(office, office.schools["northwick"].mis(), "new_mis"), full=True)
        with office.store.read() as work:
            return sorted((p.mis, p.record.id) for p in work.pupils.every("northwick"))
    finally:
        office.store.close()


def test_a_upn_that_the_new_mis_writes_in_small_letters_is_the_same_childs(school: DropSchool) -> None:
    school.pupils = [pupil("N1", upn="a823200000001")]
    school.suspensions = [suspension("T1", "2026-11-12", 4, pupil_id="N1")]
    school.write()
    assert known_after_the_move(school) == [("file_drop", "P2"), ("new_mis", "N1")]


def test_a_upn_that_two_pupils_bear_matches_nobody(school: DropSchool) -> None:
    school.pupils = [pupil("N1", upn="A823200000001"), pupil("N9", upn="A823200000001")]
    school.suspensions = []
    (school.folder / "drop" / "suspensions.csv").unlink()
    school.write()
    assert known_after_the_move(school) == [
        ("file_drop", "P1"),
        ("file_drop", "P2"),
        ("new_mis", "N1"),
        ("new_mis", "N9"),
    ]
