"""`deliver`: send what is queued for outside systems until nothing is due now."""

from __future__ import annotations

from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, attention, count, say
from rp_connect.cli.progress import progress
from rp_connect.cli.session import Session, pass_session
from rp_connect.services.deliver_effects import deliver_effects


@command()
@json_option
@pass_session
def deliver(session: Session, as_json: bool) -> int:
    """Send what is queued until nothing is due now."""
    with session.office() as office:
        report = deliver_effects(office, progress(as_json=as_json))
    if as_json:
        answer_json({"done": report.done, "waiting": report.waiting, "parked": report.parked})
    else:
        say(f"{count(report.done, 'effect')} sent, {report.waiting:,} waiting, {report.parked:,} parked.")
        if report.parked:
            say(attention("Parked ones need a person: “rp-connect check” says why."))
    return 3 if report.parked_now else 0
