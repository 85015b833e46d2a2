"""A meeting is at one moment, moved and cancelled as often as need be, and always one meeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rp_connect.errors import GoneError
from rp_connect.ports.workspace import Meetings, WorkspaceMeeting, Written
from rp_connect.testing.workspace_kit.checks import check
from rp_connect.testing.workspace_kit.rig import ShownMeeting, WorkspaceUnderTest
from rp_connect.testing.workspace_kit.rooms import MEETINGS, answer_of, said

AFTERNOON = time(14, 20)
SCHOOL_DAYS = {
    "Europe/London": (date(2026, 10, 23), date(2026, 10, 26), date(2027, 3, 26), date(2027, 3, 29)),
    "America/New_York": (date(2026, 10, 30), date(2026, 11, 2), date(2027, 3, 12), date(2027, 3, 15)),
}
"""The school days before and after each clock change."""


def live(rig: WorkspaceUnderTest) -> list[ShownMeeting]:
    return [meeting for meeting in rig.meetings() if not meeting.cancelled]


def settled(shelf: Meetings, written: Written, meeting: WorkspaceMeeting) -> object:
    """An update as the core does it: what is gone is made again, unless it is to be cancelled anyway."""
    answer = answer_of(lambda: shelf.update(written.external_id, meeting))
    if isinstance(answer, GoneError) and not meeting.cancelled:
        return answer_of(lambda: shelf.create(meeting))
    return answer


@check()
def a_meeting_is_at_the_right_moment_on_both_sides_of_a_clock_change(rig: WorkspaceUnderTest) -> None:
    """A parent who comes an hour late, or waits for an hour, may not come again."""
    for zone, days in SCHOOL_DAYS.items():
        timezone = ZoneInfo(zone)
        school = rig.elsewhere(timezone)
        shelf = school.open().meetings
        moments = [datetime.combine(day, AFTERNOON, timezone).astimezone(UTC) for day in days]
        for n, at in enumerate(moments, 1):
            shelf.create(replace(MEETINGS.item(school, n), at=at, timezone=timezone))
        shown = sorted(school.meetings(), key=lambda meeting: meeting.key)
        assert [meeting.at for meeting in shown] == moments, f"{zone}: a meeting is at another moment"
        assert {meeting.minutes for meeting in shown} == {45}, f"{zone}: a meeting has another length"


@check()
def a_meeting_moved_twice_and_cancelled_is_one_meeting(rig: WorkspaceUnderTest) -> None:
    """Two entries in a diary, and nobody knows which is right."""
    shelf = rig.open().meetings
    item = MEETINGS.item(rig)
    written = shelf.create(item)
    for revision, days in ((2, 1), (3, 4)):
        moved = replace(item, revision=revision, at=item.at + timedelta(days=days))
        shelf.update(written.external_id, moved)
    assert [meeting.at for meeting in rig.meetings()] == [moved.at], (
        "a meeting that moved is not at the new time"
    )

    shelf.update(written.external_id, replace(moved, revision=4, cancelled=True))
    assert live(rig) == [], "a cancelled meeting still stands"


@check()
def a_meeting_may_be_cancelled_twice(rig: WorkspaceUnderTest) -> None:
    """The answer to the first time may have been lost. That it is gone is as good as done."""
    shelf = rig.open().meetings
    item = replace(MEETINGS.item(rig), revision=2, cancelled=True)
    written = shelf.create(MEETINGS.item(rig))
    shelf.update(written.external_id, item)
    again = settled(rig.open().meetings, written, item)

    assert isinstance(again, Written | GoneError), f"cancelling again ended with {said(again)}"
    assert live(rig) == [], "cancelling again brought the meeting back"


@check()
def a_meeting_can_be_set_again_after_it_was_cancelled(rig: WorkspaceUnderTest) -> None:
    """Families change their minds, and the key is the same."""
    shelf = rig.open().meetings
    item = MEETINGS.item(rig)
    written = shelf.create(item)
    shelf.update(written.external_id, replace(item, revision=2, cancelled=True))
    again = settled(shelf, written, replace(item, revision=3))

    assert isinstance(again, Written), f"setting it again ended with {said(again)}"
    assert [meeting.at for meeting in live(rig)] == [item.at], "not exactly one meeting stands again"
