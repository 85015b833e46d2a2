"""`setup`: let a workspace create what it needs at each school that uses it, and say what is left to do."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rp_connect.cli.options import command, school_option
from rp_connect.cli.output import bad, heading, mark, say
from rp_connect.cli.session import Session, pass_session
from rp_connect.errors import PartlySetUpError, RpConnectError, UsageError
from rp_connect.ports.workspace import Workspace
from rp_connect.services.office import School


@command()
@click.argument("workspace")
@school_option
@pass_session
def setup(session: Session, workspace: str, school: str | None) -> int:
    """Create what WORKSPACE needs (plan, buckets, list, columns); safe to run again."""
    with session.office() as office:
        chosen = [one for one in office.chosen(school) if one.settings.workspace == workspace]
        if not chosen:
            where = f"{school} does not use" if school else "No school uses"
            raise UsageError(f"{where} the workspace “{workspace}”.")
        # Two at once could each make a plan that the other does not see yet.
        with office.store.lock(f"setup {workspace}"):
            return 0 if all([_set_up(one) for one in chosen]) else 1


def _set_up(school: School) -> bool:
    """One school; a fault there is a sentence, and the others are still set up. What `check` would say
    afterwards is for a person to do, and no failure of this command: what was refused is."""
    say(heading(school.id))
    try:
        workspace = school.workspace()
        done, refused = _made(workspace)
        for sentence in done:
            say(f"  {mark(True)} {sentence}")
        for sentence in refused:
            say(f"  {mark(False)} {bad(sentence)}")
        for sentence in workspace.probe():
            if sentence not in refused:
                say(f"  {mark(False)} {sentence}")
    except RpConnectError as error:
        say(f"  {mark(False)} {bad(str(error))}")
        return False
    return not refused


def _made(workspace: Workspace) -> tuple[Sequence[str], Sequence[str]]:
    """What was done, and what was refused."""
    try:
        return workspace.setup() or ["Everything is there already."], []
    except PartlySetUpError as parts:
        return parts.done, parts.refused
