"""A name belongs to one plugin. Where two want it neither has it, and both are told."""

from __future__ import annotations

import pytest

from rp_connect.errors import ConfigError
from rp_connect.hooks.host import PluginHost

CLASH = "The MIS “paperbark” is registered by rp_bark and rp_paperbark, so none of them has it."


@pytest.fixture
def clashing(plugin, mis_plugin):
    generous = plugin(
        "rp_bark",
        """
        @hookimpl
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))
            register(MisSpec("bark", BaseModel, build))
        """,
    )
    return PluginHost().load([mis_plugin("rp_paperbark", "paperbark"), generous])


def test_neither_plugin_has_the_name_that_both_want(clashing):
    with pytest.raises(ConfigError) as raised:
        clashing.mis("paperbark")

    assert str(raised.value) == CLASH


def test_both_plugins_show_the_clash(clashing):
    assert [(p.name, p.fault) for p in clashing.plugins()] == [("rp_bark", CLASH), ("rp_paperbark", CLASH)]


def test_what_else_they_registered_stands(clashing):
    assert clashing.mis("bark").name == "bark"


def test_an_mis_and_a_workspace_may_have_the_same_name(plugin):
    source = """
        @hookimpl
        def register_mis(register):
            register(MisSpec("suite", BaseModel, build))

        @hookimpl
        def register_workspace(register):
            register(WorkspaceSpec("suite", BaseModel, build, build))
    """
    host = PluginHost().load([plugin("rp_suite", source)])

    assert (host.mis("suite").name, host.workspace("suite").name) == ("suite", "suite")


def test_a_kind_of_case_that_two_practices_claim_is_nobodys(plugin):
    def practice(name: str, own: str) -> str:
        return f"""
        @hookimpl
        def register_practice(register):
            kinds = (CaseKind("circle", "Circle", "request"), CaseKind("{own}", "Own", "request"))
            register(PracticeSpec("{name}", kinds))
        """

    host = PluginHost().load([plugin("rp_a", practice("a", "one")), plugin("rp_b", practice("b", "two"))])

    assert [kind.name for kind in host.case_kinds()] == ["one", "two"]
    assert {p.fault for p in host.plugins()} == {
        "The case kind “circle” is registered by rp_a and rp_b, so none of them has it."
    }


def test_two_packages_with_one_plugin_name_are_both_parked(mis_plugin):
    host = PluginHost().load([mis_plugin("rp_twin", "one"), mis_plugin("rp_twin", "two")])

    assert [p.fault for p in host.plugins()] == [
        "rp_twin is parked: more than one installed package brings a plugin of this name."
    ] * 2


def test_an_address_that_two_plugins_want_is_nobodys(plugin):
    source = """
        @hookimpl
        def register_routes(register, desk):
            register(RouteSpec("news", (PluginRoute("GET", "/latest", build),)))
    """
    host = PluginHost().load([plugin("rp_a", source), plugin("rp_b", source)])

    assert host.routes() == ()
    assert {p.fault for p in host.plugins()} == {
        "The address “news” is registered by rp_a and rp_b, so none of them has it."
    }
