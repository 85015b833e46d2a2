"""`--now`: whose clock it moves, how it is read, and when it is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rp_connect.errors import UsageError
from rp_connect.wiring.clock import MovedClock, RealClock, read_now
from tests.cli.installation import Installation

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T09:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00", datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ("2026-07-01T09:00+00:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-07-01T09:00Z", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 23, tzinfo=UTC)),
    ],
)
def test_without_an_offset_it_is_the_schools_own_time(text, moment):
    assert read_now(text, LONDON) == moment


def test_something_that_is_no_moment_is_refused():
    with pytest.raises(UsageError, match="--now needs a date and a time"):
        read_now("yesterday", LONDON)


def test_a_moved_clock_stands_still_unless_it_is_to_tick():
    moment = datetime(2026, 7, 1, 8, tzinfo=UTC)
    still, ticking = MovedClock(moment), MovedClock(moment, ticking=True)
    assert (still.now(), still.now()) == (moment, moment)
    assert moment <= ticking.now() <= ticking.now() < moment.replace(minute=1)


def test_the_real_clock_bears_its_offset():
    assert RealClock().now().tzinfo is UTC


def test_cases_are_opened_at_the_moved_time_with_the_summers_offset(installation: Installation):
    installation.run("sync", now="2026-09-10T11:00")
    case, *_ = installation.json("case", "list", now=None)
    assert case["opened_at"] == "2026-09-10T11:00:00+01:00"


REAL_WORKSPACE = """
from pydantic import BaseModel

from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.workspace import WorkspaceSpec


class Table(BaseModel):
    graph_url: str = "https://graph.example"


def build(settings):
    raise AssertionError("nothing may be built for a command that is refused")


@hookimpl
def register_workspace(register):
    movable = lambda own: "127.0.0.1" in own.graph_url
    register(WorkspaceSpec(name="suite", settings=Table, build=build, movable_clock=movable))
"""


@pytest.fixture
def suite(tmp_path_factory, installation: Installation) -> dict[str, str]:
    """The environment in which a workspace with a real account is installed, and the school uses it."""
    site = tmp_path_factory.mktemp("site")
    (site / "rp_suite.py").write_text(REAL_WORKSPACE)
    (site / "rp_suite-1.0.dist-info").mkdir()
    (site / "rp_suite-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: rp-suite\nVersion: 1.0\n"
    )
    (site / "rp_suite-1.0.dist-info/entry_points.txt").write_text("[rp_connect]\nrp_suite = rp_suite\n")
    text = installation.config.read_text().replace('workspace = "local"', 'workspace = "suite"')
    installation.config.write_text(
        text.replace('[school.local]\nfolder = "northwick/workspace"', "[school.suite]")
    )
    return {"PYTHONPATH": str(site)}


def test_it_is_refused_for_a_workspace_that_is_real(installation: Installation, suite):
    answer = installation.spawn("case", "list", **suite)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("--now is refused: the workspace suite of northwick is a real one")
    assert installation.spawn("case", "list", now=None, **suite).code == 0


def test_it_is_allowed_for_a_stand_in_on_this_machine(installation: Installation, suite):
    text = installation.config.read_text()
    installation.config.write_text(
        text.replace("[school.suite]", '[school.suite]\ngraph_url = "http://127.0.0.1:9"')
    )
    assert installation.spawn("case", "list", **suite).code == 0


def test_a_moved_time_that_cannot_be_read_is_wrong_usage(installation: Installation):
    answer = installation.run("check", now="soon")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "--now needs a date and a time, such as 2026-11-12T09:30.\n"
