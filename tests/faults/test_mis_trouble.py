"""The MIS is away, half written or repeated: every suspension counts once and the latest state wins."""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rp_connect.services.check_installation import SchoolCheck, check_installation
from rp_file_drop import snapshot
from tests.cli.installation import Answer, run
from tests.drop_school import DropSchool, suspension
from tests.faults.killing import NOW, rich_school

NEXT_DAY = "2026-11-13T09:40"


def contents(school: DropSchool) -> list[dict[str, Any]]:
    """The tasks, by the record they follow, without what says when and in which order we learnt of it."""
    found = []
    for task in school.tasks():
        record, case = task["source"]["id"], task["case"]
        told = {name: task[name] for name in ("duty", "due", "planned", "state", "role", "source")}
        found.append(told | {name: task[name].replace(case, record) for name in ("id", "title")})
    return sorted(found, key=lambda task: str(task["id"]))


def check(school: DropSchool, now: str = NOW) -> SchoolCheck:
    office = school.office(now)
    try:
        return check_installation(office).schools[0]
    finally:
        office.store.close()


def program(school: DropSchool, *command: str, now: str = NOW) -> Answer:
    """Does not write the drop anew, as `school.sync` does."""
    return run(*words(school, *command, now=now), folder=school.folder)


def words(school: DropSchool, *command: str, now: str = NOW) -> list[str]:
    return ["--config", str(school.folder / "rp-connect.toml"), "--now", now, *command]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    school = rich_school(tmp_path_factory.mktemp("undisturbed"), "sqlite:///rp-connect.db")
    school.sync(NOW)
    school.sync(NEXT_DAY)
    return contents(school)


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    made = rich_school(tmp_path, "sqlite:///rp-connect.db")
    made.write()
    return made


def gone(school: DropSchool) -> Callable[[], object]:
    away = school.folder / "elsewhere"
    (school.folder / "drop").rename(away)

    def back() -> None:
        empty = school.folder / "drop"
        if empty.is_dir():
            empty.rmdir()
        away.rename(empty)

    return back


def no_folder(school: DropSchool) -> Callable[[], object]:
    back = gone(school)
    stands_in_the_way = school.folder / "drop"
    stands_in_the_way.write_text("", encoding="utf-8")

    def free() -> None:
        stands_in_the_way.unlink()
        back()

    return free


def unreadable(school: DropSchool) -> Callable[[], object]:
    file, kept = school.folder / "drop" / "suspensions.csv", school.folder / "kept.csv"
    file.rename(kept)
    file.mkdir()

    def free() -> None:
        file.rmdir()
        kept.rename(file)

    return free


def half_written(school: DropSchool) -> Callable[[], object]:
    file = school.folder / "drop" / "suspensions.csv"
    whole = file.read_bytes()
    fourth = [at for at, sign in enumerate(whole) if sign == ord("\n")][4]
    file.write_bytes(whole[: fourth + 8])
    return lambda: file.write_bytes(whole)


def emptied(school: DropSchool) -> Callable[[], object]:
    file = school.folder / "drop" / "suspensions.csv"
    whole = file.read_bytes()
    file.write_bytes(b"")
    return lambda: file.write_bytes(whole)


Trouble = Callable[[DropSchool], Callable[[], object]]
TROUBLES: list[Trouble] = [gone, no_folder, unreadable, half_written, emptied]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
@pytest.mark.parametrize("read_before", [False, True], ids=["at the first sync", "at a later sync"])
def test_after_an_outage_of_the_mis_every_suspension_counts_once(
    school: DropSchool, undisturbed: list[dict[str, Any]], trouble: Trouble, read_before: bool
) -> None:
    if read_before:
        assert program(school, "sync").code == 0
    before = contents(school)
    mended = trouble(school)
    code = program(school, "sync", "--full").code
    if trouble not in (gone,):
        assert code in (1, 2, 3)
    if read_before:
        assert contents(school) == before
    mended()
    assert program(school, "sync", now=NOW).code == 0
    assert program(school, "sync", now=NEXT_DAY).code == 0
    assert contents(school) == undisturbed


@pytest.mark.parametrize(
    "trouble", [no_folder, unreadable, half_written, emptied], ids=lambda one: one.__name__
)
def test_check_says_that_the_mis_was_not_read_whole(school: DropSchool, trouble: Trouble) -> None:
    assert program(school, "sync").code == 0
    assert check(school).ok
    trouble(school)
    program(school, "sync", "--full")
    assert not json.loads(program(school, "check", "--json").out or '{"ok": false}')["ok"]


def test_a_drop_folder_that_vanished_is_listed_as_not_given(school: DropSchool) -> None:
    assert program(school, "sync").code == 0
    gone(school)
    program(school, "sync", "--full")
    assert "suspensions.csv" in check(school).not_granted


def test_a_drop_folder_that_vanished_needs_a_person(school: DropSchool) -> None:
    assert program(school, "sync").code == 0
    gone(school)
    program(school, "sync", "--full")
    assert not check(school).ok


@pytest.fixture
def written_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """suspensions.csv looks different at every look, until the answered function is called."""
    looks, real = itertools.count(), snapshot._stamp

    def other_each_time(path: Path) -> tuple[int, int]:
        size, changed = real(path)
        return size, changed + (next(looks) if path.name == "suspensions.csv" else 0)

    monkeypatch.setattr(snapshot, "_stamp", other_each_time)
    monkeypatch.setattr(snapshot, "PAUSE_S", 0.0)
    return lambda: monkeypatch.setattr(snapshot, "_stamp", real)


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_sync(
    school: DropSchool, undisturbed: list[dict[str, Any]], written_on: Callable[[], None]
) -> None:
    answer = program(school, "sync")
    assert answer.code == 1
    assert "suspensions.csv was still being written" in answer.out
    assert [problem for problem in check(school).problems if "suspensions.csv" in problem]
    written_on()
    assert program(school, "sync").code == 0
    assert program(school, "sync", now=NEXT_DAY).code == 0
    assert contents(school) == undisturbed
    assert check(school, NEXT_DAY).ok


@pytest.mark.parametrize("lost", ["cursor = NULL", "cursor = NULL, keys = NULL, label = ''", "cursor = '{}'"])
def test_a_lost_cursor_means_that_all_is_read_again_and_nothing_is_made_twice(
    school: DropSchool, undisturbed: list[dict[str, Any]], lost: str
) -> None:
    assert program(school, "sync").code == 0
    store = sqlite3.connect(school.folder / "rp-connect.db")
    with store:
        store.execute(f"UPDATE sources SET {lost}")  # noqa: S608 - our own words
    store.close()
    report = json.loads(program(school, "sync", "--json").out)["schools"][0]
    assert (report["cases_opened"], report["tasks_created"], report["refused"]) == (0, 0, 0)
    assert report["read"]["suspensions"] == 7
    assert program(school, "sync", now=NEXT_DAY).code == 0
    assert contents(school) == undisturbed


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_are_repeated_and_in_any_order_count_once(
    school: DropSchool, undisturbed: list[dict[str, Any]], seed: int
) -> None:
    dice = random.Random(seed)
    for name in ("pupils", "suspensions", "attendance"):
        rows = list(getattr(school, name))
        repeated = rows + dice.choices(rows, k=len(rows))
        dice.shuffle(repeated)
        setattr(school, name, repeated)
    assert school.sync(NOW).refused == 0
    assert school.sync(NEXT_DAY).refused == 0
    assert contents(school) == undisturbed


def test_a_suspension_that_changed_three_times_between_two_syncs_is_as_it_was_last(tmp_path: Path) -> None:
    """Whether somebody synced in between or not."""
    ended: list[list[tuple[str, str | None, str]]] = []
    for syncs in ([3], [0, 3], [0, 1, 2, 3]):
        school = DropSchool(tmp_path / str(len(ended)))
        for number, sessions in enumerate([10, 8, 6, 4]):
            school.suspensions = [suspension("S1", "2026-11-16", sessions, decided_at="2026-11-12")]
            if number in syncs:
                school.sync(f"2026-11-12T1{number}:00")
        ended.append([(t["id"], t["due"], t["state"]) for t in school.tasks() if t["state"] != "cancelled"])
        assert {task["case"] for task in school.tasks()} == {"RP-2026-0001"}
    assert ended[0] == ended[1] == ended[2]
