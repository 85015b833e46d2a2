"""People tick, move, edit and delete tasks in a calendar program: it comes home, and the legal due stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.task import TaskState
from rp_connect.ports.workspace import SeenTask
from rp_connect.services.change_suspension import cancel_suspension
from rp_connect.services.check_installation import check_installation
from rp_connect.services.complete_task import complete_task
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.pull_tasks import SchoolPull, pull_tasks
from tests.drop_school import DropSchool, suspension
from tests.faults.killing import NOW
from tests.model.world import World

VOICE = "RP-2026-0001.pupil-voice.1"
REVIEW = "RP-2026-0001.review.1"


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    """One suspension, its tasks in the workspace."""
    made = DropSchool(tmp_path)
    made.suspensions = [suspension("S1", "2026-11-10", 6)]
    made.sync(NOW)
    made.deliver(NOW)
    return made


@pytest.fixture
def dues(school: DropSchool) -> Iterator[dict[str, str]]:
    """What is legally due; after the test it is the same, whatever people did."""
    before = {task["id"]: task["due"] for task in school.tasks()}
    yield before
    assert {task["id"]: task["due"] for task in school.tasks()} == before


def file(school: DropSchool, key: str) -> Path:
    return school.folder / "workspace" / "tasks" / f"{key}.ics"


def text(school: DropSchool, key: str) -> str:
    """The file of a task with its folded lines joined."""
    return file(school, key).read_bytes().decode().replace("\r\n ", "")


def edit(school: DropSchool, key: str, **lines: str | None) -> None:
    """Change lines of the VTODO by hand: `STATUS="COMPLETED"`; None takes a line away."""
    found = text(school, key)
    for name, value in lines.items():
        name = name.replace("_", "-")
        found = re.sub(rf"(?m)^{name}[;:].*\r\n", "", found)
        if value is not None:
            mark = ";VALUE=DATE:" if name == "DUE" else ":"
            found = found.replace("END:VTODO", f"{name}{mark}{value}\r\nEND:VTODO")
    file(school, key).write_bytes(found.encode())


def task(school: DropSchool, key: str) -> dict[str, Any]:
    (found,) = [one for one in school.tasks() if one["id"] == key]
    return found


def counts(pulled: SchoolPull) -> dict[str, object]:
    return {name: value for name, value in pulled.to_json().items() if value and name != "school"}


@pytest.mark.usefixtures("dues")
def test_a_task_that_somebody_deletes_is_made_again_once_and_then_the_lead_is_asked(
    school: DropSchool,
) -> None:
    first = task(school, VOICE)["external_id"]
    file(school, VOICE).unlink()
    assert counts(school.pull(NOW)) == {"recreated": 1}
    assert school.deliver(NOW).done >= 1
    assert "has been made again" in text(school, VOICE)
    assert task(school, VOICE)["external_id"] not in (None, first)
    assert counts(school.pull(NOW)) == {}
    file(school, VOICE).unlink()
    assert counts(school.pull(NOW)) == {"asked": 1}
    school.deliver(NOW)
    assert not file(school, VOICE).exists()
    assert task(school, VOICE)["state"] == "open"
    assert counts(school.pull(NOW)) == {}
    office = school.office(NOW)
    assert [problem for problem in check_installation(office).schools[0].problems if VOICE in problem]
    office.store.close()


@pytest.mark.usefixtures("dues")
def test_a_task_that_is_ticked_in_a_calendar_program_is_done(school: DropSchool) -> None:
    edit(school, VOICE, STATUS="COMPLETED", PERCENT_COMPLETE="100", COMPLETED="20261112T101500Z")
    assert counts(school.pull(NOW)) == {"done": 1}
    assert task(school, VOICE)["state"] == "done"
    school.deliver(NOW)
    assert "STATUS:COMPLETED" in text(school, VOICE)
    assert counts(school.pull(NOW)) == {}


@pytest.mark.usefixtures("dues")
def test_a_task_that_is_dragged_to_another_day_is_planned_for_it(school: DropSchool) -> None:
    edit(school, VOICE, DUE="20261120")
    assert counts(school.pull(NOW)) == {"replanned": 1}
    assert task(school, VOICE)["planned"] == "2026-11-20"
    school.deliver(NOW)
    assert "DUE;VALUE=DATE:20261120" in text(school, VOICE)
    assert counts(school.pull(NOW)) == {}
    edit(school, VOICE, DUE="20261111")
    assert counts(school.pull(NOW)) == {"replanned": 1}
    assert task(school, VOICE)["planned"] is None  # back on its legal day


@pytest.mark.usefixtures("dues")
def test_a_task_that_was_done_here_and_is_opened_there_again_is_open(school: DropSchool) -> None:
    complete(school, VOICE)
    school.deliver(NOW)
    edit(school, VOICE, STATUS="NEEDS-ACTION", PERCENT_COMPLETE=None, COMPLETED=None)
    assert counts(school.pull(NOW)) == {"reopened": 1}
    assert task(school, VOICE)["state"] == "open"
    school.deliver(NOW)
    assert "STATUS:NEEDS-ACTION" in text(school, VOICE)
    assert counts(school.pull(NOW)) == {}


@pytest.mark.usefixtures("dues")
def test_words_that_somebody_wrote_while_an_update_was_waiting_stay(school: DropSchool) -> None:
    complete(school, VOICE)
    words = text(school, VOICE).partition("DESCRIPTION:")[2].partition("\r\n")[0]
    edit(school, VOICE, DESCRIPTION=f"He wants to speak first.\\n\\n{words}")
    assert counts(school.pull(NOW)) == {}
    school.deliver(NOW)
    assert "He wants to speak first." in text(school, VOICE)
    assert "STATUS:COMPLETED" in text(school, VOICE)
    assert task(school, VOICE)["state"] == "done"
    assert counts(school.pull(NOW)) == {}


@pytest.mark.usefixtures("dues")
def test_a_task_that_is_dragged_and_done_here_at_the_same_time_is_both(school: DropSchool) -> None:
    complete(school, VOICE)
    edit(school, VOICE, DUE="20261120")
    assert counts(school.pull(NOW)) == {"replanned": 1}
    school.deliver(NOW)
    found = task(school, VOICE)
    assert (found["state"], found["planned"]) == ("done", "2026-11-20")
    assert "STATUS:COMPLETED" in text(school, VOICE)
    assert "DUE;VALUE=DATE:20261120" in text(school, VOICE)
    assert counts(school.pull(NOW)) == {}


def test_a_day_that_somebody_planned_stands_while_the_mis_moves_the_legal_one(school: DropSchool) -> None:
    """Moved by the MIS by a week; the first review follows, the person's day does not."""
    before = task(school, REVIEW)["due"]
    school.suspensions = [suspension("S1", "2026-11-17", 6, decided_at="2026-11-10")]
    assert school.sync(NOW).cases_amended == 1
    after = task(school, REVIEW)["due"]
    assert after != before
    edit(school, REVIEW, DUE="20261215")
    assert counts(school.pull(NOW)) == {"replanned": 1}
    school.deliver(NOW)
    assert (task(school, REVIEW)["due"], task(school, REVIEW)["planned"]) == (after, "2026-12-15")
    assert "DUE;VALUE=DATE:20261215" in text(school, REVIEW)


@pytest.mark.usefixtures("dues")
def test_a_done_task_that_is_deleted_before_its_update_was_sent_stays_done(school: DropSchool) -> None:
    complete(school, VOICE)
    file(school, VOICE).unlink()
    assert counts(school.pull(NOW)) == {}
    assert school.deliver(NOW).parked == 0
    assert task(school, VOICE)["state"] == "done"
    assert counts(school.pull(NOW)) == {}


def test_a_cancelled_task_that_somebody_opens_again_there_is_closed_again(school: DropSchool) -> None:
    office = school.office(NOW)
    cancel_suspension(office, "RP-2026-0001", "the lead")
    office.store.close()
    school.deliver(NOW)
    assert task(school, VOICE)["state"] == "cancelled"
    closed = text(school, VOICE)
    status = re.findall(r"STATUS:\S+", closed)
    for _ in range(2):
        edit(school, VOICE, STATUS="NEEDS-ACTION", PERCENT_COMPLETE=None, COMPLETED=None)
        assert counts(school.pull(NOW)) == {}
        school.deliver(NOW)
        assert re.findall(r"STATUS:\S+", text(school, VOICE)) == status
        assert task(school, VOICE)["state"] == "cancelled"
        assert counts(school.pull(NOW)) == {}
        assert school.deliver(NOW).done == 0


def test_a_task_that_a_list_does_not_show_yet_is_not_taken_for_deleted(school: DropSchool) -> None:
    """The list lags behind for as long as a write needs to settle; after that it is believed."""
    file(school, VOICE).unlink()
    assert counts(pull_settling(school, 45.0)) == {}
    assert task(school, VOICE)["external_id"] is not None
    assert counts(pull_settling(school, 0.0)) == {"recreated": 1}


def test_a_list_that_shows_nothing_yet_does_not_look_like_the_wrong_plan(school: DropSchool) -> None:
    for one in (school.folder / "workspace" / "tasks").glob("*.ics"):
        one.unlink()
    assert counts(pull_settling(school, 45.0)) == {}


def pull_settling(school: DropSchool, seconds: float) -> SchoolPull:
    office = school.office(NOW)
    workspace: Any = office.school("northwick").workspace()
    workspace.settles_after = seconds
    schools = {"northwick": replace(office.school("northwick"), workspace=lambda: workspace)}
    (pulled,) = pull_tasks(replace(office, schools=schools))
    office.store.close()
    return pulled


def complete(school: DropSchool, key: str) -> None:
    office = school.office(NOW)
    complete_task(office, key, "the lead")
    office.store.close()


class Between:
    """The tasks of a workspace; after they were read, and before the reader goes on, `happens` happens."""

    def __init__(self, shelf: Any, happens: Callable[[], object]) -> None:
        self._shelf = shelf
        self._happens = happens

    def everything(self) -> list[SeenTask]:
        read = list(self._shelf.everything())
        self._happens()
        return read


def pull_while(school: DropSchool, happens: Callable[[Office], object]) -> SchoolPull:
    """One pull, in whose middle another process does `happens`."""
    office, other = school.office(NOW), school.office(NOW)
    workspace: Any = office.school("northwick").workspace()
    workspace.tasks = Between(workspace.tasks, lambda: happens(other))
    schools = {"northwick": replace(office.school("northwick"), workspace=lambda: workspace)}
    (pulled,) = pull_tasks(replace(office, schools=schools))
    for one in (office, other):
        one.store.close()
    return pulled


def test_tasks_that_are_sent_while_a_pull_is_reading_do_not_count_as_deleted(tmp_path: Path) -> None:
    school = DropSchool(tmp_path)
    school.suspensions = [suspension("S1", "2026-11-10", 6)]
    school.sync(NOW)
    assert counts(pull_while(school, deliver_effects)) == {}


def test_a_task_that_is_done_here_while_a_pull_is_reading_is_not_opened_again(school: DropSchool) -> None:
    def done_and_sent(office: Office) -> None:
        complete_task(office, VOICE, "the lead")
        deliver_effects(office)

    pulled = pull_while(school, done_and_sent)
    assert task(school, VOICE)["state"] == "done"
    assert counts(pulled) == {}


def test_a_tick_is_not_lost_where_a_worker_died_before_it_wrote_anything() -> None:
    world = World()
    world.drop.suspensions.append(suspension("S1", "2026-11-16", 6, decided_at="2026-11-12"))
    world.sync()
    world.deliver()
    world.drop.suspensions[0]["start_date"] = "2026-11-23"
    world.sync()
    assert world.worker_dies(leased=50, written=0) > 10
    world.edit(REVIEW, STATUS="COMPLETED", PERCENT_COMPLETE="100")
    world.deliver()
    world.pull()
    state = world.tasks()[REVIEW].state
    world.close()
    assert state is TaskState.DONE
