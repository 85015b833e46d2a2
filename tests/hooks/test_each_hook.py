"""What each hook brings, through the examples of docs/hooks.md: they are executed as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rp_connect.hooks.host import PluginHost

DOCUMENT = Path(__file__).parents[2] / "docs" / "hooks.md"


def example(hook: str) -> str:
    section = DOCUMENT.read_text().partition(f"## {hook}(")[2].partition("\n#")[0]
    blocks: list[str] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


@pytest.fixture
def documented(plugin):
    def load(hook: str) -> PluginHost:
        host = PluginHost().load([plugin("rp_example", example(hook))])
        assert [(p.name, p.hooks, p.fault) for p in host.plugins()] == [("rp_example", (hook,), None)]
        return host

    return load


def test_hook_register_mis_brings_an_mis_with_its_own_settings(documented):
    spec = documented("register_mis").mis("paperbark")

    assert spec.name == "paperbark"
    assert set(spec.settings.model_fields) == {"base_url", "token", "timeout_s"}


def test_hook_register_mis_example_reads_an_invented_pupil(documented):
    from rp_connect.ports.mis import Kind

    spec = documented("register_mis").mis("paperbark")
    adapter = spec.build(None)

    assert [[r.id for r in page.records] for page in adapter.everything(Kind.PUPIL).pages()] == [["004"]]
    assert not adapter.changes(Kind.STAFF, None).given


def test_hook_register_workspace_brings_a_workspace_that_keeps_the_real_clock(documented):
    spec = documented("register_workspace").workspace("corkboard")

    assert not spec.movable_clock(spec.settings(board="staff room"))


def test_hook_register_policies_brings_the_dated_packs_of_a_policy(documented):
    spec = documented("register_policies").policy("gresham")

    assert [pack.id for pack in spec.packs] == ["gresham-2026"]


def test_hook_register_practice_brings_kinds_of_case(documented):
    assert [kind.name for kind in documented("register_practice").case_kinds()] == ["circle"]


def test_hook_register_sign_in_brings_a_way_of_signing_in_with_its_own_settings(documented):
    from rp_connect.ports.sign_in import Attempt, SignInSettings
    from rp_connect.settings import EnvironmentSecrets

    spec = documented("register_sign_in").sign_in("gatehouse")
    back, secrets = "https://rp.trust.example/sign-in/back", EnvironmentSecrets({})
    settings = SignInSettings(back, Path(), spec.settings(), secrets)
    sign_in = spec.build(settings)

    assert sign_in.address(Attempt("one", "two", "three")) == "https://gatehouse.example/?state=one"
    assert sign_in.farewell() is None


def test_hook_register_routes_brings_addresses_and_keeps_a_desk_for_later(documented):
    from rp_connect.errors import TryLaterError
    from rp_connect.ports.routes import PluginRequest

    (spec,) = documented("register_routes").routes()
    (route,) = spec.routes
    forged, right = (
        PluginRequest("POST", {"secret": secret}, {}, {}, b"{}") for secret in ("wrong", "the-long-one")
    )

    assert (spec.name, route.method, route.path, route.own_proof) == (
        "paperbark",
        "POST",
        "/webhook/{secret}",
        True,
    )
    assert route.answer(forged).status == 404
    with pytest.raises(TryLaterError, match="not open yet"):
        route.answer(right)
