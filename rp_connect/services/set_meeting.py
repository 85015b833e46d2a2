"""A person sets, moves or cancels the meeting of a case: the core's meeting changes, an effect follows.

A case has one meeting. Setting it again moves it; setting a cancelled one brings the same meeting back.
Neither the due nor the planned date of any task follows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from rp_connect.domain.case import Case, Stage
from rp_connect.domain.effect import EffectKind
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.slots import checked_minutes
from rp_connect.errors import NotFoundError, UnsupportedError, UsageError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.change_task import audit, show_record
from rp_connect.services.incident_day import incident_days
from rp_connect.services.office import Office, School

LONGEST_PLACE = 200
MOST_INVITED = 50
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\.]+(\.[^\s@<>\"(),:;\[\]\\.]+)+")


def meeting_id(ref: str) -> str:
    """Our key of the one meeting of the case `ref`."""
    return f"{ref}.meeting"


def set_meeting(
    office: Office,
    ref: str,
    at: datetime,
    minutes: int,
    place: str,
    online: bool,
    invited: Sequence[str],
    who: str,
) -> Meeting:
    """Set the meeting of `ref`, or move it. The same again changes nothing. `at` bears an offset.

    A person may choose the very day of the incident, which no suggestion does; the audit trail says so.

    Raises NotFoundError, UnsupportedError (online, where the workspace has no online meetings) or UsageError
    (closed case, a time that is past, a length or an address that cannot be).
    """
    now = office.clock.now()
    wanted = Meeting(
        id=meeting_id(ref),
        case=ref,
        school="",
        at=_checked_time(at, now),
        minutes=checked_minutes(minutes),
        place=_checked_place(place),
        invited=_checked_addresses(invited),
        online=online,
    )
    if online:
        # Asked before the transaction: building a workspace may read files of its own.
        _need_online(_school_of(office, ref))
    with office.store.begin() as work:
        case = _open_case(work, ref)
        held = work.meetings.of_case(ref)
        meeting = _next(replace(wanted, school=case.school), held)
        if meeting == held:
            return meeting
        on_that_day = office.school(case.school).day_of(meeting.at) in incident_days(work, case)
        _store(work, case, meeting, who, now, _what_was_done(held, on_that_day=on_that_day))
        return meeting


def cancel_meeting(office: Office, ref: str, who: str) -> Meeting:
    """Cancel the meeting of `ref`; cancelling it again changes nothing. Raises NotFoundError for none."""
    with office.store.begin() as work:
        case = work.cases.get(ref)
        held = work.meetings.of_case(ref)
        if held is None:
            raise NotFoundError(f"{ref} has no meeting that could be cancelled.")
        if held.cancelled:
            return held
        meeting = replace(held, cancelled=True, revision=held.revision + 1, warning="")
        _store(work, case, meeting, who, office.clock.now(), "meeting cancelled")
        return meeting


def _next(wanted: Meeting, held: Meeting | None) -> Meeting:
    """`wanted` under the identity that `held` has in the workspace; `held` itself where nothing differs."""
    if held is None:
        return wanted
    same = replace(wanted, external_id=held.external_id, revision=held.revision, warning=held.warning)
    if same == held:
        return held
    # What was wrong may be right with this write: the workspace says so anew.
    return replace(same, revision=held.revision + 1, warning="")


def _what_was_done(held: Meeting | None, *, on_that_day: bool) -> str:
    what = "meeting set" if held is None or held.cancelled else "meeting moved"
    return f"{what} on the day of the incident" if on_that_day else what


def _store(work: UnitOfWork, case: Case, meeting: Meeting, who: str, now: datetime, what: str) -> None:
    work.meetings.put(meeting)
    work.effects.want(EffectKind.MEETING, meeting.id, school=case.school, case=case.ref)
    if not meeting.cancelled or meeting.external_id is not None:
        work.effects.want(EffectKind.SUMMARY, meeting.id, school=case.school, case=case.ref)
    show_record(work, case)
    audit(work, case, who, now, what)
    work.commit()


def _open_case(work: UnitOfWork, ref: str) -> Case:
    case = work.cases.get(ref)
    if case.stage is Stage.CLOSED:
        raise UsageError(f"{ref} is closed, so no meeting can be set for it.")
    return case


def _school_of(office: Office, ref: str) -> School:
    with office.store.read() as work:
        return office.school(work.cases.get(ref).school)


def _need_online(school: School) -> None:
    if not school.workspace().online_meetings:
        raise UnsupportedError("This workspace has no online meetings; give a place instead, such as a room.")


def _checked_time(at: datetime, now: datetime) -> datetime:
    if at.tzinfo is None:
        raise UsageError("The time of a meeting needs its timezone.")
    if at <= now:
        raise UsageError("That time has passed. Choose a later one for the meeting.")
    return at.astimezone(UTC)


def _checked_place(place: str) -> str:
    words = " ".join(place.split())
    if len(words) > LONGEST_PLACE or not words.isprintable():
        raise UsageError(f"The place of a meeting is one line of at most {LONGEST_PLACE} characters.")
    return words


def _checked_addresses(invited: Sequence[str]) -> tuple[str, ...]:
    """Each address once, in the order given. A bad one is told by its position, never quoted."""
    known: dict[str, str] = {}
    for number, address in enumerate(invited, start=1):
        plain = address.strip()
        if len(plain) > 254 or not plain.isprintable() or not _ADDRESS.fullmatch(plain):
            raise UsageError(f"Address {number} of {len(invited)} does not look like an e-mail address.")
        known.setdefault(plain.casefold(), plain)
    if len(known) > MOST_INVITED:
        raise UsageError(f"A meeting has at most {MOST_INVITED} invitations.")
    return tuple(known.values())
