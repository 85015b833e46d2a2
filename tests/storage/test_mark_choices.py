"""Choices of marks on both databases: the newest of each session, and how far its write has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.domain.mark_choice import MarkChoice
from rp_connect.storage.store import SqlStore
from tests.storage.conftest import SetClock
from tests.storage.samples import SCHOOL, add_pupils, bare_case

REF, OTHER = "RP-2026-0001", "RP-2026-0002"
AM, PM = Session(date(2026, 11, 9), Half.AM), Session(date(2026, 11, 9), Half.PM)


def put(store: SqlStore, clock: SetClock) -> MarkChoice:
    """Two cases of one pupil; the morning of the first is chosen."""
    with store.begin() as work:
        (no,) = add_pupils(work, "P-1")
        for ref in (REF, OTHER):
            work.cases.add(bare_case(ref))
        choice = MarkChoice(
            case=REF,
            school=SCHOOL,
            pupil_no=no,
            session=AM,
            code="E",
            seen=("\\", ""),
            chosen_by="lead@northwick.example",
            chosen_at=clock(),
        )
        work.mark_choices.put(choice)
        work.commit()
    return choice


def test_a_choice_comes_back_as_it_was_made(store: SqlStore, clock: SetClock):
    choice = put(store, clock)

    with store.read() as work:
        assert work.mark_choices.of_case(REF) == {choice.key: choice}
        assert work.mark_choices.of_case(OTHER) == {}
        assert work.mark_choices.by_key([choice.key, "RP-2026-0009.mark.1.2026-11-09.AM"]) == {
            choice.key: choice
        }


def test_a_later_choice_takes_the_place_of_the_first_and_leaves_other_sessions_alone(
    store: SqlStore, clock: SetClock
):
    first = put(store, clock)
    second = replace(first, code="B", seen=("\\", "E"), written_at=clock() + timedelta(minutes=1))
    afternoon = replace(first, session=PM)
    with store.begin() as work:
        work.mark_choices.put(afternoon)
        work.mark_choices.put(second)
        work.commit()

    with store.read() as work:
        assert list(work.mark_choices.of_case(REF).values()) == [second, afternoon]


def test_the_newest_effect_of_each_choice_tells_how_far_it_has_come(store: SqlStore, clock: SetClock):
    choice = put(store, clock)
    with store.begin() as work:
        work.effects.want(EffectKind.MARK, choice.key, school=SCHOOL, case=REF)
        (held,) = work.effects.lease("elsewhere:1:1", 5)
        work.effects.done(held)
        work.effects.want(EffectKind.MARK, choice.key, school=SCHOOL, case=REF)
        work.effects.want(EffectKind.RECORD, REF, school=SCHOOL, case=REF)
        work.commit()

    with store.read() as work:
        found = work.effects.of_case(EffectKind.MARK, REF)
        assert work.effects.of_case(EffectKind.MARK, OTHER) == {}
    assert [(key, one.state, one.revision) for key, one in found.items()] == [
        (choice.key, EffectState.WAITING, 2)
    ]
