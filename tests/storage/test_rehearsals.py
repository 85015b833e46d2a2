"""A rehearsal shows what would come of it, and leaves nothing behind."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.effect import EffectKind
from rp_connect.errors import StoreError
from rp_connect.storage.store import open_store
from tests.storage.samples import SCHOOL, add_pupils, bare_case


def rehearse_everything(begin):
    with begin() as work:
        [pupil] = add_pupils(work, "a")
        work.marks.put(SCHOOL, [(pupil, date(2026, 9, 1), Half.AM, "/")])
        work.effects.want(EffectKind.TASK, "t", school=SCHOOL, case=None)
        work.cases.add(bare_case(work.cases.next_ref(2026)))
        work.commit()


def test_later_units_of_work_see_what_earlier_ones_committed(store):
    with store.rehearse() as begin:
        rehearse_everything(begin)
        with begin() as work:
            assert [case.ref for case in work.cases.every()] == ["RP-2026-0001"]
            assert work.cases.next_ref(2026) == "RP-2026-0002"


def test_what_was_not_committed_is_not_seen_by_the_next_one(store):
    with store.rehearse() as begin:
        with begin() as work:
            work.cases.next_ref(2026)
            add_pupils(work, "a")
        with begin() as work:
            assert list(work.pupils.every(SCHOOL)) == []
            assert work.cases.next_ref(2026) == "RP-2026-0001"


def test_nothing_is_left_of_it(store):
    with store.rehearse() as begin:
        rehearse_everything(begin)

    with store.begin() as work:
        assert list(work.pupils.every(SCHOOL)) == []
        assert list(work.cases.every()) == []
        assert list(work.effects.every()) == []
        assert work.cases.next_ref(2026) == "RP-2026-0001"


def test_nothing_is_left_of_it_after_a_fault(store):
    def fail_half_way() -> None:
        with store.rehearse() as begin:
            rehearse_everything(begin)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    with store.read() as work:
        assert list(work.cases.every()) == []


def test_a_fault_in_one_unit_of_work_leaves_the_others_standing(store):
    with store.rehearse() as begin:
        rehearse_everything(begin)
        with begin() as work, pytest.raises(StoreError):
            work.cases.add(bare_case("RP-2026-0001"))
        with begin() as work:
            assert [case.ref for case in work.cases.every()] == ["RP-2026-0001"]


def test_marks_are_compared_with_those_that_stand_and_counted_with_them(store):
    day, later = date(2026, 9, 1), date(2026, 9, 2)
    sessions = [Session(day, Half.AM), Session(day, Half.PM), Session(later, Half.AM)]
    with store.begin() as work:
        a, b = add_pupils(work, "a", "b")
        work.marks.put(SCHOOL, [(no, day, half, "/") for no in (a, b) for half in Half])
        work.commit()

    with store.rehearse() as begin:
        with begin() as work:
            given = [(a, day, Half.AM, "/"), (b, day, Half.AM, "N"), (b, later, Half.AM, "/")]
            assert work.marks.put(SCHOOL, given) == {b}
            work.commit()
        with begin() as work:
            assert work.marks.put(SCHOOL, [(b, day, Half.AM, "L"), (b, later, Half.AM, "/")]) == {b}
            assert list(work.marks.of(SCHOOL, b, sessions).values()) == ["L", "/", "/"]
            assert list(work.marks.of(SCHOOL, a, sessions).values()) == ["/", "/"]
            assert work.marks.counts(SCHOOL, b, 2026) == {"L": 1, "/": 2}
            assert work.marks.counts(SCHOOL, a, 2026) == {"/": 2}

    with store.read() as work:
        assert list(work.marks.of(SCHOOL, b, sessions).values()) == ["/", "/"]
        assert work.marks.counts(SCHOOL, b, 2026) == {"/": 2}


def test_on_postgresql_nobody_waits_for_a_rehearsal_and_it_waits_for_nobody(postgres_store_url):
    """A lock that is waited for would be given up with a fault."""
    with closing(open_store(postgres_store_url)) as store, store.rehearse() as begin:
        rehearse_everything(begin)
        with store.begin() as work:  # the same records again, for good
            [pupil] = add_pupils(work, "a")
            work.marks.put(SCHOOL, [(pupil, date(2026, 9, 1), Half.AM, "/")])
            work.effects.want(EffectKind.TASK, "t", school=SCHOOL, case=None)
            work.cases.add(bare_case(work.cases.next_ref(2026)))
            rehearse_everything(begin)
            work.commit()
        with store.read() as work:
            assert [case.ref for case in work.cases.every()] == ["RP-2026-0001"]
            assert [effect.revision for effect in work.effects.every()] == [1]
        with begin() as work:
            assert [case.ref for case in work.cases.every()] == ["RP-2026-0001", "RP-2026-0002"]
            assert [effect.revision for effect in work.effects.every()] == [2]


def test_nobody_waits_for_a_rehearsal_that_has_not_touched_anything(store):
    with store.rehearse(), store.begin() as work:
        add_pupils(work, "a")
        work.commit()

    with store.read() as work:
        assert len(work.pupils.every(SCHOOL)) == 1


def test_others_read_what_stood_before_while_it_goes_on(store):
    with store.rehearse() as begin:
        rehearse_everything(begin)
        with store.read() as work:
            assert list(work.cases.every()) == []


def test_after_its_end_nothing_more_can_be_tried(store):
    with store.rehearse() as begin, begin() as work:
        work.commit()
        with pytest.raises(StoreError, match="over"):
            work.commit()

    with pytest.raises(StoreError, match="over"), begin():
        pass
