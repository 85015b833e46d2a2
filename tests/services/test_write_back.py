"""Outcomes that go back: into an MIS that takes them, once; else to the list that staff enter by hand."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.domain.outcome import OutcomeResult
from rp_connect.errors import AccessError, TryLaterError, UnclearError, UnsupportedError, UsageError
from rp_connect.ports.mis import OutcomeNote
from rp_connect.services import write_back
from rp_connect.services.deliver_effects import Delivered, deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.record_outcome import LONGEST_NOTE, record_outcome
from tests.drop_school import DropSchool, suspension

NOW = "2026-11-16T15:30"
REF = "RP-2026-0001"
HELD = date(2026, 11, 16)


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    made = DropSchool(tmp_path)
    made.suspensions = [suspension("S1", "2026-11-12", 4)]
    made.sync("2026-11-12T09:40")
    made.deliver("2026-11-12T09:41")
    return made


@dataclass
class WritableMis:
    """Takes outcomes; `trouble` happens after (or, where it raises first, before) the next one has landed."""

    held: list[OutcomeNote] = field(default_factory=list)
    looked: int = 0
    trouble: Callable[[], None] | None = None
    refuses: Exception | None = None

    def find_outcome(self, note: OutcomeNote) -> str | None:
        self.looked += 1
        return next((f"M{n}" for n, one in enumerate(self.held, 1) if one.key == note.key), None)

    def write_outcome(self, note: OutcomeNote) -> str:
        if self.refuses is not None:
            raise self.refuses
        self.held.append(note)
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            trouble()
        return f"M{len(self.held)}"


def recorded(school: DropSchool, note: str = "Both were heard.") -> str:
    office = school.office(NOW)
    try:
        return record_outcome(office, REF, HELD, OutcomeResult.AGREED, note, "the lead").key
    finally:
        office.store.close()


def delivered(school: DropSchool, mis: WritableMis) -> tuple[Delivered, str | None]:
    """One delivery to `mis`; also what the store then says of the outcome's external id."""
    office = _with(school.office(NOW), mis)
    try:
        report = deliver_effects(office)
        with office.store.read() as work:
            return report, work.outcomes.of_case(REF)[0].external_id
    finally:
        office.store.close()


def _with(office: Office, mis: WritableMis) -> Office:
    (school,) = office.schools.values()
    return replace(office, schools={school.id: replace(school, mis=lambda: mis)})  # type: ignore[arg-type, return-value]


def states(school: DropSchool) -> list[EffectState]:
    office = school.office(NOW)
    try:
        with office.store.read() as work:
            return [e.state for e in work.effects.every() if e.kind is EffectKind.OUTCOME]
    finally:
        office.store.close()


def test_an_outcome_stands_in_the_mis_with_the_records_that_it_belongs_to(school: DropSchool) -> None:
    mis = WritableMis()
    recorded(school)
    report, external_id = delivered(school, mis)
    assert (report.waiting, report.parked, external_id) == (0, 0, "M1")
    (note,) = mis.held
    assert (note.pupil_ids, note.suspension_id) == (["P1"], "S1")
    assert note.outcome.text == (
        f"[{REF}.outcome.1] Restorative conference held; agreement reached on 16 November 2026. "
        "Both were heard."
    )
    assert delivered(school, mis)[0].done == 0
    assert len(mis.held) == 1


def test_an_answer_that_was_lost_after_the_write_is_looked_for_and_not_repeated(
    school: DropSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rp_connect.services.lane_turn.SETTLES_AFTER_S", 0.0)
    mis = WritableMis(trouble=_lost)
    recorded(school)
    delivered(school, mis)
    report, external_id = delivered(school, mis)
    assert (len(mis.held), report.waiting, external_id) == (1, 0, "M1")


def _lost() -> None:
    raise UnclearError("The MIS did not say whether it took it.")


def test_an_mis_that_asks_for_patience_gets_it_and_one_that_refuses_waits_for_a_person(
    school: DropSchool,
) -> None:
    mis = WritableMis(refuses=TryLaterError("The MIS asks for patience.", retry_after=600))
    recorded(school)
    report, _ = delivered(school, mis)
    assert (report.waiting, report.parked) == (1, 0)
    assert states(school) == [EffectState.WAITING]
    other = WritableMis(refuses=AccessError("The MIS refused."))
    recorded(school, "A second note.")
    report, _ = delivered(school, other)
    assert report.parked + report.waiting == 2


def test_an_mis_that_takes_none_gets_a_line_in_the_list_to_enter_by_hand(school: DropSchool) -> None:
    key = recorded(school)
    assert school.deliver(NOW).waiting == 0
    assert school.deliver(NOW).done == 0
    path = school.folder / "outcomes" / "northwick.csv"
    header, line = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
    assert dict(zip(header, line, strict=True)) == {
        "key": key,
        "case": REF,
        "pupil_ids": "P1",
        "suspension_id": "S1",
        "held": "2026-11-16",
        "result": "agreed",
        "enter_in_the_mis": f"[{key}] Restorative conference held; agreement reached on 16 November 2026. "
        "Both were heard.",
    }
    office = school.office(NOW)
    with office.store.read() as work:
        assert work.outcomes.get(key).external_id == write_back.BY_HAND
    office.store.close()


def test_what_stands_in_the_list_is_found_there_though_the_mis_can_be_looked_into(school: DropSchool) -> None:
    key = recorded(school)
    mis = WritableMis(refuses=UnsupportedError("No behaviour type for outcomes is set."))
    office = _with(school.office(NOW), mis)
    try:
        (one,) = office.schools.values()
        with office.store.read() as work:
            note = write_back.note_of(work, work.outcomes.get(key))
        shelf = write_back.OutcomeShelf(one.mis, one.hand_list, {key: note})
        assert shelf.find(key) is None
        assert shelf.create(note) == shelf.find(key)
    finally:
        office.store.close()
    assert (mis.looked, mis.held) == (2, [])


def test_a_list_that_somebody_holds_open_is_written_later(school: DropSchool) -> None:
    key = recorded(school)
    (school.folder / "outcomes").write_text("a file stands where the folder should be", encoding="utf-8")
    assert school.deliver(NOW).waiting == 1
    (school.folder / "outcomes").unlink()
    office = school.office(NOW)
    with office.store.begin() as work:
        assert [e.key for e in work.effects.every(EffectState.WAITING)] == [key]
    office.store.close()


@pytest.mark.parametrize(
    ("held", "note", "why"),
    [
        (date(2026, 11, 17), "", "a day to come"),
        (HELD, "x" * (LONGEST_NOTE + 1), "at most 500 characters"),
        (HELD, "a\x07b", "no control characters"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused_and_nothing_is_queued(
    school: DropSchool, held: date, note: str, why: str
) -> None:
    office = school.office(NOW)
    try:
        with pytest.raises(UsageError, match=why):
            record_outcome(office, REF, held, OutcomeResult.AGREED, note, "the lead")
    finally:
        office.store.close()
    assert states(school) == []
