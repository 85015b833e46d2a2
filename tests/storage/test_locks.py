"""A lock has one holder over all processes, and is free again when its holder ends, however it ends."""

from __future__ import annotations

import time

import pytest

from rp_connect.errors import BusyError
from tests.storage.elsewhere import elsewhere


def test_a_second_holder_is_told_at_once(store):
    with store.lock("sync northwick"), pytest.raises(BusyError) as caught, store.lock("sync northwick"):
        pass

    assert str(caught.value) == "Another process is at “sync northwick” already: nothing was done here."


def test_locks_of_other_names_are_free(store):
    with store.lock("sync northwick"), store.lock("sync eastmoor"), store.lock("../../etc/x"), store.lock(""):
        pass


def test_a_lock_is_free_again_after_its_block(store):
    for _ in range(3):
        with store.lock("deliver"):
            pass


def test_a_lock_is_free_again_after_a_fault(store):
    def fail() -> None:
        with store.lock("deliver"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.lock("deliver"):
        pass


def test_another_process_holds_it_until_it_is_killed(store, url):
    with elsewhere("hold_lock", url, "deliver") as other:
        assert other.says() == "held"
        with pytest.raises(BusyError), store.lock("deliver"):
            pass
        with elsewhere("hold_lock", url, "deliver") as third:
            assert third.says() == "busy"
        other.kill()
        assert_free_soon(store)


def assert_free_soon(store):
    """PostgreSQL learns of the death over the network."""
    for _ in range(100):
        try:
            with store.lock("deliver"):
                return
        except BusyError:
            time.sleep(0.05)
    pytest.fail("the lock outlived its process")


def test_work_goes_on_while_a_lock_is_held(store, url):
    with elsewhere("hold_lock", url, "deliver") as other:
        assert other.says() == "held"
        with store.begin() as work:
            work.cases.next_ref(2026)
            work.commit()
