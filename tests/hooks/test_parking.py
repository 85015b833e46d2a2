"""A plugin that fails is named and parked with one sentence, and every other plugin works."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from rp_connect.errors import ConfigError
from rp_connect.hooks.host import PluginHost

DOCUMENT = Path(__file__).parents[2] / "docs" / "hooks.md"

CASES = {
    "the import raised": """
        raise ModuleNotFoundError("No module named 'paperbark_sdk'", name="paperbark_sdk")
    """,
    "a hook that does not exist": """
        @hookimpl
        def register_miss(register):
            pass
    """,
    "no function marked": """
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))
    """,
    "an unknown argument": """
        @hookimpl
        def register_mis(registr):
            pass
    """,
    "the hook raised": """
        @hookimpl
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))
            raise ValueError("Ada Testperson")
    """,
    "something else was registered": """
        @hookimpl
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))
            register({"name": "paperbark"})
    """,
    "one name twice": """
        @hookimpl
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))
            register(MisSpec("paperbark", BaseModel, build))
    """,
}


def fault_of(host: PluginHost, name: str) -> str | None:
    return next(plugin.fault for plugin in host.plugins() if plugin.name == name)


@pytest.fixture
def parked(plugin, mis_plugin):
    """The fault of `rp_paperbark` with this source, once its sound neighbour is seen to work."""

    def load(source: str) -> str | None:
        host = PluginHost().load([plugin("rp_paperbark", source), mis_plugin("rp_sound", "sound")])
        assert host.mis("sound").name == "sound"
        assert fault_of(host, "rp_sound") is None
        with pytest.raises(ConfigError, match="rp_paperbark is parked"):
            host.mis("paperbark")
        assert [p.hooks for p in host.plugins() if p.name == "rp_paperbark"] == [()]
        return fault_of(host, "rp_paperbark")

    return load


def test_the_document_shows_each_fault_word_for_word(parked):
    rows = dict(re.findall(r"^\| (.+?) \| `(.+)` \|$", DOCUMENT.read_text(), re.MULTILINE))

    assert rows == {what: parked(source) for what, source in CASES.items()}


def test_a_fault_never_repeats_what_an_exception_says(parked):
    source = """
        raise ImportError("no licence for Ada Testperson")
    """

    assert parked(source) == "rp_paperbark is parked: its import raised ImportError."


def test_a_plugin_that_ends_the_program_only_parks_itself(parked):
    assert parked("raise SystemExit(4)") == "rp_paperbark is parked: its import raised SystemExit."


def test_an_entry_point_to_nowhere_is_a_fault(mis_plugin):
    nowhere = EntryPoint("rp_nowhere", "no_such_module_at_all", "rp_connect")
    host = PluginHost().load([nowhere, mis_plugin("rp_sound", "sound")])

    assert fault_of(host, "rp_nowhere") == (
        "rp_nowhere is parked: its import raised ModuleNotFoundError for the module no_such_module_at_all."
    )
    assert host.mis("sound").name == "sound"


def test_one_misspelt_hook_parks_the_plugin_with_all_that_it_registers_rightly(parked):
    source = """
        @hookimpl
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))

        @hookimpl
        def register_polices(register):
            pass
    """

    assert parked(source) == "rp_paperbark is parked: there is no hook called register_polices."


def test_a_plugin_may_answer_a_hook_of_a_later_release_if_it_says_so(plugin):
    source = """
        @hookimpl
        def register_mis(register):
            register(MisSpec("paperbark", BaseModel, build))

        @hookimpl(optionalhook=True)
        def register_weather(register):
            pass
    """
    host = PluginHost().load([plugin("rp_paperbark", source)])

    assert [(p.hooks, p.fault) for p in host.plugins()] == [(("register_mis",), None)]


def test_a_plugin_that_cannot_be_looked_through_is_parked(parked):
    source = """
        def __dir__():
            raise RuntimeError
    """

    assert parked(source) == "rp_paperbark is parked: looking for its hooks raised RuntimeError."


@pytest.mark.parametrize(
    ("hook", "call", "says"),
    [
        ("register_mis", 'MisSpec("Paper Bark", BaseModel, build)', "registered a name that is not of"),
        ("register_mis", "MisSpec(None, BaseModel, build)", "registered a name that is not of"),
        ("register_mis", 'MisSpec("paperbark", dict, build)', "is not what MisSpec says"),
        ("register_mis", 'MisSpec("paperbark", BaseModel, None)', "is not what MisSpec says"),
        ("register_mis", 'WorkspaceSpec("x", BaseModel, build, build)', "a WorkspaceSpec where a MisSpec"),
        (
            "register_workspace",
            'WorkspaceSpec("x", BaseModel, build, True)',
            "is not what WorkspaceSpec says",
        ),
        ("register_policies", 'PolicySpec("x", ())', "is not what PolicySpec says"),
        ("register_policies", 'PolicySpec("x", (build,))', "is not what PolicySpec says"),
        ("register_policies", 'PolicySpec("x", None)', "is not what PolicySpec says"),
        ("register_practice", 'PracticeSpec("x", ("circle",))', "is not what PracticeSpec says"),
        ("register_practice", 'PracticeSpec("x", None)', "is not what PracticeSpec says"),
        ("register_routes", 'RouteSpec("x", ())', "is not what RouteSpec says"),
        ("register_routes", 'RouteSpec("x", (build,))', "is not what RouteSpec says"),
        ("register_routes", 'RouteSpec("x", (PluginRoute("PUT", "/a", build),))', "is not what RouteSpec"),
        ("register_routes", 'RouteSpec("x", (PluginRoute("GET", "a", build),))', "is not what RouteSpec"),
        ("register_routes", 'RouteSpec("x", (PluginRoute("GET", "/{a:path}", build),))', "is not what Route"),
        ("register_routes", 'RouteSpec("x", (PluginRoute("GET", "/a", None),))', "is not what RouteSpec"),
        ("register_routes", 'RouteSpec("x", (PluginRoute("GET", "/a", build, True),))', "is not what Route"),
        ("register_routes", 'RouteSpec("x", 2 * (PluginRoute("GET", "/a", build),))', "is not what Route"),
    ],
)
def test_a_registration_with_a_part_that_cannot_work_is_a_fault(parked, hook, call, says):
    source = f"""
        @hookimpl
        def {hook}(register):
            register({call})
    """
    fault = parked(source)

    assert fault is not None
    assert fault.startswith(f"rp_paperbark is parked: its {hook} registered ")
    assert says in fault


def test_a_fault_is_one_sentence_on_one_line(parked):
    faults = [parked(source) for source in CASES.values()]

    assert [fault for fault in faults if fault is None or "\n" in fault or "Traceback" in fault] == []


def test_a_failing_plugin_of_practice_leaves_no_kind_of_case_behind(plugin):
    source = """
        @hookimpl
        def register_practice(register):
            register(PracticeSpec("circles", (CaseKind("circle", "Circle", "request"),)))

        @hookimpl
        def register_policies(register):
            raise RuntimeError
    """
    sound = source.replace("raise RuntimeError", "pass")

    assert [k.name for k in PluginHost().load([plugin("rp_sound", sound)]).case_kinds()] == ["circle"]
    assert PluginHost().load([plugin("rp_failing", source)]).case_kinds() == ()
