"""A person and the program change the same task: neither loses what the other did."""

from __future__ import annotations

from pathlib import Path

from tests.drop_school import DropSchool, suspension
from tests.faults.killing import run

KEY = "RP-2026-0001.tell-la.1"
NOW = "2026-11-12T09:40"


def delivered(folder: Path) -> DropSchool:
    school = DropSchool(folder)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync(NOW)
    school.deliver(NOW)
    return school


def file_of(school: DropSchool, key: str = KEY) -> Path:
    return school.folder / "workspace" / "tasks" / f"{key}.ics"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


def test_a_tick_made_just_before_our_own_change_is_kept(tmp_path: Path) -> None:
    school = delivered(tmp_path)
    school.suspensions[0] |= {"start_date": "2026-11-16", "decided_at": "2026-11-13"}
    school.sync("2026-11-13T09:00")
    edit(file_of(school), "STATUS:NEEDS-ACTION", "STATUS:COMPLETED")
    result = school.deliver("2026-11-13T09:05")
    task = next(t for t in school.tasks() if t["id"] == KEY)
    assert (task["state"], task["due"]) == ("done", "2026-11-13")
    assert (result.waiting, result.parked) == (0, 0)
    assert "STATUS:COMPLETED" in file_of(school).read_text()


def test_what_we_wrote_ourselves_does_not_come_back_as_somebody_elses(tmp_path: Path) -> None:
    school = delivered(tmp_path)
    school.suspensions[0] |= {"start_date": "2026-11-16", "decided_at": "2026-11-13"}
    school.sync("2026-11-13T09:00")
    school.deliver("2026-11-13T09:05")
    pulled = school.pull("2026-11-13T09:10")
    assert pulled.to_json() == {
        "school": "northwick", "done": 0, "reopened": 0, "replanned": 0,
        "reassigned": 0, "recreated": 0, "asked": 0, "fault": None,
    }  # fmt: skip


def test_a_task_whose_file_cannot_be_read_is_not_taken_for_deleted(tmp_path: Path) -> None:
    school = delivered(tmp_path)
    file_of(school).write_text("half a fi")
    pulled = school.pull("2026-11-12T10:00")
    assert (pulled.recreated, pulled.asked) == (0, 0)


def test_a_workspace_that_is_suddenly_empty_is_not_believed(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6), suspension("S2", "2026-11-12", 6, pupil_id="P2")]
    school.sync(NOW)
    school.deliver(NOW)
    (tmp_path / "workspace").rename(tmp_path / "elsewhere")
    pulled = school.pull("2026-11-12T10:00")
    assert pulled.fault == (
        "northwick: 36 of 36 tasks are gone from the workspace. "
        "Nothing was changed: look whether it is really the right one."
    )
    assert pulled.recreated == 0


def test_a_task_deleted_once_is_made_again_and_twice_is_asked_about(tmp_path: Path) -> None:
    school = delivered(tmp_path)
    file_of(school).unlink()
    assert school.pull("2026-11-12T10:00").recreated == 1
    school.deliver("2026-11-12T10:01")
    assert "made again" in file_of(school).read_bytes().decode().replace("\r\n ", "")
    file_of(school).unlink()
    assert school.pull("2026-11-12T11:00").asked == 1
    school.deliver("2026-11-12T11:01")
    assert not file_of(school).exists()
    assert next(t for t in school.tasks() if t["id"] == KEY)["state"] == "open"


def test_a_tick_on_top_of_a_write_whose_end_was_lost_comes_home(tmp_path: Path) -> None:
    """The program dies after the file was written and before that was noted; somebody ticks it then."""
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-12", 6)]
    school.sync(NOW)
    assert not run(tmp_path, "deliver", kill_at=4).finished
    written = next((tmp_path / "workspace" / "tasks").glob("*.ics"))
    edit(written, "STATUS:NEEDS-ACTION", "STATUS:COMPLETED")
    school.deliver("2026-11-12T09:45")
    assert school.pull("2026-11-12T09:50").done == 1
    assert next(t for t in school.tasks() if t["id"] == written.stem)["state"] == "done"
