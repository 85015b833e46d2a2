"""An installation on disk whose school keeps its workspace in the Graph server's tenant."""

from __future__ import annotations

from pathlib import Path

from tests.cli.installation import Installation, install
from tests.graph_server.server import GraphServer
from tests.graph_server.tenant import GROUP, SITE

TABLE = """\
[school.microsoft365]
tenant = "northwick.example"
client_id = "c11e0000-0000-4000-8000-000000000009"
credential = "token:env:GRAPH_TOKEN"
group = "{group}"
site = "{site}"
organizer = "lead@northwick.example"
graph_url = "{url}"
timeout_s = 20
"""
SECRET = {"GRAPH_TOKEN": "an-access-token"}


def install_in_tenant(folder: Path, server: GraphServer) -> Installation:
    """One school, three pupils, two suspensions; nothing read, and nothing made in the tenant yet."""
    installation = install(folder)
    text = installation.config.read_text(encoding="utf-8")
    text = text.replace('workspace = "local"', 'workspace = "microsoft365"')
    table = TABLE.format(group=GROUP, site=SITE, url=server.url)
    text = text.replace('[school.local]\nfolder = "northwick/workspace"\n', table)
    installation.config.write_text(text, encoding="utf-8")
    return installation
