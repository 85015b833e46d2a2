"""`deliver`: send what is queued for outside systems until nothing is due now."""

from __future__ import annotations

from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, attention, count, filled, say
from rp_connect.cli.progress import progress
from rp_connect.cli.session import Session, pass_session
from rp_connect.domain.effect import EffectState
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.tell_parked import tell_parked


@command()
@json_option
@pass_session
def deliver(session: Session, as_json: bool) -> int:
    """Send what is queued until nothing is due now."""
    with session.office() as office:
        report = deliver_effects(office, progress(as_json=as_json))
        with office.store.read() as work:
            parked = work.effects.every(EffectState.PARKED)
    if as_json:
        answer_json({"done": report.done, "waiting": report.waiting, "parked": report.parked})
    else:
        say(f"{count(report.done, 'effect')} sent, {report.waiting:,} waiting, {report.parked:,} parked.")
        for sentence in tell_parked(parked):
            say(attention(filled(sentence, "  ")))
        if parked:
            say("Each needs a person; then “rp-connect effect retry ID…” makes it due again.")
    return 3 if report.parked_now else 0
