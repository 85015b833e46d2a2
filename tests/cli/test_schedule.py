"""The jobs of `run`: repeated, a failure told once, stopped when the pages are."""

from __future__ import annotations

import time
from collections.abc import Callable

from rp_connect.errors import BusyError, TryLaterError
from rp_connect.wiring.once import Once
from rp_connect.wiring.schedule import Job, Schedule


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_job_is_repeated_and_its_lines_are_told():
    said: list[str] = []
    with Schedule([Job("deliver", 0.001, lambda: "1 sent.")], said.append):
        until(lambda: len(said) > 2)
    assert set(said) == {"deliver: 1 sent."}


def test_a_job_that_fails_is_told_once_and_tried_again():
    tries: list[int] = []
    said: list[str] = []

    def fail() -> None:
        tries.append(1)
        raise TryLaterError("The MIS asks for patience.")

    with Schedule([Job("sync", 0.001, fail)], said.append):
        until(lambda: len(tries) > 3)
    assert said == ["sync: The MIS asks for patience."]


def test_a_job_that_works_again_says_so():
    said: list[str] = []
    tries: list[int] = []

    def fail_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("Canarybird")

    with Schedule([Job("pull", 0.001, fail_once)], said.append):
        until(lambda: len(tries) > 2)
    assert said == ["pull: Something went wrong (ValueError); it is tried again.", "pull: works again."]


def test_a_job_that_another_process_is_at_says_nothing():
    tries: list[int] = []
    said: list[str] = []

    def busy() -> None:
        tries.append(1)
        raise BusyError("A sync of northwick is running.")

    with Schedule([Job("sync", 0.001, busy)], said.append):
        until(lambda: len(tries) > 2)
    assert said == []


def test_one_slow_job_does_not_hold_up_the_others():
    done: list[int] = []
    slow = Job("sync", 0.001, lambda: time.sleep(0.5))
    with Schedule([slow, Job("deliver", 0.001, lambda: done.append(1))], lambda _: None):
        began = time.monotonic()
        until(lambda: len(done) > 5)
        assert time.monotonic() - began < 0.5


def test_leaving_lets_a_job_finish_what_it_is_at():
    done: list[str] = []

    def work() -> None:
        time.sleep(0.2)
        done.append("whole")

    with Schedule([Job("sync", 60, work)], lambda _: None):
        time.sleep(0.05)
    assert done == ["whole"]


def test_what_could_not_be_built_is_tried_again_and_then_kept():
    tries: list[int] = []

    def build() -> object:
        tries.append(1)
        if len(tries) == 1:
            raise TryLaterError("Not now.")
        return object()

    once = Once(build)
    try:
        once()
    except TryLaterError:
        kept = once()
    assert once() is kept
    assert len(tries) == 2
