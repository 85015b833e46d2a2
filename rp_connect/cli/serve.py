"""`serve` and `run`: the web pages on this machine, alone or with the jobs on their schedule."""

from __future__ import annotations

from rp_connect.cli.options import command, port_option
from rp_connect.cli.output import say
from rp_connect.cli.session import Session, pass_session


@command()
@port_option
@pass_session
def serve(session: Session, port: int) -> None:
    """The web pages and API alone, on this machine, until Ctrl-C."""
    with session.office(port=port, ticking=True) as office:
        session.workshop.serve(office, port, say)


@command()
@port_option
@pass_session
def run(session: Session, port: int) -> None:
    """Sync, deliver, pull and reminders on a schedule, and the web pages, until Ctrl-C."""
    with session.office(port=port, ticking=True) as office:
        session.workshop.run(office, port, say)
