"""Figures and traces of the work, for those who run it: counts, ages and durations, and nothing of anybody.

Off unless the environment names where they go. What leaves are the ids of schools as they are configured,
kinds, states and seconds: no name, e-mail, case reference, address or text, not even in a fault.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rp_connect import __version__
from rp_connect.domain.effect import EffectState
from rp_connect.errors import ConfigError, RpConnectError
from rp_connect.services.office import Office

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace import SpanProcessor

INSIGHTS = "APPLICATIONINSIGHTS_CONNECTION_STRING"
OTLP = "OTEL_EXPORTER_OTLP_ENDPOINT"
CLIENT_ID = "AZURE_CLIENT_ID"
EVERY_MS = 60_000
NEVER_S = 365 * 24 * 3600.0
"""The age of the last reading of a school that was never read: an alert should hear of it."""
Gauge = Callable[["CallbackOptions"], Iterable["Observation"]]


class Telemetry:
    """The figures of one office, those of its doorbell among them."""

    def __init__(
        self,
        office: Office,
        readers: Sequence[MetricReader],
        processors: Sequence[SpanProcessor],
    ) -> None:
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        self._office = office
        # Made by hand: what is found out about a host by itself may hold its owner's name.
        named = Resource({"service.name": "rp-connect", "service.version": __version__})
        self._meters = MeterProvider(readers, named, shutdown_on_exit=False)
        self._traces = TracerProvider(resource=named, shutdown_on_exit=False)
        for processor in processors:
            self._traces.add_span_processor(processor)
        self._tracer = self._traces.get_tracer("rp_connect")
        self._measure()

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """One run of a job, such as sync: how long it took, and the kind of fault that ended it."""
        began = time.monotonic()
        fault = ""
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                fault = type(error).__name__
                raise
            finally:
                span.set_attribute("fault", fault)
                self._seconds.record(time.monotonic() - began, {"job": name, "fault": fault})

    def close(self) -> None:
        """Sends what is left."""
        self._traces.shutdown()
        self._meters.shutdown()

    def _measure(self) -> None:
        meter = self._meters.get_meter("rp_connect")
        self._seconds = meter.create_histogram("rp_connect.job.duration", "s")
        gauges: Mapping[str, tuple[str, Callable[[], Iterable[tuple[float, Mapping[str, str]]]]]] = {
            "rp_connect.effects": ("{effect}", self._effects),
            "rp_connect.effects.due": ("{effect}", self._due),
            "rp_connect.sync.age": ("s", self._ages),
            "rp_connect.poisoned": ("{message}", self._set_aside),
        }
        for name, (unit, read) in gauges.items():
            meter.create_observable_gauge(name, [_gauge(read)], unit)

    def _effects(self) -> Iterator[tuple[float, Mapping[str, str]]]:
        """By state, the states without any too: a figure that is missing cannot be told from silence."""
        with self._office.store.read() as work:
            for school in self._office.schools:
                counts = work.effects.counts(school)
                for state in EffectState:
                    yield counts.get(state, 0), {"school": school, "state": state.value}

    def _due(self) -> Iterator[tuple[float, Mapping[str, str]]]:
        """What a lane could send now and has not."""
        with self._office.store.read() as work:
            for (school, kind), count in work.effects.due(list(self._office.schools)).items():
                yield count, {"school": school, "kind": kind.value, "lane": kind.lane}

    def _ages(self) -> Iterator[tuple[float, Mapping[str, str]]]:
        """Schools that are paused are not read, and have no age."""
        now = self._office.clock.now()
        with self._office.store.read() as work:
            for school in self._office.schools.values():
                if not school.settings.paused:
                    last = work.schools.state(school.id).last_success
                    age = NEVER_S if last is None else (now - last).total_seconds()
                    yield max(age, 0.0), {"school": school.id}

    def _set_aside(self) -> Iterator[tuple[float, Mapping[str, str]]]:
        """Messages that were given up: a person must look."""
        yield self._office.bell.put_aside(), {}


def _gauge(read: Callable[[], Iterable[tuple[float, Mapping[str, str]]]]) -> Gauge:
    """A store that cannot be read gives no figure, and the alert on silence hears that."""

    def observe(options: CallbackOptions) -> list[Observation]:
        from opentelemetry.metrics import Observation

        try:
            return [Observation(value, dict(attributes)) for value, attributes in read()]
        except RpConnectError:
            return []

    return observe


def start_telemetry(office: Office, environ: Mapping[str, str]) -> Telemetry | None:
    """None where the environment names no place for figures; then nothing of OpenTelemetry is loaded.

    Raises ConfigError where the place is named and the library for it is not installed, or not understood.
    """
    if not (environ.get(INSIGHTS) or environ.get(OTLP)):
        return None
    try:
        metrics, spans = _to_insights(environ) if environ.get(INSIGHTS) else _by_otlp()
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        raise ConfigError(
            f"{INSIGHTS} needs pip install rp-connect[azure]; {OTLP} needs pip install rp-connect[otlp]."
        ) from None
    reader = PeriodicExportingMetricReader(metrics, EVERY_MS)
    return Telemetry(office, [reader], [BatchSpanProcessor(spans)])


def _to_insights(environ: Mapping[str, str]) -> tuple[Any, Any]:
    from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter, AzureMonitorTraceExporter

    # What could not be sent is lost: it is not left on a disk.
    how: dict[str, Any] = {"connection_string": environ[INSIGHTS], "disable_offline_storage": True}
    if client_id := environ.get(CLIENT_ID):
        from azure.identity import ManagedIdentityCredential

        how["credential"] = ManagedIdentityCredential(client_id=client_id)
    try:
        return AzureMonitorMetricExporter(**how), AzureMonitorTraceExporter(**how)
    except ValueError:  # whose words may quote the key
        raise ConfigError(f"{INSIGHTS} is not a connection string.") from None


def _by_otlp() -> tuple[Any, Any]:
    from importlib import import_module  # of an extra of its own, and typed by nobody who has not got it

    base = "opentelemetry.exporter.otlp.proto.http"
    metrics, spans = import_module(f"{base}.metric_exporter"), import_module(f"{base}.trace_exporter")
    return metrics.OTLPMetricExporter(), spans.OTLPSpanExporter()
