"""Finding plugins, and asking for what they brought by name."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from rp_connect.errors import ConfigError
from rp_connect.hooks.host import PluginHost


@dataclass
class Package:
    version: str


@dataclass
class Packaged:
    """An entry point of an installed package, which only a distribution on disk could give for real."""

    entry: EntryPoint
    dist: Package
    name: str = "rp_packaged"

    def load(self) -> object:
        return self.entry.load()


def test_a_plugin_bears_the_version_of_its_package(mis_plugin):
    packaged = Packaged(mis_plugin("rp_packaged", "sound"), Package("2.3.1"))
    loose = mis_plugin("rp_loose", "loose")

    assert [(p.name, p.version) for p in PluginHost().load([packaged, loose]).plugins()] == [
        ("rp_loose", ""),
        ("rp_packaged", "2.3.1"),
    ]


def test_a_parked_plugin_still_shows_its_version(plugin):
    host = PluginHost().load([Packaged(plugin("rp_packaged", "raise ValueError"), Package("2.3.1"))])

    assert [p.version for p in host.plugins()] == ["2.3.1"]


def test_an_unknown_name_is_answered_with_what_is_installed(mis_plugin):
    host = PluginHost().load([mis_plugin("rp_b", "wonde"), mis_plugin("rp_a", "arbor")])

    with pytest.raises(ConfigError) as raised:
        host.mis("sims")
    assert str(raised.value) == "There is no MIS “sims”; installed: arbor, wonde."


def test_where_nothing_is_installed_the_answer_says_none():
    with pytest.raises(ConfigError, match=r"There is no policy “england”; installed: none\."):
        PluginHost().load([]).policy("england")


def test_an_unknown_name_is_answered_with_the_parked_plugins_and_why(plugin):
    host = PluginHost().load([plugin("rp_broken", "raise ValueError('secret')")])

    with pytest.raises(ConfigError) as raised:
        host.workspace("corkboard")
    assert str(raised.value) == (
        "There is no workspace “corkboard”; installed: none."
        " rp_broken is parked: its import raised ValueError."
    )


def test_a_plugin_may_be_an_object_instead_of_a_module(plugin):
    source = """
        class Plugin:
            @hookimpl
            def register_mis(self, register):
                register(MisSpec("object", BaseModel, build))

        plugin = Plugin()
    """
    module = plugin("rp_object", source)
    entry = EntryPoint(module.name, f"{module.value}:plugin", module.group)

    assert PluginHost().load([entry]).mis("object").name == "object"


def test_a_hook_may_leave_out_the_arguments_that_it_does_not_need(plugin):
    source = """
        @hookimpl
        def register_mis():
            pass
    """
    host = PluginHost().load([plugin("rp_idle", source)])

    assert [(p.hooks, p.fault) for p in host.plugins()] == [(("register_mis",), None)]


def test_registering_after_the_hook_has_returned_does_nothing(plugin):
    source = """
        kept = []

        @hookimpl
        def register_mis(register):
            kept.append(register)
    """
    entry = plugin("rp_late", source)
    host = PluginHost().load([entry])
    module = sys.modules[entry.value]
    module.kept[0](module.MisSpec("late", module.BaseModel, module.build))

    with pytest.raises(ConfigError, match="no MIS “late”"):
        host.mis("late")


def test_the_builders_are_not_called_by_the_host(plugin):
    source = """
        built = []

        @hookimpl
        def register_mis(register):
            register(MisSpec("watched", BaseModel, built.append))
    """
    entry = plugin("rp_watched", source)
    PluginHost().load([entry]).mis("watched")

    assert sys.modules[entry.value].built == []


def test_two_hosts_share_nothing(mis_plugin):
    full, empty = PluginHost().load([mis_plugin("rp_a", "arbor")]), PluginHost().load([])

    assert [len(host.plugins()) for host in (full, empty)] == [1, 0]


def test_installed_plugins_are_found_by_their_entry_points():
    names = {plugin.name for plugin in PluginHost().load().plugins()}

    assert {"rp_england", "rp_file_drop", "rp_local"} <= names
