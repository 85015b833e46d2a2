"""`effect`: the outbox, and sending a parked effect once more."""

from __future__ import annotations

import click

from rp_connect.cli.options import group, json_option
from rp_connect.cli.output import answer_json, attention, count, day_text, say, table
from rp_connect.cli.session import Session, pass_session
from rp_connect.domain.effect import Effect, EffectState
from rp_connect.services.list_cases import timezone_of
from rp_connect.services.office import Office
from rp_connect.services.to_json import effect_json


@group()
def effect() -> None:
    """What is queued for outside systems: list, and retry."""


@effect.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in EffectState]), help="In this state only."
)
@json_option
@pass_session
def list_(session: Session, state: str | None, as_json: bool) -> None:
    """Every effect, the sent ones too."""
    with session.office() as office:
        with office.store.read() as work:
            effects = work.effects.every(EffectState(state) if state else None)
        if as_json:
            answer_json([effect_json(effect, timezone_of(office, effect.school)) for effect in effects])
        elif effects:
            headings = ("ID", "State", "Kind", "Case", "Tries", "Not before", "Reason")
            say(table(headings, [_cells(office, effect) for effect in effects]))
        else:
            say("There are no such effects.")


@effect.command()
@click.argument("ids", metavar="ID...", type=int, nargs=-1, required=True)
@pass_session
def retry(session: Session, ids: tuple[int, ...]) -> None:
    """Let each parked effect ID be sent again by the next deliver; all of them, or none."""
    wanted = list(dict.fromkeys(ids))
    with session.office() as office, office.store.begin() as work:
        for id_ in wanted:
            work.effects.retry(id_)
        work.commit()
    if len(wanted) == 1:
        say(f"Effect {wanted[0]} is due again: “rp-connect deliver” sends it.")
    else:
        say(f"{count(len(wanted), 'effect')} are due again: “rp-connect deliver” sends them.")


def _cells(office: Office, effect: Effect) -> tuple[str, ...]:
    plain = effect.state.value
    return (
        str(effect.id),
        attention(plain) if effect.state is EffectState.PARKED else plain,
        effect.kind.value,
        effect.case or "–",
        str(effect.attempt),
        day_text(effect.not_before, timezone_of(office, effect.school)),
        effect.reason or "",
    )
