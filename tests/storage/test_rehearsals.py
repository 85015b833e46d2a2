"""A rehearsal shows what would come of it, and leaves nothing behind."""

from __future__ import annotations

from datetime import date

import pytest

from rp_connect.domain.calendar import Half
from rp_connect.domain.effect import EffectKind
from rp_connect.errors import StoreError
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
