"""Each fault that `check` and `setup` find is told once, with the command that belongs to it and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rp_connect.errors import PartlySetUpError
from rp_connect.ports.workspace import Workspace
from rp_microsoft365.plugin import build
from tests.cli.installation import Installation
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.entra import CLIENT, SECRET, TENANT, entra, make_certificate
from tests.plugins.rp_microsoft365.loopback import Environment
from tests.plugins.rp_microsoft365.tenant_installation import SECRET as TOKEN
from tests.plugins.rp_microsoft365.tenant_installation import install_in_tenant
from tests.plugins.rp_microsoft365.tenant_school import open_workspace, settings

pytestmark = pytest.mark.facts
EXPIRED: tuple[int, object, dict[str, str]] = (401, {"error": "invalid_client", "error_codes": [7000222]}, {})
DIRECTORY = "User.ReadBasic.All"


@pytest.fixture
def server(graph_server: GraphServer) -> GraphServer:
    """After `setup`."""
    open_workspace(graph_server).setup()
    return graph_server


def refused(workspace: Workspace) -> list[str]:
    with pytest.raises(PartlySetUpError) as parts:
        workspace.setup()
    return list(parts.value.refused)


def test_a_secret_that_has_expired_is_one_sentence_without_a_command(
    server: GraphServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tls = tmp_path / "tls.pem"
    make_certificate(tls)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls))
    with entra(tls, refuse=EXPIRED) as stub:
        own = {"tenant": TENANT, "client_id": CLIENT, "credential": "secret:env:APP_SECRET"}
        given = settings(server.url, authority_url=stub.server.url, lobby=True, **own)
        workspace = build(replace(given, secrets=Environment(APP_SECRET=SECRET)))
        said, in_setup = list(workspace.probe()), refused(workspace)

    assert [sentence.count("the client secret has expired") for sentence in said] == [1]
    assert "The command" not in said[0]
    assert in_setup == said


def test_a_token_that_has_run_out_is_one_sentence_without_a_command(server: GraphServer):
    server.faults.sign_out()

    said = list(open_workspace(server, lobby=True).probe())

    assert len(said) == 1
    assert "does not accept our sign-in (401 InvalidAuthenticationToken)" in said[0]
    assert [words in said[0] for words in ("The command", "rp-connect check")] == [False, False]
    assert refused(open_workspace(server)) == said


def test_a_lobby_without_the_directory_is_told_once_and_without_a_command_for_teams(server: GraphServer):
    server.faults.lack(DIRECTORY)

    said = list(open_workspace(server, lobby=True).probe())

    assert [f"the permission {DIRECTORY} is missing" in sentence for sentence in said] == [True]
    assert "CsApplicationAccessPolicy" not in said[0]


def test_a_lobby_needs_the_directory_where_no_role_has_anybody_yet_too(server: GraphServer):
    server.faults.lack(DIRECTORY)

    said = [
        list(build(replace(settings(server.url, lobby=lobby), people={})).probe()) for lobby in (True, False)
    ]

    assert [f"the permission {DIRECTORY} is missing" in sentence for sentence in said[0]] == [True]
    assert said[1] == []


def test_who_leaves_the_directory_out_is_told_what_follows_from_it_and_nothing_else(server: GraphServer):
    server.faults.lack(DIRECTORY)

    (said,) = open_workspace(server).probe()

    assert said.startswith(f"Tasks are assigned to nobody in Planner: the permission {DIRECTORY} is missing")
    assert "The command" not in said


def test_a_setup_that_is_partly_refused_says_what_else_is_missing_and_each_thing_once(
    tmp_path: Path, graph_server: GraphServer
):
    installation: Installation = install_in_tenant(tmp_path, graph_server)
    lacking = ["Sites.Selected", "Calendars.ReadWrite", DIRECTORY]
    for permission in lacking:
        graph_server.faults.lack(permission)

    answer = installation.run("setup", "microsoft365", **TOKEN)

    lines = answer.out.splitlines()
    missing = [line for line in lines if "✗" in line]
    assert answer.code == 1
    assert [
        name for line in missing for name in lacking if f"permission {name} is missing" in line
    ] == lacking
    assert len(missing) == len(lacking)
    assert lines[-len(missing) :] == missing, "what was done comes first"
    assert any("✓ Made the plan" in line for line in lines)
