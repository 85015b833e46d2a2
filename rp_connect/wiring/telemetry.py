"""Figures and traces of the work, for those who run it: counts, ages and durations, and nothing of anybody.

Off unless the environment names where they go. What leaves are the ids of schools as they are configured,
kinds, states and seconds: no name, e-mail, case reference, address or text, not even in a fault.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from rp_connect import __version__
from rp_connect.domain.effect import EffectState
from rp_connect.errors import BusyError, RpConnectError
from rp_connect.ports.traffic import CountsTraffic
from rp_connect.services.office import Office
from rp_connect.wiring.once import Once

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

NEVER_S = 365 * 24 * 3600.0
"""The age of the last reading of a school that was never read: an alert should hear of it."""
TRAFFIC = {"calls": "{request}", "throttled": "{answer}", "waited": "s"}
"""What a workspace counts, in the order in which it tells it."""
Gauge = Callable[["CallbackOptions"], Iterable["Observation"]]


class Telemetry:
    """The figures of one office, those of its doorbell among them."""

    def __init__(
        self,
        office: Office,
        readers: Sequence[MetricReader],
        processors: Sequence[SpanProcessor],
        traces: TracerProvider | None = None,
    ) -> None:
        from opentelemetry.sdk.metrics import MeterProvider

        self._office = office
        self._meters = MeterProvider(readers, _named(), shutdown_on_exit=False)
        self._traces = traces or tracer_provider()
        for processor in processors:
            self._traces.add_span_processor(processor)
        self._tracer = self._traces.get_tracer("rp_connect")
        self._measure()

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """One run of a job, such as sync: how long it took, and the kind of fault that ended it. It failed,
        unless another process is at it."""
        from opentelemetry.trace import StatusCode

        began = time.monotonic()
        fault = ""
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except BaseException as error:
                fault = type(error).__name__
                if not isinstance(error, BusyError):
                    span.set_status(StatusCode.ERROR)
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
        for place, (what, unit) in enumerate(TRAFFIC.items()):
            name = f"rp_connect.workspace.{what}"
            meter.create_observable_counter(name, [_gauge(partial(self._traffic, place))], unit)

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

    def _traffic(self, place: int) -> Iterator[tuple[float, Mapping[str, str]]]:
        """One of a workspace's figures, by service: of those that are in use, and once for each scope."""
        shelves = [one.workspace for one in self._office.schools.values()]
        used = [shelf.built for shelf in shelves if isinstance(shelf, Once)]
        counting = {one.scope: one for one in used if isinstance(one, CountsTraffic)}
        found: Counter[str] = Counter()
        for workspace in counting.values():
            found.update({service: counted[place] for service, counted in workspace.traffic().items()})
        for service, figure in found.items():
            yield figure, {"service": service}

    def _set_aside(self) -> Iterator[tuple[float, Mapping[str, str]]]:
        """Messages that were given up: a person must look."""
        yield self._office.bell.put_aside(), {}


def _named() -> Resource:
    """Made by hand: what is found out about a host by itself may hold its owner's name."""
    from opentelemetry.sdk.resources import Resource

    return Resource({"service.name": "rp-connect", "service.version": __version__})


def tracer_provider() -> TracerProvider:
    """One that says nothing of the host."""
    from opentelemetry.sdk.trace import TracerProvider

    return TracerProvider(resource=_named(), shutdown_on_exit=False)


def _gauge(read: Callable[[], Iterable[tuple[float, Mapping[str, str]]]]) -> Gauge:
    """A store that cannot be read gives no figure, and the alert on silence hears that."""

    def observe(options: CallbackOptions) -> list[Observation]:
        from opentelemetry.metrics import Observation

        try:
            return [Observation(value, dict(attributes)) for value, attributes in read()]
        except RpConnectError:
            return []

    return observe
