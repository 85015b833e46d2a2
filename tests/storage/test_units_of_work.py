"""A unit of work is stored as a whole or not at all; reading waits for nobody and changes nothing."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import StoreError
from rp_connect.ports.store import Store, UnitOfWork
from rp_connect.storage.store import SqlStore
from tests.storage.elsewhere import elsewhere
from tests.storage.samples import BARE_PUPIL, MIS, SCHOOL, STATE, add_pupils, bare_case


def pupils(store: SqlStore) -> int:
    with store.read() as work:
        return len(work.pupils.every(SCHOOL))


def test_it_is_the_store_that_services_were_promised(store):
    promised: Store = store
    with store.begin() as work:
        whole: UnitOfWork = work
        assert (promised, whole) == (store, work)


def test_leaving_without_commit_undoes_everything(store):
    with store.begin() as work:
        add_pupils(work, "a")
        work.cases.add(bare_case())
        work.schools.put(STATE)
        work.effects.want(EffectKind.TASK, "t", school=SCHOOL, case=None)

    with store.read() as work:
        assert list(work.pupils.every(SCHOOL)) == []
        assert list(work.cases.every()) == []
        assert list(work.effects.every()) == []
        assert work.schools.state(SCHOOL).passes == 0


def test_a_fault_on_the_way_undoes_everything_and_is_told_as_it_is(store):
    def add_and_fail() -> None:
        with store.begin() as work:
            add_pupils(work, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()

    assert pupils(store) == 0


def test_what_was_committed_is_there_next_time(store):
    with store.begin() as work:
        add_pupils(work, "a")
        work.commit()

    assert pupils(store) == 1


def test_after_its_commit_a_unit_of_work_is_over(store):
    with store.begin() as work:
        work.commit()
        with pytest.raises(StoreError, match="over"):
            add_pupils(work, "a")
        with pytest.raises(StoreError, match="over"):
            work.commit()

    assert pupils(store) == 0


def test_after_its_block_a_unit_of_work_is_over(store):
    with store.begin() as work:
        pass
    with store.read() as reading:
        pass

    for ended in (work, reading):
        with pytest.raises(StoreError, match="over"):
            ended.pupils.every(SCHOOL)


def test_who_reads_cannot_write(store):
    with store.read() as work:
        with pytest.raises(StoreError, match="nothing in it to commit"):
            work.commit()
        with pytest.raises(StoreError, match=r"^The store is read-only: nothing was written\.$"):
            add_pupils(work, "a")

    assert pupils(store) == 0


def test_who_reads_sees_one_state_however_long_it_takes(store):
    with store.read() as work:
        assert list(work.pupils.every(SCHOOL)) == []
        with store.begin() as writing:
            add_pupils(writing, "a")
            writing.commit()
        assert list(work.pupils.every(SCHOOL)) == []

    assert pupils(store) == 1


def test_reading_goes_on_while_another_process_writes(store, url):
    with store.begin() as work:
        add_pupils(work, "a")
        work.commit()
    with elsewhere("hold_writing", url) as other:
        assert other.says() == "writing"
        assert pupils(store) == 1


def test_many_threads_may_use_one_store(store):
    def add(number: int) -> None:
        with store.begin() as work:
            work.pupils.put(SCHOOL, MIS, [BARE_PUPIL.model_copy(update={"id": str(number)})])
            work.commit()
        pupils(store)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert pupils(store) == 24


def test_those_who_change_one_case_at_once_do_not_lose_each_others_change(store):
    """On PostgreSQL the later one waits at `get`; on SQLite at `begin`."""
    with store.begin() as work:
        work.cases.add(bare_case())
        work.commit()

    def link(number: int) -> None:
        for _ in range(5):
            with store.begin() as work:
                case = work.cases.get("RP-2026-0001")
                work.cases.replace(replace(case, linked=(*case.linked, f"{number}")))
                work.commit()

    threads = [threading.Thread(target=link, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as work:
        assert len(work.cases.get("RP-2026-0001").linked) == 20


def test_the_store_tells_the_time_it_was_given(store, clock):
    clock.move_on(90)

    assert store.now() == clock.moment
