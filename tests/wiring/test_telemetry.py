"""Those who run it learn how it goes, and nothing about anybody."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rp_connect.errors import ConfigError
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.services.sync_schools import sync_schools
from rp_connect.wiring.cloud import Cloud
from rp_connect.wiring.office import build_office
from rp_connect.wiring.telemetry import NEVER_S, Telemetry, start_telemetry
from tests.leaks.canaries import NOW, canary_school, leaks, write

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


@pytest.fixture
def insights() -> Iterator[tuple[str, list[str]]]:
    """Where Application Insights takes figures in, over loopback; what came, as text."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            came.append(body.decode(errors="replace"))
            rows = came[-1].count('"name"')
            content = json.dumps({"itemsReceived": rows, "itemsAccepted": rows, "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", came
    server.shutdown()
    server.server_close()
    thread.join()


def test_microsofts_exporter_sends_the_figures_and_nobodys_name(office, insights, monkeypatch):
    """The real exporter, to a server of ours: what goes over the wire is what is looked at."""
    url, came = insights
    monkeypatch.setenv("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "true")
    monkeypatch.setenv("APPLICATIONINSIGHTS_SDKSTATS_DISABLED", "true")
    place = f"InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint={url}/"
    telemetry = start_telemetry(office, {"APPLICATIONINSIGHTS_CONNECTION_STRING": place})
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
from rp_connect.wiring.cloud import Cloud
from rp_connect.wiring.office import build_office
from rp_connect.wiring.telemetry import start_telemetry
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


def test_the_alerts_ask_for_figures_that_there_are(office):
    reader = InMemoryMetricReader()
    telemetry = Telemetry(office, [reader], [])
    with telemetry.job("sync"):
        sync_schools(office)
    asked = re.findall(r'Name == "([^"]+)"', (ROOT / "infra" / "modules" / "alerts.bicep").read_text())

    assert len(asked) >= 4
    assert set(asked) <= set(figures(reader))
    telemetry.close()


def test_the_jobs_of_run_are_told_too(office, insights):
    """`rp-connect run` itself, until the first jobs were done and it is stopped."""
    url, came = insights
    place = f"InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint={url}/"
    program = "import sys; from rp_connect.__main__ import main; sys.exit(main())"
    config = str(next(iter(office.schools.values())).settings.calendar_path.parents[0] / "rp-connect.toml")
    environ = {
        **os.environ,
        "APPLICATIONINSIGHTS_CONNECTION_STRING": place,
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
        "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    }
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


def test_an_instance_of_the_functions_app_tells_of_its_errands(tmp_path, insights, monkeypatch):
    url, came = insights
    school = canary_school(tmp_path)
    write(school)
    place = f"InstrumentationKey=00000000-0000-4000-8000-000000000000;IngestionEndpoint={url}/"
    monkeypatch.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", place)
    monkeypatch.setenv("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "true")
    monkeypatch.setenv("APPLICATIONINSIGHTS_SDKSTATS_DISABLED", "true")
    monkeypatch.setenv("RP_CONNECT_CONFIG", str(school.folder / "rp-connect.toml"))
    cloud = Cloud()
    office = cloud.office()

    cloud.work(f"sync:{next(iter(office.schools))}")

    assert cloud._telemetry is not None
    cloud._telemetry.close()
    office.store.close()
    said = "\n".join(came)
    assert "rp_connect.job.duration" in said
    assert "rp_connect.poisoned" in said
    assert leaks(said) == []
