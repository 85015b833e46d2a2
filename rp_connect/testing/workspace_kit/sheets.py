"""Records, summaries and notices: what they say reaches people, once, and only inside."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.invented import PUPIL
from rp_connect.testing.workspace_kit.rig import WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import CHANGED, NOTICES, RECORDS, SHEETS, SUMMARIES, Room

FIRST_ACT = "Write to the parents"


@check(*SHEETS, rows=True)
def facts_and_tasks_reach_the_sheet(rig: WorkspaceUnderTest, room: Room) -> None:
    """It is what the Lead takes into the meeting."""
    item = room.item(rig)
    room.shelf(rig.open()).create(item)

    text = room.shown(rig)[0].text
    assert [value for _, value in item.facts if value not in text] == [], "a fact is missing"
    assert [row[0] for row in item.tasks if row[0] not in text] == [], "a task is missing"


@check(*SHEETS)
def a_change_replaces_what_stood_there(rig: WorkspaceUnderTest, room: Room) -> None:
    """A sheet that says two things says nothing."""
    shelf, item = room.shelf(rig.open()), room.item(rig)
    written = shelf.create(item)
    shelf.update(written.external_id, replace(room.changed(item), tasks=item.tasks[1:]))

    text = room.shown(rig)[0].text
    assert text.count(CHANGED) == 1, "what is new does not stand there exactly once"
    assert "Preparing" not in text, "what was true before still stands there"
    assert FIRST_ACT not in text, "a task that was taken out still stands there"


@check(*SHEETS)
def a_name_stands_inside_the_sheet_and_nowhere_else(rig: WorkspaceUnderTest, room: Room) -> None:
    """The titles of files and the ids in addresses are seen by people who may not open them."""
    written = room.shelf(rig.open()).create(room.item(rig))
    shown = room.shown(rig)[0]
    outside = f"{shown.title} {shown.external_id} {written.external_id} {written.version}".lower()

    assert PUPIL in shown.text, "the pupil's name does not reach the sheet"
    assert [part for part in PUPIL.lower().split() if part in outside] == [], (
        "the name can be read from outside"
    )


@check()
def a_record_and_a_summary_under_one_key_are_two_things(rig: WorkspaceUnderTest) -> None:
    """Keys are given per kind; one of them must not stand in the other's way."""
    workspace = rig.open()
    item = RECORDS.item(rig)
    workspace.records.create(item)
    workspace.summaries.create(item)
    assert len(RECORDS.shown(rig)) == len(SUMMARIES.shown(rig)) == 1, (
        "one of the two does not stand there once"
    )

    rig.delete(RECORDS.kind, item.key)
    assert workspace.records.find(item.key) is None, "a summary is taken for the record that is gone"
    assert workspace.summaries.find(item.key) is not None, "the summary is not found without its record"


@check(NOTICES)
def a_notice_says_what_it_should(rig: WorkspaceUnderTest, room: Room) -> None:
    """It is all that some people see of the day."""
    item = room.item(rig)
    room.shelf(rig.open()).create(item)

    text = room.shown(rig)[0].text
    assert [words for words in (item.title, *item.lines) if words not in text] == [], (
        "words of it are missing"
    )
