"""Those who run it learn how it goes, and nothing about anybody."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rp_connect.errors import BusyError, ConfigError
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office, School
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.exporters import EVERY_MS, start_telemetry
from rp_connect.wiring.office import build_office
from rp_connect.wiring.once import Once
from rp_connect.wiring.telemetry import NEVER_S, Telemetry
from tests.leaks.canaries import NOW, canary_school, leaks, write
from tests.wiring.insights import QUIET, place, rows

ROOT = Path(__file__).parents[2]
REFERENCE = re.compile(r"RP-\d{4}-\d+")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    school = canary_school(tmp_path)
    write(school)
    found = build_office(school.folder / "rp-connect.toml", NOW)
    yield found
    found.store.close()


def work(office: Office, telemetry: Telemetry) -> None:
    with telemetry.job("sync"):
        sync_schools(office)
    with telemetry.job("deliver"):
        deliver_effects(office)
    with pytest.raises(ValueError, match="Wobblethorpe"), telemetry.job("pull"):
        raise ValueError("Wobblethorpe Quagmirefeather")


def figures(reader: InMemoryMetricReader) -> dict[str, list[tuple[dict[str, object], float]]]:
    data = reader.get_metrics_data()
    assert data is not None
    return {
        metric.name: [
            (dict(point.attributes or {}), getattr(point, "value", getattr(point, "count", 0)))
            for point in metric.data.data_points
        ]
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def test_a_weeks_work_is_told_in_counts_ages_and_durations(office):
    reader, spans = InMemoryMetricReader(), InMemorySpanExporter()
    telemetry = Telemetry(office, [reader], [SimpleSpanProcessor(spans)])
    (school,) = office.schools

    assert figures(reader)["rp_connect.sync.age"] == [({"school": school}, NEVER_S)]
    work(office, telemetry)
    found = figures(reader)

    with office.store.read() as unit:
        counts = {state.value: count for state, count in unit.effects.counts().items()}
    told = {str(attributes["state"]): value for attributes, value in found["rp_connect.effects"]}
    assert {state: value for state, value in told.items() if value} == {
        state: count for state, count in counts.items() if count
    }
    assert set(told) == {"waiting", "leased", "unclear", "done", "parked"}
    assert found["rp_connect.sync.age"][0][1] < NEVER_S
    assert found["rp_connect.poisoned"] == [({}, 0)]
    assert {(a["job"], a["fault"]) for a, _ in found["rp_connect.job.duration"]} == {
        ("sync", ""), ("deliver", ""), ("pull", "ValueError"),
    }  # fmt: skip
    assert [span.name for span in spans.get_finished_spans()] == ["sync", "deliver", "pull"]
    telemetry.close()


def test_nothing_personal_leaves_with_the_figures(office):
    reader, spans = InMemoryMetricReader(), InMemorySpanExporter()
    telemetry = Telemetry(office, [reader], [SimpleSpanProcessor(spans)])
    work(office, telemetry)
    data = reader.get_metrics_data()
    assert data is not None

    said = data.to_json() + "".join(span.to_json() for span in spans.get_finished_spans())

    assert "rp_connect.effects" in said
    assert leaks(said) == []
    assert REFERENCE.findall(said) == []
    telemetry.close()


def test_microsofts_exporter_sends_the_figures_and_nobodys_name(office, insights, quiet_exporter):
    """The real exporter, to a server of ours: what goes over the wire is what is looked at."""
    url, came = insights
    telemetry = start_telemetry(office, place(url))
    assert telemetry is not None
    work(office, telemetry)
    telemetry.close()

    said = "\n".join(came)
    for name in ("rp_connect.effects", "rp_connect.sync.age", "rp_connect.job.duration"):
        assert name in said
    assert leaks(said) == []
    assert REFERENCE.findall(said) == []


def test_a_collector_of_ones_own_is_sent_the_same_and_nobodys_name(office, insights, monkeypatch):
    """OTLP over HTTP: its messages are protobuf, in which words stand as they are."""
    url, came = insights
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    telemetry = start_telemetry(office, {"OTEL_EXPORTER_OTLP_ENDPOINT": url})
    assert telemetry is not None
    work(office, telemetry)
    telemetry.close()

    said = "\n".join(came)
    for name in (
        "rp_connect.effects",
        "rp_connect.sync.age",
        "rp_connect.poisoned",
        "rp_connect.job.duration",
    ):
        assert name in said
    assert leaks(said) == []
    assert REFERENCE.findall(said) == []


def test_a_place_that_is_none_is_a_sentence_without_its_words(office):
    with pytest.raises(ConfigError, match="APPLICATIONINSIGHTS_CONNECTION_STRING") as raised:
        start_telemetry(office, {"APPLICATIONINSIGHTS_CONNECTION_STRING": "canary"})
    assert "canary" not in str(raised.value)


def test_where_the_library_is_not_installed_the_extra_is_named(office, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.metric_exporter", None)
    with pytest.raises(ConfigError, match=r"rp-connect\[otlp\]"):
        start_telemetry(office, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})


def test_without_a_place_nothing_is_measured_and_nothing_is_loaded(tmp_path):
    program = """
import sys
import time
from pathlib import Path
from rp_connect.wiring.office import build_office
from rp_connect.wiring.once import Once
from rp_connect.wiring.exporters import start_telemetry
office = build_office(Path(sys.argv[1]))
print(start_telemetry(office, {}))
office.store.close()
print([name for name in sys.modules if name.startswith(("opentelemetry", "azure"))])
"""
    school = canary_school(tmp_path)
    write(school)
    done = subprocess.run(
        [sys.executable, "-c", program, str(school.folder / "rp-connect.toml")],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout == "None\n[]\n"


def queries() -> list[str]:
    """What the alerts ask of the figures, each from its table on."""
    text = (ROOT / "infra" / "modules" / "alerts.bicep").read_text()
    return re.findall(r"AppMetrics \| where [^']+", text)


def test_the_alerts_ask_for_figures_that_there_are(office):
    reader = InMemoryMetricReader()
    telemetry = Telemetry(office, [reader], [])
    with telemetry.job("sync"):
        sync_schools(office)
    asked = [name for query in queries() for name in re.findall(r'Name == "([^"]+)"', query)]

    assert len(asked) >= 4
    assert set(asked) <= set(figures(reader))
    telemetry.close()


def test_the_alerts_ask_only_for_what_a_figure_has_when_it_arrives(office, insights, quiet_exporter):
    """Application Insights makes the columns of AppMetrics from the row that it was sent."""
    url, came = insights
    telemetry = start_telemetry(office, place(url))
    assert telemetry is not None
    telemetry.close()
    sent = [row["data"]["baseData"] for row in rows(came) if row["data"]["baseType"] == "MetricData"]
    columns = {"Sum": "value", "ItemCount": "count", "Min": "min", "Max": "max"}

    for query in queries():
        (name,) = re.findall(r'Name == "([^"]+)"', query)
        (figure, *_) = [row for row in sent if row["metrics"][0]["name"] == name]
        compared = re.findall(r"\b(\w+) [<>]", query)
        assert [each for each in compared if columns[each] not in figure["metrics"][0]] == []
        assert set(re.findall(r"Properties\.(\w+)", query)) <= set(figure["properties"])
    assert sum("Sum >" in query for query in queries()) == 3


def test_figures_come_three_times_in_the_shortest_window_of_an_alert():
    text = (ROOT / "infra" / "modules" / "alerts.bicep").read_text()
    minutes = {
        int(number) * (60 if unit == "H" else 1) for number, unit in re.findall(r"'PT(\d+)([HM])'", text)
    }

    assert min(minutes) * 60_000 >= 3 * EVERY_MS


def test_a_job_that_failed_arrives_as_failed_and_without_the_words_of_its_error(
    office, insights, quiet_exporter, caplog
):
    url, came = insights
    telemetry = start_telemetry(office, place(url))
    assert telemetry is not None
    work(office, telemetry)
    with pytest.raises(BusyError), telemetry.job("deliver"):
        raise BusyError("Another process is at it.")
    telemetry.close()
    spans = [
        row["data"]["baseData"] for row in rows(came) if row["data"]["baseType"] == "RemoteDependencyData"
    ]

    assert [(span["name"], span["success"]) for span in spans] == [
        ("sync", True), ("deliver", True), ("pull", False), ("deliver", True),
    ]  # fmt: skip
    assert spans[2]["properties"]["fault"] == "ValueError"
    assert leaks("".join(came)) == []
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_the_jobs_of_run_are_told_too(office, insights):
    """`rp-connect run` itself, until the first jobs were done and it is stopped."""
    url, came = insights
    program = "import sys; from rp_connect.__main__ import main; sys.exit(main())"
    config = str(next(iter(office.schools.values())).settings.calendar_path.parents[0] / "rp-connect.toml")
    environ = {**os.environ, **place(url), **QUIET}
    with subprocess.Popen(
        [sys.executable, "-c", program, "--config", config, "--now", NOW, "run", "--port", "0"],
        cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert "The pages are at" in running.stdout.readline()
        time.sleep(3)
        running.terminate()
        out, err = running.communicate(timeout=60)

    said = "\n".join(came)
    assert running.returncode == 0, err
    assert "rp_connect.job.duration" in said
    assert leaks(said + out + err) == []


class Busy:
    """A workspace that has been asked for something."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def traffic(self) -> dict[str, tuple[int, int, float]]:
        return {"planner": (40, 3, 7.5)}


def test_what_a_workspace_asked_for_is_told_once_for_all_schools_that_share_it(office):
    (school,) = office.schools.values()

    def at(scope: str, *, used: bool = True) -> School:
        shelf: Once[Any] = Once(lambda: Busy(scope))
        if used:
            shelf()
        made: School = replace(school, workspace=shelf)
        return made

    schools = {"a": at("one"), "b": at("one"), "c": at("two"), "d": at("three", used=False), "e": school}
    reader = InMemoryMetricReader()
    telemetry = Telemetry(replace(office, schools=schools), [reader], [])
    found = figures(reader)
    telemetry.close()
    assert {name: told for name, told in found.items() if "workspace" in name} == {
        "rp_connect.workspace.calls": [({"service": "planner"}, 80)],
        "rp_connect.workspace.throttled": [({"service": "planner"}, 6)],
        "rp_connect.workspace.waited": [({"service": "planner"}, 15.0)],
    }
