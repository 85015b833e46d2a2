"""`plugins`: what is installed, which hooks it answers, and what is wrong with it."""

from __future__ import annotations

from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, bad, mark, say, table
from rp_connect.cli.session import Session, pass_session
from rp_connect.services.to_json import plugin_fields_json


@command()
@json_option
@pass_session
def plugins(session: Session, as_json: bool) -> None:
    """What is installed and which hooks it answers. Needs no configuration."""
    found = session.workshop.plugins()
    if as_json:
        answer_json([plugin_fields_json(plugin) for plugin in found])
        return
    rows = [(mark(not p.fault), p.name, p.version or "–", ", ".join(p.hooks)) for p in found]
    say(table((" ", "Name", "Version", "Hooks"), rows))
    for plugin in found:
        if plugin.fault:
            say(bad(plugin.fault))
