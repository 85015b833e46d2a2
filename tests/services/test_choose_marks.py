"""Marks that a person chose go into the register: those, once, and never over what somebody else entered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.case import Stage
from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.errors import (
    ConfigError,
    ConflictError,
    TryLaterError,
    UnclearError,
    UnsupportedError,
    UsageError,
)
from rp_connect.ports.register import MarkPlace
from rp_connect.services.change_suspension import cancel_suspension
from rp_connect.services.choose_marks import choose_marks
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.show_marks import MarkSheet, show_marks
from tests.drop_school import DropSchool, Row, suspension

REF, NOW = "RP-2026-0001", "2026-11-16T15:30"
FIRST, SECOND = Session(date(2026, 11, 12), Half.AM), Session(date(2026, 11, 12), Half.PM)
THIRD = Session(date(2026, 11, 13), Half.AM)


@dataclass
class OfficeRegister:
    """The register of an MIS as its school office sees it; `trouble` happens once a write has landed."""

    held: dict[MarkPlace, str] = field(default_factory=dict)
    entered: list[Mark] = field(default_factory=list)
    trouble: Callable[[], None] | None = None
    refuses: Exception | None = None

    def codes(self) -> Collection[str]:
        return ("/", "\\", "E", "B", "K")

    def read(self, places: Collection[MarkPlace], since: datetime) -> Mapping[MarkPlace, str | TryLaterError]:
        return {place: self.held[place] for place in places if place in self.held}

    def write(self, mark: Mark) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.entered.append(mark)
        self.held[MarkPlace(*mark[:3])] = mark.code
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            trouble()

    def says(self, session: Session) -> str | None:
        return self.held.get(MarkPlace("P1", *session))


def row(session: Session, code: str) -> Row:
    return {"pupil_id": "P1", "date": session.day, "session": session.half.name, "code": code}


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    """Ada is suspended for three days; the register calls her present on the first, and right on the rest."""
    made = DropSchool(tmp_path)
    made.suspensions = [suspension("S1", "2026-11-12", 6)]
    made.attendance = [row(FIRST, "/"), row(SECOND, "\\"), row(THIRD, "E")]
    made.sync("2026-11-16T09:40")
    made.deliver("2026-11-16T09:41")
    return made


@pytest.fixture
def register() -> OfficeRegister:
    return OfficeRegister({MarkPlace("P1", *FIRST): "/", MarkPlace("P1", *SECOND): "\\"})


@contextmanager
def at_work(school: DropSchool, register: OfficeRegister | None, now: str = NOW) -> Iterator[Office]:
    office = school.office(now)
    (one,) = office.schools.values()
    joined = replace(one, register=None if register is None else lambda: register)
    try:
        yield replace(office, schools={one.id: joined})
    finally:
        office.store.close()


def choose(
    school: DropSchool, register: OfficeRegister | None, wanted: Mapping[Session, str], now: str = NOW
) -> int:
    """How many of the choices were new."""
    with at_work(school, register, now) as office:
        return len(choose_marks(office, REF, wanted, "the lead"))


def deliver(school: DropSchool, register: OfficeRegister | None, now: str = NOW) -> int:
    """How many effects are waiting or parked afterwards."""
    with at_work(school, register, now) as office:
        report = deliver_effects(office)
    return report.waiting + report.parked


def sheet(school: DropSchool, register: OfficeRegister | None) -> MarkSheet:
    with at_work(school, register) as office:
        return show_marks(office, REF)


def states(school: DropSchool, register: OfficeRegister | None) -> dict[Session, str | None]:
    return {line.session: line.state for line in sheet(school, register).lines if line.state}


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rp_connect.services.lane_turn.SETTLES_AFTER_S", 0.0)


def test_the_sessions_whose_mark_is_wrong_are_shown_beside_what_is_right(school, register) -> None:
    found = sheet(school, register)
    assert [(line.session, line.held, line.right) for line in found.asking] == [
        (FIRST, "/", ("E",)),
        (SECOND, "\\", ("E",)),
    ]
    assert (len(found.lines), found.closed) == (6, None)


def test_from_the_sixth_day_what_was_arranged_instead_is_right_too(tmp_path: Path) -> None:
    made, sixth = DropSchool(tmp_path), Session(date(2026, 11, 19), Half.AM)
    made.suspensions = [suspension("S1", "2026-11-12", 14)]
    made.attendance = [row(sixth, "/")]
    made.sync("2026-11-19T16:00")
    (line,) = sheet(made, OfficeRegister()).asking
    assert (line.session, line.right) == (sixth, ("E", "B", "D", "K"))


def test_exactly_what_was_chosen_is_written_and_nothing_else(school, register) -> None:
    assert choose(school, register, {FIRST: "E"}) == 1
    assert register.entered == []
    assert deliver(school, register) == 0
    assert register.entered == [Mark("P1", *FIRST, "E")]
    assert states(school, register) == {FIRST: "written"}


def test_nothing_is_written_where_nobody_chose(school, register) -> None:
    school.sync("2026-11-16T16:00")
    assert deliver(school, register) == 0
    assert register.entered == []


def test_the_mark_that_we_hold_is_what_the_next_sync_reads(school, register) -> None:
    choose(school, register, {FIRST: "E", SECOND: "E"})
    deliver(school, register)
    assert [line.held for line in sheet(school, register).asking] == ["/", "\\"]
    assert "attendance-mismatch" in school.due()

    school.attendance[:2] = [row(FIRST, "E"), row(SECOND, "E")]
    school.sync("2026-11-16T16:00")
    assert sheet(school, register).asking == []
    assert "attendance-mismatch" not in school.due()


def test_the_same_choice_twice_is_one_write(school, register) -> None:
    assert choose(school, register, {FIRST: "E"}) == 1
    assert choose(school, register, {FIRST: "E"}) == 0
    deliver(school, register)
    choose(school, register, {FIRST: "E"})
    assert deliver(school, register) == 0
    assert register.entered == [Mark("P1", *FIRST, "E")]


def test_a_mark_that_the_register_bears_already_is_not_written(school, register) -> None:
    register.held[MarkPlace("P1", *THIRD)] = "E"
    assert choose(school, register, {THIRD: "E"}) == 0
    assert deliver(school, register) == 0
    assert register.entered == []


def test_an_answer_that_was_lost_is_looked_for_and_the_mark_not_written_again(school, register) -> None:
    register.trouble = _lost
    choose(school, register, {FIRST: "E"})
    deliver(school, register)
    assert deliver(school, register) == 0
    assert (len(register.entered), states(school, register)) == (1, {FIRST: "written"})


def _lost() -> None:
    raise UnclearError("The MIS did not say whether it took it.")


def test_whoever_changes_their_mind_before_it_is_written_has_only_the_second_written(
    school, register
) -> None:
    choose(school, register, {FIRST: "E"})
    choose(school, register, {FIRST: "B"})
    assert deliver(school, register) == 0
    assert register.entered == [Mark("P1", *FIRST, "B")]


def test_whoever_changes_their_mind_afterwards_has_it_written_anew(school, register) -> None:
    choose(school, register, {FIRST: "E"})
    deliver(school, register)
    choose(school, register, {FIRST: "B"})
    assert deliver(school, register) == 0
    assert [mark.code for mark in register.entered] == ["E", "B"]


def test_a_second_thought_stands_while_nobody_knows_of_the_first(school, register) -> None:
    register.trouble = _lost
    choose(school, register, {FIRST: "E"})
    deliver(school, register)
    choose(school, register, {FIRST: "B"})
    for _ in range(3):
        deliver(school, register)
    assert register.says(FIRST) == "B"
    assert [mark.code for mark in register.entered] == ["E", "B"]


def test_what_somebody_else_entered_meanwhile_is_not_written_over(school, register) -> None:
    choose(school, register, {FIRST: "E"})
    register.held[MarkPlace("P1", *FIRST)] = "K"
    assert deliver(school, register) == 1
    assert (register.entered, states(school, register)) == ([], {FIRST: "not written"})
    (reason,) = [line.effect.reason for line in sheet(school, register).asking if line.effect]
    assert reason
    assert "2026-11-12/AM" in reason


def test_after_another_look_the_same_choice_is_written(school, register) -> None:
    choose(school, register, {FIRST: "E"})
    register.held[MarkPlace("P1", *FIRST)] = "K"
    deliver(school, register)
    school.attendance[0] = row(FIRST, "K")
    school.sync("2026-11-16T16:00")
    assert choose(school, register, {FIRST: "E"}) == 1
    assert deliver(school, register) == 0
    assert register.entered == [Mark("P1", *FIRST, "E")]


def test_a_mark_that_the_mis_refuses_waits_for_a_person(school, register) -> None:
    register.refuses = ConfigError("The school's MIS did not take the mark.")
    choose(school, register, {FIRST: "E", SECOND: "E"})
    assert deliver(school, register) == 2
    assert set(states(school, register).values()) == {"not written"}


def test_one_session_that_must_wait_does_not_hold_back_the_other(school, register) -> None:
    places = {FIRST: "E", SECOND: "E"}
    choose(school, register, places)
    read = register.read

    def slow(asked, since):
        waits = {MarkPlace("P1", *FIRST): TryLaterError("It is on its way.", retry_after=60.0)}
        return {**read(asked, since), **waits}

    register.read = slow
    deliver(school, register)
    assert [mark.code for mark in register.entered] == ["E"]
    assert states(school, register) == {FIRST: "on its way", SECOND: "written"}


OUTSIDE = Session(date(2026, 11, 11), Half.AM)
WEEKEND = Session(date(2026, 11, 14), Half.AM)


@pytest.mark.parametrize("session", [OUTSIDE, WEEKEND, Session(date(2026, 11, 17), Half.AM)])
def test_a_session_outside_the_suspension_is_refused(school, register, session: Session) -> None:
    with pytest.raises(UsageError, match="no half day of the suspension"):
        choose(school, register, {FIRST: "E", session: "E"})
    assert states(school, register) == {}


def test_a_session_that_has_not_begun_is_refused(school, register) -> None:
    with pytest.raises(UsageError, match="has not begun"):
        choose(school, register, {Session(date(2026, 11, 16), Half.PM): "E"}, "2026-11-16T10:00")


def test_a_code_that_the_school_does_not_have_is_refused(school, register) -> None:
    with pytest.raises(UsageError, match="no attendance code “D”"):
        choose(school, register, {FIRST: "D", SECOND: "E"})
    assert states(school, register) == {}


def test_a_mark_that_changed_since_it_was_shown_is_refused(school, register) -> None:
    with at_work(school, register) as office, pytest.raises(ConflictError, match="Look at it again"):
        choose_marks(office, REF, {FIRST: "E"}, "the lead", {FIRST: "\\"})


def test_an_mis_that_takes_no_marks_says_who_changes_them(school) -> None:
    with pytest.raises(UnsupportedError, match="the school office changes them in the MIS"):
        choose(school, None, {FIRST: "E"})
    assert "school office" in (sheet(school, None).closed or "")


def test_a_suspension_that_was_cancelled_has_no_session_to_be_marked(school, register) -> None:
    with at_work(school, register) as office:
        cancel_suspension(office, REF, "the head")
    with pytest.raises(UsageError, match="cancelled"):
        choose(school, register, {FIRST: "E"})


def test_of_a_closed_case_nothing_is_written(school, register) -> None:
    with at_work(school, register) as office:
        move_case(office, REF, Stage.CLOSED, "the lead")
    with pytest.raises(UsageError, match="closed"):
        choose(school, register, {FIRST: "E"})


def test_a_case_without_a_suspension_has_no_register(school, register) -> None:
    with at_work(school, register) as office:
        with office.store.begin() as work:
            work.cases.replace(replace(work.cases.get(REF), suspension_no=None))
            work.commit()
        with pytest.raises(UsageError, match="does not come from a suspension"):
            choose_marks(office, REF, {FIRST: "E"}, "the lead")


def test_who_chose_what_and_when_it_was_written_stays_to_be_read(school, register) -> None:
    choose(school, register, {FIRST: "E"})
    deliver(school, register, "2026-11-16T15:45")
    with at_work(school, register) as office, office.store.read() as work:
        rows = [(r.who, r.what, f"{r.at:%H:%M}") for r in work.audit.of_case(REF) if "mark" in r.what]
    assert rows == [
        ("the lead", "mark chosen: 2026-11-12/AM=E", "15:30"),
        ("rp-connect", "mark written: 2026-11-12/AM=E", "15:45"),
    ]


def test_a_killed_delivery_is_gone_on_with_by_looking_first(school, register) -> None:
    choose(school, register, {FIRST: "E"})
    register.trouble = _killed
    with pytest.raises(KeyboardInterrupt):
        deliver(school, register)
    assert register.says(FIRST) == "E"
    with at_work(school, register) as office, office.store.begin() as work:
        (effect,) = [e for e in work.effects.every() if e.kind is EffectKind.MARK]
        assert effect.state in (EffectState.LEASED, EffectState.WAITING)
        work.effects.wait(effect, 0.0, "as after a death")
        work.commit()
    assert deliver(school, register) == 0
    assert len(register.entered) == 1


def _killed() -> None:
    raise KeyboardInterrupt
