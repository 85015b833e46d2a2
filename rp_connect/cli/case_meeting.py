"""`case meet`: set the meeting of a case, move it, cancel it, or ask for free times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, attention, day_text, say
from rp_connect.cli.session import Session, acting, pass_session
from rp_connect.errors import UsageError
from rp_connect.services.list_cases import timezone_of_case
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from rp_connect.services.suggest_slots import suggest_slots


@command()
@click.argument("ref")
@click.option("--at", metavar="DATETIME", help="When, for instance 2026-11-16T14:00 on the school's clock.")
@click.option("--minutes", type=int, default=45, show_default=True, help="How long.")
@click.option("--place", default="", metavar="TEXT", help="Where.")
@click.option("--online", is_flag=True, help="Online, where the workspace has online meetings.")
@click.option("--invite", multiple=True, metavar="EMAIL", help="Whom to invite; may stand several times.")
@click.option("--cancel", is_flag=True, help="Cancel it instead.")
@click.option("--suggest", is_flag=True, help="Show free times instead.")
@json_option
@pass_session
def meet(
    session: Session,
    ref: str,
    at: str | None,
    minutes: int,
    place: str,
    online: bool,
    invite: tuple[str, ...],
    cancel: bool,
    suggest: bool,
    as_json: bool,
) -> None:
    """Set the meeting of REF; again moves it."""
    if sum([at is not None, cancel, suggest]) != 1:
        raise UsageError("case meet needs exactly one of --at, --cancel and --suggest.")
    if as_json and not suggest:
        raise UsageError("--json goes with --suggest; “case show” has a meeting that is set.")
    with session.office() as office:
        timezone = timezone_of_case(office, ref)
        if suggest:
            _suggest(office, ref, minutes, timezone, as_json=as_json)
        elif cancel:
            cancel_meeting(office, ref, acting())
            say(f"The meeting of {ref} is cancelled; those invited are told by the next deliver.")
        else:
            moment = read_moment(at or "", timezone)
            meeting = set_meeting(office, ref, moment, minutes, place, online, invite, acting())
            where = "".join(
                f", {word}" for word in (meeting.place, "online" if meeting.online else "") if word
            )
            say(f"{ref} meets on {day_text(meeting.at, timezone)} for {meeting.minutes} minutes{where}.")


def read_moment(text: str, timezone: ZoneInfo) -> datetime:
    """A moment that a person wrote; without an offset it is the school's own time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("--at needs a date and a time, such as 2026-11-16T14:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)


def _suggest(office: Office, ref: str, minutes: int, timezone: ZoneInfo, *, as_json: bool) -> None:
    found = suggest_slots(office, ref, minutes)
    if as_json:
        answer_json(found.to_json(timezone))
        return
    for slot in found.slots:
        local = slot.at.astimezone(timezone)
        say(f"{local:%a} {day_text(slot.at, timezone)}   --at {local:%Y-%m-%dT%H:%M}")
    if not found.slots:
        say("No free time was found in the lead's hours; choose one with --at.")
    if found.note:
        say(attention(found.note))
