"""Setting, moving and cancelling the one meeting of a case, and what may not be set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.case import Stage
from rp_connect.domain.effect import EffectState
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import StaffRecord
from rp_connect.errors import NotFoundError, RpConnectError, UnsupportedError, UsageError
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.render_effect import own_people, workspace_meeting
from rp_connect.services.set_meeting import cancel_meeting, meeting_id, set_meeting
from tests.web.diaried import Diaried, with_workspace
from tests.web.small_school import (
    MIS,
    add_incident,
    add_reintegration,
    change_suspension,
    local,
    open_trust,
)

REF = "RP-2026-0001"
WEDNESDAY = local("2026-11-11T14:00")
ADDRESS = "family@home.example"
SHOWN = {("meeting", meeting_id(REF)): 1, ("summary", meeting_id(REF)): 1, ("record", REF): 1}
"""What the workspace should show of a meeting that is set: itself, its summary, the case's record."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_trust(tmp_path)
    add_reintegration(found)
    yield found
    found.store.close()


@pytest.fixture
def online(office: Office, tmp_path: Path) -> Office:
    """A trust whose workspace can meet online."""
    return with_workspace(office, Diaried(tmp_path / "elsewhere"))


def put(office: Office, at: datetime = WEDNESDAY, **changes) -> Meeting:
    asked = {"minutes": 45, "place": "Room 2", "online": False, "invited": [ADDRESS], "who": "lead"}
    return set_meeting(office, REF, at, **{**asked, **changes})


def stored(office: Office) -> Meeting | None:
    with office.store.read() as work:
        return work.meetings.of_case(REF)


def changes(office: Office) -> list[tuple[str, str]]:
    with office.store.read() as work:
        return [(row.who, row.what) for row in work.audit.of_case(REF) if "meeting" in row.what]


def waiting(office: Office) -> set[str]:
    with office.store.read() as work:
        return {effect.kind.value for effect in work.effects.every(EffectState.WAITING)}


def effects(office: Office) -> Counter[tuple[str, str]]:
    with office.store.read() as work:
        return Counter((effect.kind.value, effect.key) for effect in work.effects.every())


def test_a_meeting_is_stored_and_its_effects_follow(office: Office):
    meeting = put(office)

    assert stored(office) == meeting
    assert (meeting.id, meeting.at, meeting.minutes, meeting.place, meeting.invited, meeting.revision) == (
        *("RP-2026-0001.meeting", WEDNESDAY, 45, "Room 2", (ADDRESS,), 1),
    )
    assert effects(office) == {
        ("meeting", meeting_id(REF)): 1,
        ("summary", meeting_id(REF)): 1,
        ("record", REF): 1,
    }
    assert changes(office) == [("lead", "meeting set")]


def test_setting_it_again_moves_the_same_meeting(office: Office):
    put(office)

    moved = put(office, local("2026-11-11T09:00"), place="Library")

    assert stored(office) == moved
    assert (moved.id, moved.revision, moved.place) == (meeting_id(REF), 2, "Library")
    assert changes(office) == [("lead", "meeting set"), ("lead", "meeting moved")]
    assert effects(office) == {
        ("meeting", meeting_id(REF)): 1,
        ("summary", meeting_id(REF)): 1,
        ("record", REF): 1,
    }


def test_the_same_again_changes_nothing(office: Office):
    first = put(office)

    assert put(office) == first
    assert changes(office) == [("lead", "meeting set")]


def test_a_cancelled_meeting_that_is_set_again_is_the_same_one(office: Office):
    put(office)
    cancelled = cancel_meeting(office, REF, "head")

    again = put(office)

    assert (cancelled.cancelled, cancelled.revision) == (True, 2)
    assert (again.id, again.cancelled, again.revision) == (meeting_id(REF), False, 3)
    assert changes(office) == [
        ("lead", "meeting set"),
        ("head", "meeting cancelled"),
        ("lead", "meeting set"),
    ]


def test_cancelling_it_again_changes_nothing(office: Office):
    put(office)
    first = cancel_meeting(office, REF, "head")

    assert cancel_meeting(office, REF, "head") == first
    assert changes(office).count(("head", "meeting cancelled")) == 1


def test_what_the_workspace_calls_it_is_kept(office: Office):
    meeting = put(office)
    with office.store.begin() as work:
        work.meetings.put(replace(meeting, external_id="outside-7"))
        work.commit()

    assert put(office, minutes=60).external_id == "outside-7"
    assert cancel_meeting(office, REF, "lead").external_id == "outside-7"


def test_no_task_moves_with_the_meeting(office: Office):
    with office.store.read() as work:
        before = work.tasks.every()

    put(office)
    put(office, local("2026-11-12T09:00"))
    cancel_meeting(office, REF, "lead")

    with office.store.read() as work:
        assert work.tasks.every() == before


def test_a_moment_of_any_zone_is_kept_in_utc(office: Office):
    meeting = put(office, datetime.fromisoformat("2026-11-11T15:00:00+01:00"))

    assert (meeting.at, meeting.at.tzinfo) == (WEDNESDAY, UTC)


def test_an_address_is_invited_once_and_a_place_is_one_line(office: Office):
    meeting = put(office, invited=[" a@b.example ", "A@B.example", "c@d.example"], place="  Room\n 2 ")

    assert meeting.invited == ("a@b.example", "c@d.example")
    assert meeting.place == "Room 2"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"minutes": 4}, "A meeting lasts from 5 to 480 minutes."),
        ({"minutes": 481}, "A meeting lasts from 5 to 480 minutes."),
        ({"at": local("2026-11-10T10:05")}, "That time has passed. Choose a later one for the meeting."),
        ({"at": datetime(2026, 11, 11, 14)}, "The time of a meeting needs its timezone."),  # noqa: DTZ001
        ({"place": "x" * 201}, "The place of a meeting is one line of at most 200 characters."),
        ({"place": "Room\x00"}, "The place of a meeting is one line of at most 200 characters."),
        ({"invited": [f"p{n}@a.example" for n in range(51)]}, "A meeting has at most 50 invitations."),
        ({"invited": [ADDRESS, "nonsense"]}, "Address 2 of 2 does not look like an e-mail address."),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(office: Office, wrong: dict[str, Any], sentence: str):
    with pytest.raises(UsageError) as raised:
        put(office, **wrong)

    assert str(raised.value) == sentence
    assert stored(office) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a b@c.example",
        "a@b.example\nBcc: x@y.example",
        "<a@b.example>",
        "a@@b.example",
        "a@.example",
    ],
)
def test_a_doubtful_address_is_refused_without_being_quoted(office: Office, address: str):
    with pytest.raises(UsageError) as raised:
        put(office, invited=[address])

    assert str(raised.value) == "Address 1 of 1 does not look like an e-mail address."


def test_a_meeting_that_was_never_shown_and_is_cancelled_gets_no_summary(office: Office):
    put(office)
    with office.store.begin() as work:
        for effect in work.effects.lease("test", 9, ["northwick"]):
            work.effects.done(effect)
        work.commit()

    cancel_meeting(office, REF, "lead")

    assert waiting(office) == {"meeting", "record"}


def test_a_cancelled_meeting_that_was_shown_has_its_summary_brought_up_to_date(office: Office):
    meeting = put(office)
    with office.store.begin() as work:
        work.meetings.put(replace(meeting, external_id="outside-7"))
        for effect in work.effects.lease("test", 9, ["northwick"]):
            work.effects.done(effect)
        work.commit()

    cancel_meeting(office, REF, "lead")

    assert waiting(office) == {"meeting", "summary", "record"}


def test_an_online_meeting_is_kept_as_one_and_may_have_a_place_too(online: Office):
    assert (put(online, online=True, place="").online, put(online, online=True, place="").place) == (True, "")
    assert put(online, online=True).place == "Room 2"
    assert put(online, online=False).online is False


def test_a_change_forgets_what_was_wrong_with_the_meeting_before(online: Office):
    meeting = put(online, online=True)
    with online.store.begin() as work:
        work.meetings.put(replace(meeting, warning="It has no room."))
        work.commit()

    assert put(online, online=True).warning == "It has no room."
    assert put(online, online=True, minutes=30).warning == ""


def test_a_person_may_choose_the_day_of_the_incident_and_the_audit_trail_says_so(office: Office):
    add_incident(office, date(2026, 11, 11))
    change_suspension(office, "S-1", incident_id="I-1")

    put(office)
    put(office, local("2026-11-12T09:00"))
    put(office, local("2026-11-11T09:00"))

    assert [what for _, what in changes(office)] == [
        "meeting set on the day of the incident",
        "meeting moved",
        "meeting moved on the day of the incident",
    ]


@pytest.mark.parametrize(
    ("invited", "apart"),
    [
        ((), False),
        (("lead@trust.example",), False),
        (("LEAD@trust.example", "tutor@trust.example"), False),
        (("lead@trust.example", ADDRESS), True),
        ((ADDRESS,), True),
    ],
)
def test_those_invited_are_hidden_from_each_other_once_a_family_is_among_them(
    office: Office, invited: tuple[str, ...], apart: bool
):
    with office.store.begin() as work:
        work.staff.put("northwick", MIS, [StaffRecord(id="T-1", email="Tutor@trust.example")])
        work.commit()
    meeting = put(office, invited=invited)

    with office.store.read() as work:
        school = office.school("northwick")
        shown = workspace_meeting(office, school, meeting, 3, own_people(work, school))

    assert (shown.apart, shown.online, shown.link) == (apart, False, f"{office.page}/cases/{REF}")


def test_online_needs_a_workspace_that_can(office: Office):
    with pytest.raises(UnsupportedError, match="This workspace has no online meetings"):
        put(office, online=True)

    assert stored(office) is None


def test_a_closed_case_gets_no_meeting_and_can_lose_one(office: Office):
    put(office)
    move_case(office, REF, Stage.CLOSED, "lead")

    with pytest.raises(UsageError, match=f"{REF} is closed"):
        put(office, minutes=30)
    assert cancel_meeting(office, REF, "lead").cancelled


def test_where_there_is_no_meeting_and_no_case_there_is_a_sentence(office: Office):
    with pytest.raises(NotFoundError, match=f"{REF} has no meeting"):
        cancel_meeting(office, REF, "lead")
    with pytest.raises(RpConnectError, match="RP-2026-0099"):
        set_meeting(office, "RP-2026-0099", WEDNESDAY, 45, "", False, [], "lead")
