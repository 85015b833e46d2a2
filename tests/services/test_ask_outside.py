"""`ask_outside`: the schools of a trust are asked at once, and nobody waits for those not needed any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Lock
from types import SimpleNamespace
from typing import Any

import pytest

from rp_connect.errors import TryLaterError
from rp_connect.services.ask_outside import AT_ONCE, ask_outside
from rp_connect.services.office import School
from rp_connect.services.sync_report import Progress
from tests.drop_school import DropSchool

SILENT = SimpleNamespace(probe=list)


class Counted(Progress):
    def __init__(self, interrupted: bool = False) -> None:
        self.heard: list[object] = []
        self._interrupted = interrupted

    def begin(self, label: str, total: int) -> None:
        self.heard.append(total)

    def advance(self, count: int) -> None:
        self.heard.append(count)
        if self._interrupted:
            raise KeyboardInterrupt

    def end(self) -> None:
        self.heard.append("end")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[School]:
    drop = DropSchool(tmp_path)
    drop.write()
    office = drop.office("2026-11-12T10:00")
    yield next(iter(office.schools.values()))
    office.store.close()


def many(one: School, number: int, workspace: Callable[[], Any]) -> list[School]:
    return [replace(one, workspace=workspace) for _ in range(number)]


def test_schools_of_a_tenant_that_is_away_are_waited_for_together(one):
    together = Barrier(AT_ONCE)

    def away() -> object:
        together.wait(timeout=30)
        raise TryLaterError("Nobody answers.")

    answers = ask_outside(many(one, AT_ONCE, away), Progress())
    assert [answer.problems for answer in answers] == [["Nobody answers."]] * AT_ONCE


def test_each_school_has_its_own_answers_in_the_order_of_the_schools(one):
    schools = [
        replace(one, workspace=lambda name=name: SimpleNamespace(probe=lambda: [name]))
        for name in "abcdefghijklm"
    ]
    answers = ask_outside(schools, Progress())
    assert [answer.permissions_missing for answer in answers] == [[name] for name in "abcdefghijklm"]
    assert all(answer.capabilities == ["pupils"] and answer.periods for answer in answers)


def test_who_watches_sees_each_school_come_in(one):
    watched = Counted()
    ask_outside(many(one, 3, lambda: SILENT), watched)
    assert watched.heard == [3, 1, 1, 1, "end"]


def test_an_installation_without_schools_asks_nobody():
    watched = Counted()
    assert ask_outside([], watched) == []
    assert watched.heard == []


def test_somebody_who_interrupts_it_does_not_wait_for_the_schools_not_yet_asked(one):
    asked, lock = [0], Lock()
    first = Barrier(AT_ONCE)

    def workspace() -> object:
        with lock:
            asked[0] += 1
        first.wait(timeout=1)
        return SILENT

    with pytest.raises(KeyboardInterrupt):
        ask_outside(many(one, 20 * AT_ONCE, workspace), Counted(interrupted=True))
    assert AT_ONCE <= asked[0] < 10 * AT_ONCE
