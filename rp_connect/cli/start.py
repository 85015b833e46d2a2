"""`init`: begin an installation in a folder."""

from __future__ import annotations

from pathlib import Path

import click

from rp_connect.cli.options import command
from rp_connect.cli.output import good, quiet, say
from rp_connect.services.start_installation import start_installation


@command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
def init(folder: Path) -> None:
    """Write a commented rp-connect.toml, a calendar to fill in and an empty drop folder into DIR.

    Overwrites nothing. DIR is the current folder where none is named.
    """
    started = start_installation(folder)
    for path in started.made:
        say(f"{good('made')}  {path}")
    for path in started.kept:
        say(f"{quiet('kept')}  {path} (it was there, so it stays as it is)")
    say("\nNext: name your school in rp-connect.toml, fill in the calendar, let your MIS export into the")
    say("drop folder, and ask “rp-connect check” what is missing.")
