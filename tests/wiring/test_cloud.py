"""One instance of the functions app: it tells how it goes, and a wrong place for figures stops nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rp_connect.errors import ConfigError
from rp_connect.services.office import Office
from rp_connect.wiring.cloud import Cloud
from rp_connect.wiring.cloud_pages import Pages
from tests.leaks.canaries import canary_school, leaks, write
from tests.wiring.insights import QUIET, place, rows

ROOT = Path(__file__).parents[2]
TIMERS = ("start_syncs", "start_pulls", "start_reminders", "sweep", "look_aside", "retire")


@pytest.fixture
def config(tmp_path: Path, monkeypatch) -> Path:
    school = canary_school(tmp_path)
    write(school)
    found = school.folder / "rp-connect.toml"
    monkeypatch.setenv("RP_CONNECT_CONFIG", str(found))
    return found


@pytest.fixture
def cloud(config: Path) -> Iterator[Cloud]:
    made = Cloud()
    yield made
    made.close()
    made.office().store.close()


def end(pages: Pages) -> list[str]:
    """The host tells the app that it begins and ends; what the app answers."""
    told = iter(["lifespan.startup", "lifespan.shutdown"])
    said: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(told)}

    async def send(message: Any) -> None:
        said.append(message["type"])

    asyncio.run(pages({"type": "lifespan"}, receive, send))
    return said


def test_an_instance_tells_of_its_errands_and_timers_and_sends_what_is_left_when_the_host_ends(
    cloud, insights, quiet_exporter, monkeypatch
):
    url, came = insights
    for name, value in place(url).items():
        monkeypatch.setenv(name, value)
    cloud.work(f"sync:{next(iter(cloud.office().schools))}")
    for timer in TIMERS:
        getattr(cloud, timer)()
    assert end(Pages(cloud.office, cloud.close)) == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]

    said = "\n".join(came)
    jobs = [
        row["data"]["baseData"]["properties"]["job"]
        for row in rows(came)
        if "rp_connect.job.duration" in str(row["data"])
    ]
    assert sorted(jobs) == ["aside", "missed", "pulls", "reminders", "retention", "sync", "syncs"]
    assert "rp_connect.poisoned" in said
    assert leaks(said) == []
    cloud.close()


def test_an_instance_whose_process_ends_sends_what_is_left(config, insights):
    url, came = insights
    program = "from rp_connect.wiring.cloud import Cloud; Cloud().start_syncs()"
    environ = {**os.environ, **place(url), **QUIET, "RP_CONNECT_CONFIG": str(config)}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environ, check=True, timeout=60)

    assert "rp_connect.job.duration" in "\n".join(came)


def test_an_instance_that_ends_in_the_midst_of_a_timer_does_its_work_all_the_same(cloud):
    """Another thread closes the figures between two looks at them."""

    class Ending:
        def __bool__(self) -> bool:
            cloud.close()
            return True

        def close(self) -> None:
            return None

        def job(self, name: str) -> Any:
            return nullcontext()

    cloud.office()
    cloud._telemetry = Ending()
    cloud.start_syncs()


def test_a_place_for_figures_that_is_none_is_one_warning_and_the_work_goes_on(cloud, monkeypatch, caplog):
    monkeypatch.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", "canary")
    cloud.start_syncs()
    cloud.work(f"sync:{next(iter(cloud.office().schools))}")
    pages = TestClient(Pages(cloud.office, cloud.close))
    assert pages.get("/health").status_code == 200

    warnings = [record.getMessage() for record in caplog.records if "no figures" in record.getMessage()]
    assert len(warnings) == 1
    assert "APPLICATIONINSIGHTS_CONNECTION_STRING" in warnings[0]
    assert "canary" not in caplog.text


def test_pages_that_cannot_be_opened_for_a_reason_nobody_expected_say_no_word_of_it(caplog):
    asked = []

    def opened() -> Office:
        asked.append("asked")
        raise ValueError("Wobblethorpe Quagmirefeather")

    answer = TestClient(Pages(opened, lambda: None)).get("/health")

    assert (answer.status_code, asked) == (503, ["asked"])
    assert "ValueError" in caplog.text
    assert leaks(answer.text + caplog.text) == []


def test_a_way_of_signing_in_that_is_wrong_is_said_before_the_store_is_opened(tmp_path, monkeypatch):
    """It is tried again at every call: each would leave an open store behind."""
    school = canary_school(tmp_path, "sqlite:///another.db")
    write(school)
    config = school.folder / "rp-connect.toml"
    table = '[web]\npublic_url = "https://rp.example"\nsign_in = "nobody"\n'
    config.write_text(config.read_text().replace("[[school]]", f"{table}[[school]]", 1))
    monkeypatch.setenv("RP_CONNECT_CONFIG", str(config))

    with pytest.raises(ConfigError, match="nobody"):
        Cloud().start_syncs()
    assert not (school.folder / "another.db").exists()
