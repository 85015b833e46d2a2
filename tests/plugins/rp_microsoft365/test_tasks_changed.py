"""Changes to tasks in Planner: ours arrive, people's are never written over unread, ours stay ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rp_connect.domain.task import TaskState
from rp_connect.errors import ConflictError, GoneError
from rp_connect.ports.workspace import SeenTask, WorkspaceTask, Written
from tests.graph_server.tenant import HEAD, LEAD
from tests.plugins.rp_microsoft365.planner_school import (
    BARE,
    HEAD_AT,
    LEAD_AT,
    WHOLE,
    PlannerSchool,
    numbered,
)

pytestmark = pytest.mark.facts
NEXT_WEEK = date(2026, 11, 19)


def seen(school: PlannerSchool) -> SeenTask:
    (task,) = school.open().everything()
    return task


def next_of(task: WorkspaceTask, written: Written, **changed: object) -> WorkspaceTask:
    later = {"revision": task.revision + 1, "seen_version": written.version, **changed}
    return replace(task, **later)  # type: ignore[arg-type] # by name


def test_only_what_differs_is_sent(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    shelf.update(written.external_id, next_of(WHOLE, written, day=NEXT_WEEK))

    assert school.row["dueDateTime"] == "2026-11-19T12:00:00Z"
    assert school.server.log.count("PATCH /planner/tasks/{plannerTask-id}") == 1
    assert school.server.log.count("PATCH /planner/tasks/{plannerTask-id}/details") == 1  # when it was made


def test_the_same_change_sent_twice_changes_nothing_the_second_time(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    later = next_of(WHOLE, written, day=NEXT_WEEK, details="Basis: another")
    first = shelf.update(written.external_id, later)
    before = school.server.log.writes.copy()
    second = school.open().update(written.external_id, later)

    assert second == first
    assert school.server.log.writes == before


def test_what_we_wrote_does_not_come_back_as_a_persons(school: PlannerSchool):
    """Planner's own etag of the task moves when we write its notes; the version that is compared does not."""
    shelf = school.open()
    written = shelf.create(WHOLE)
    assert seen(school).version == written.version

    changed = shelf.update(
        written.external_id, next_of(WHOLE, written, details="Other words", state=TaskState.DONE)
    )
    assert seen(school).version == changed.version


def test_notes_and_ticked_steps_of_people_are_no_change_that_comes_home(school: PlannerSchool):
    written = school.open().create(WHOLE)
    (first, *_) = school.details["checklist"]
    school.edit_notes(checklist={first: {"isChecked": True}}, description="Rang at noon.")

    assert seen(school).version == written.version


def test_a_cancelled_task_is_finished_there_and_says_why(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    shelf.update(
        written.external_id,
        next_of(
            WHOLE, written, state=TaskState.CANCELLED, details="Basis: x\nCancelled: it is no longer needed."
        ),
    )

    assert school.row["percentComplete"] == 100
    assert "Cancelled: it is no longer needed." in school.details["description"]
    assert school.titles == ["RP-2026-0001 · Written notice to the parents [written-notice.1]"]


def test_a_cancelled_task_without_words_still_says_that_it_is_cancelled(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(BARE)
    shelf.update(written.external_id, next_of(BARE, written, state=TaskState.CANCELLED))

    assert "Cancelled." in school.details["description"]


def test_a_task_that_is_open_again_is_open_there(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(BARE)
    done = shelf.update(written.external_id, next_of(BARE, written, state=TaskState.DONE))
    shelf.update(written.external_id, next_of(BARE, done))

    assert school.row["percentComplete"] == 0


def test_a_task_that_people_have_begun_keeps_how_far_they_are(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(BARE)
    school.edit(percentComplete=50)
    shelf.update(written.external_id, next_of(BARE, written, day=NEXT_WEEK))

    assert school.row["percentComplete"] == 50


def test_a_task_moves_to_the_bucket_of_the_new_stage(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    shelf.update(written.external_id, next_of(WHOLE, written, stage="preparing"))

    assert school.bucket_of(school.row) == "Preparing"


def test_a_task_stays_in_a_bucket_that_people_made(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    own = {"id": "own".ljust(28, "0"), "name": "This week", "planId": school.row["planId"], "orderHint": "x"}
    school.server.state.buckets[own["id"]] = own
    school.edit(bucketId=own["id"])
    shelf.update(written.external_id, next_of(WHOLE, written, stage="preparing"))

    assert school.bucket_of(school.row) == "This week"


def test_labels_that_no_longer_hold_go_and_peoples_own_stay(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    school.edit(appliedCategories={"category25": True})
    shelf.update(written.external_id, next_of(WHOLE, written, labels=("legal duty",)))

    assert set(school.row["appliedCategories"]) == {"category1", "category25"}


def test_a_task_given_to_another_role_changes_hands(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    changed = shelf.update(written.external_id, next_of(WHOLE, written, assignees=(LEAD_AT,)))

    assert list(school.row["assignments"]) == [LEAD]
    assert changed.assignees == (LEAD_AT,)


def test_words_that_people_wrote_round_ours_stay(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    ours = school.details["description"]
    school.edit_notes(description=f"Rang at noon.\n{ours}\nNobody in.")
    shelf.update(written.external_id, next_of(WHOLE, written, details="Basis: Marigold"))

    words = school.details["description"].splitlines()
    assert words[0] == "Rang at noon."
    assert words[-1] == "Nobody in."
    assert "Basis: Marigold" in words
    assert "Basis: SI 2007/1870 reg 6" not in words


def test_steps_and_links_that_people_took_away_do_not_come_back(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    school.edit_notes(checklist=dict.fromkeys(school.details["checklist"]))
    school.edit_notes(references=dict.fromkeys(school.details["references"]))
    shelf.update(written.external_id, next_of(WHOLE, written, details="Basis: Marigold"))

    assert (school.details["checklist"], school.details["references"]) == ({}, {})


def test_a_title_that_people_reworded_stays_as_long_as_it_bears_our_marker(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(BARE)
    theirs = "RP-2026-0001 · Letter home [written-notice.1] before lunch"
    school.edit(title=theirs)
    again = shelf.update(written.external_id, next_of(BARE, written, day=NEXT_WEEK))
    assert school.titles == [theirs]

    school.edit(title="Letter home")
    shelf.update(written.external_id, next_of(BARE, again, day=date(2026, 11, 20)))
    assert school.titles == ["RP-2026-0001 · Written notice to the parents [written-notice.1]"]


@pytest.mark.parametrize("what", ["tick", "date", "person"])
def test_a_change_of_a_person_that_was_not_read_is_a_conflict_and_stays(school: PlannerSchool, what: str):
    shelf = school.open()
    written = shelf.create(WHOLE)
    {
        "tick": school.tick,
        "date": lambda: school.edit(dueDateTime="2026-11-20T10:00:00Z"),
        "person": lambda: school.give_to(LEAD),
    }[what]()
    before = dict(school.row)
    with pytest.raises(ConflictError, match=r"RP-2026-0001\.written-notice\.1"):
        shelf.update(
            written.external_id, next_of(WHOLE, written, title="RP-2026-0001 · Another", stage="triage")
        )

    assert school.row == before


def test_a_change_of_a_person_that_was_read_may_be_built_upon(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(BARE)
    school.tick()
    read = seen(school)
    later = replace(BARE, revision=2, seen_version=read.version)
    shelf.update(written.external_id, later)

    assert school.row["percentComplete"] == 0


def test_our_own_change_that_landed_unheard_is_not_taken_for_a_persons(school: PlannerSchool):
    """The re-dating landed and its answer was lost; then the task was done here."""
    shelf = school.open()
    written = shelf.create(BARE)
    shelf.update(written.external_id, next_of(BARE, written, day=NEXT_WEEK))
    shelf.update(written.external_id, next_of(BARE, written, day=NEXT_WEEK, state=TaskState.DONE))

    assert (school.row["percentComplete"], school.row["dueDateTime"]) == (100, "2026-11-19T12:00:00Z")


def test_a_tick_on_a_task_whose_making_was_never_confirmed_is_kept_and_read(school: PlannerSchool):
    shelf = school.open()
    external_id = shelf.create(WHOLE).external_id
    school.tick()
    written = shelf.update(external_id, WHOLE)

    assert school.row["percentComplete"] == 100
    assert written.version == ""


def test_a_persons_tick_in_the_same_instant_has_another_version(school: PlannerSchool):
    """Planner takes an older etag where nothing conflicts: the tick survives our re-dating, and is read."""
    shelf = school.open()
    written = shelf.create(BARE)
    later = next_of(BARE, written, day=NEXT_WEEK)
    ours = shelf.update(written.external_id, later)
    school.tick()

    assert seen(school).version != ours.version
    assert seen(school).done


def test_a_task_that_a_person_deleted_is_gone(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(BARE)
    school.delete()
    with pytest.raises(GoneError, match=r"written-notice\.1 was deleted"):
        shelf.update(written.external_id, next_of(BARE, written))


def test_one_that_is_gone_does_not_hold_back_the_others(school: PlannerSchool):
    shelf = school.open()
    made = [one for one in shelf.create_all([numbered(n) for n in (1, 2, 3)]) if isinstance(one, Written)]
    del school.server.state.tasks[made[1].external_id]
    changes = [
        (w.external_id, replace(numbered(n), revision=2, day=NEXT_WEEK)) for n, w in enumerate(made, 1)
    ]
    outcomes = shelf.update_all(changes)

    assert [type(one) for one in outcomes] == [Written, GoneError, Written]
    assert [row["dueDateTime"] for row in school.rows] == ["2026-11-19T12:00:00Z"] * 2


def test_people_read_back_as_the_addresses_that_the_school_uses(school: PlannerSchool):
    school.open().create(WHOLE)
    school.give_to(LEAD, HEAD)
    assert set(seen(school).assignees or ()) == {LEAD_AT, HEAD_AT}

    school.give_to()
    assert seen(school).assignees == ()


def test_whoever_was_given_it_last_comes_first(school: PlannerSchool):
    school.open().create(WHOLE)
    school.edit(
        assignments={
            HEAD: {"assignedDateTime": "2026-11-10T09:00:00Z"},
            LEAD: {"assignedDateTime": "2026-11-12T09:00:00Z"},
        }
    )

    assert seen(school).assignees == (LEAD_AT, HEAD_AT)


def test_somebody_who_left_the_directory_is_not_shown_as_nobody(school: PlannerSchool):
    school.open().create(WHOLE)
    del school.server.state.users[HEAD]

    assert seen(school).assignees is None


def test_a_task_whose_title_lost_its_marker_is_still_read_by_its_id(school: PlannerSchool):
    written = school.open().create(BARE)
    school.edit(title="RP-2026-0001 · Letter home", percentComplete=100)

    read = seen(school)
    assert (read.key, read.external_id, read.done) == ("", written.external_id, True)


def test_of_a_copy_that_people_made_the_older_one_is_ours(school: PlannerSchool):
    written = school.open().create(BARE)
    copy = {**school.row, "id": "copy".ljust(28, "0"), "createdDateTime": "2099-01-01T00:00:00Z"}
    school.server.state.tasks[copy["id"]] = copy
    school.server.state.task_details[copy["id"]] = {**next(iter(school.server.state.task_details.values()))}

    found = school.open().find(BARE.key)
    assert found is not None
    assert found.external_id == written.external_id


def test_peoples_own_tasks_are_not_read(school: PlannerSchool):
    school.open().create(BARE)
    own = {**school.row, "id": "own".ljust(28, "0"), "title": "Order chairs for the hall"}
    school.server.state.tasks[own["id"]] = own
    school.server.state.task_details[own["id"]] = {**next(iter(school.server.state.task_details.values()))}

    assert [task.key for task in school.open().everything()] == [BARE.key]
