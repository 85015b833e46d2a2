"""What a person answers or decides about a case: open, cancel, answer, dates, outcome."""

from __future__ import annotations

from datetime import datetime

import click

from rp_connect.cli.options import command
from rp_connect.cli.output import say
from rp_connect.cli.session import Session, acting, pass_session
from rp_connect.domain.calendar import Half
from rp_connect.domain.outcome import OutcomeResult
from rp_connect.domain.suspension import Dates, LengthAnswer
from rp_connect.errors import UnsupportedError
from rp_connect.services.change_suspension import answer_length, cancel_suspension, give_dates
from rp_connect.services.record_outcome import record_outcome

DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@command(
    "open",
    context_settings={"ignore_unknown_options": True},
    short_help="Open a case by hand; arrives with casework.",
)
@click.option("--kind", required=True, metavar="K", help="The kind of case.")
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def open_(kind: str, rest: tuple[str, ...]) -> None:
    """Open a case by hand. Cases of suspensions open themselves."""
    raise UnsupportedError(
        f"Cases of kind “{kind}” come with casework, in a later release; a suspension opens its own case."
    )


@command()
@click.argument("ref")
@pass_session
def cancel(session: Session, ref: str) -> None:
    """The suspension of REF was cancelled: open tasks lapse, and those that follow from it are made."""
    with session.office() as office:
        cancel_suspension(office, ref, acting())
    say(f"The suspension of {ref} is cancelled. Its tasks and what is done of them stay to be read.")


@command()
@click.argument("ref")
@click.argument("answer", type=click.Choice([each.value for each in LengthAnswer]))
@pass_session
def answer(session: Session, ref: str, answer: str) -> None:
    """Say what longer dates of REF are: a FURTHER suspension, or a CORRECTION of the first entry."""
    with session.office() as office:
        answer_length(office, ref, LengthAnswer(answer), acting())
    say(f"{ref}: the longer dates are a {answer}. The tasks follow.")


@command()
@click.argument("ref")
@click.option("--start", type=DAY, required=True, help="The first day.")
@click.option(
    "--session", "half", type=click.Choice(["AM", "PM"], case_sensitive=False), help="Where it begins."
)
@click.option("--sessions", type=click.IntRange(1, 400), help="Its length in half days.")
@pass_session
def dates(session: Session, ref: str, start: datetime, half: str | None, sessions: int | None) -> None:
    """Give the dates that the MIS does not have for REF."""
    given = Dates(start=start.date(), start_half=Half[half.upper()] if half else None, sessions=sessions)
    with session.office() as office:
        give_dates(office, ref, given, acting())
    say(f"{ref} has its dates now. The tasks follow.")


@command()
@click.argument("ref")
@click.option("--held", type=DAY, required=True, help="The day of the meeting.")
@click.option("--result", type=click.Choice([each.value for each in OutcomeResult]), required=True)
@click.option("--note", default="", help="Word for word what the MIS should say as well.")
@pass_session
def outcome(session: Session, ref: str, held: datetime, result: str, note: str) -> None:
    """Record how the meeting of REF went: the next deliver writes it back to the MIS."""
    with session.office() as office:
        recorded = record_outcome(office, ref, held.date(), OutcomeResult(result), note, acting())
    say(f"{recorded.key} is recorded. The next deliver writes it to the MIS, or, where that takes nothing,")
    say("to the school's list of outcomes to enter by hand.")
