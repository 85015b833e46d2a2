"""`refused`: records that could not be read, by key and reason; never their contents."""

from __future__ import annotations

from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, day_text, heading, quiet, say
from rp_connect.cli.session import Session, pass_session
from rp_connect.services.list_cases import list_refused
from rp_connect.services.to_json import refused_json


@command()
@json_option
@pass_session
def refused(session: Session, as_json: bool) -> None:
    """Records that could not be read, and why. Put them right in the MIS; every sync tries again."""
    with session.office() as office:
        found = list_refused(office)
    if as_json:
        answer_json([refused_json(record, timezone) for record, timezone in found])
        return
    for record, timezone in found:
        since = quiet(f"({record.source}, since {day_text(record.first_seen, timezone)})")
        say(f"{heading(record.school)}  {record.kind} {record.key}  {since}")
        say(f"  {record.reason}")
    if not found:
        say("Every record could be read.")
