"""Where figures and traces go: Application Insights, or a collector of one's own, as the environment says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rp_connect.errors import ConfigError
from rp_connect.services.office import Office
from rp_connect.wiring.telemetry import Telemetry, tracer_provider

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

INSIGHTS = "APPLICATIONINSIGHTS_CONNECTION_STRING"
OTLP = "OTEL_EXPORTER_OTLP_ENDPOINT"
CLIENT_ID = "AZURE_CLIENT_ID"
EVERY_MS = 5 * 60_000
"""Every instance sends the figures of all schools, and each costs its place: three times in the shortest
window of an alert (infra/modules/alerts.bicep) is enough."""


def start_telemetry(office: Office, environ: Mapping[str, str]) -> Telemetry | None:
    """None where the environment names no place for figures; then nothing of OpenTelemetry is loaded.

    Raises ConfigError where the place is named and the library for it is not installed, or not understood.
    """
    if not (environ.get(INSIGHTS) or environ.get(OTLP)):
        return None
    try:
        traces = tracer_provider()
        metrics, spans = _to_insights(environ, traces) if environ.get(INSIGHTS) else _by_otlp()
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        raise ConfigError(
            f"{INSIGHTS} needs pip install rp-connect[azure]; {OTLP} needs pip install rp-connect[otlp]."
        ) from None
    reader = PeriodicExportingMetricReader(metrics, EVERY_MS)
    return Telemetry(office, [reader], [BatchSpanProcessor(spans)], traces)


def _to_insights(environ: Mapping[str, str], traces: TracerProvider) -> tuple[Any, Any]:
    from azure.monitor.opentelemetry.exporter import AzureMonitorMetricExporter, AzureMonitorTraceExporter

    # What could not be sent is lost: it is not left on a disk.
    how: dict[str, Any] = {"connection_string": environ[INSIGHTS], "disable_offline_storage": True}
    if client_id := environ.get(CLIENT_ID):
        from azure.identity import ManagedIdentityCredential

        how["credential"] = ManagedIdentityCredential(client_id=client_id)
    try:
        return AzureMonitorMetricExporter(**how), AzureMonitorTraceExporter(tracer_provider=traces, **how)
    except ValueError:  # whose words may quote the key
        raise ConfigError(f"{INSIGHTS} is not a connection string.") from None


def _by_otlp() -> tuple[Any, Any]:
    from importlib import import_module  # of an extra of its own, and typed by nobody who has not got it

    base = "opentelemetry.exporter.otlp.proto.http"
    metrics, spans = import_module(f"{base}.metric_exporter"), import_module(f"{base}.trace_exporter")
    return metrics.OTLPMetricExporter(), spans.OTLPSpanExporter()
