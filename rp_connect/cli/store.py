"""`store copy`: everything in the store into another one, for moving from a laptop to a server or back."""

from __future__ import annotations

import click

from rp_connect.cli.options import group, json_option
from rp_connect.cli.output import answer_json, count, mark, say, table
from rp_connect.cli.progress import progress
from rp_connect.cli.session import Session, pass_session

HELP = "Its address; env:NAME or keyvault:NAME keeps one with a password out of the terminal's history."


@group()
def store() -> None:
    """The store itself: copy it into another one."""


@store.command()
@click.option("--to", "target", metavar="URL", required=True, help=f"The new, empty store. {HELP}")
@click.option("--from", "source", metavar="URL", help="The store to copy; else the configured one.")
@json_option
@pass_session
def copy(session: Session, target: str, source: str | None, as_json: bool) -> None:
    """Copy everything into the empty store URL, in one transaction, and compare both.

    The old store stays as it is. Stop everything that writes into it first.
    """
    moved = session.workshop.copy_store(session.config, source, target, progress(as_json=as_json))
    if as_json:
        answer_json([{"table": one.table, "rows": one.rows, "sha256": one.digest} for one in moved])
        return
    say(table(("Table", "Rows", "Digest"), [(one.table, f"{one.rows:,}", one.digest[:12]) for one in moved]))
    rows = sum(one.rows for one in moved)
    say(
        f"{mark(True)} {count(rows, 'row')} copied and compared, table by table. "
        "Now set store.url to the new store."
    )
