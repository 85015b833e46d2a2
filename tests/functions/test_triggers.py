"""Each trigger, indexed and invoked by Microsoft's own library, with a real queue between them."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from rp_connect.ports.doorbell import Errand
from rp_connect.services.check_installation import check_installation
from rp_connect.storage.store import open_store
from rp_connect.wiring.office import build_office
from rp_connect.wiring.telemetry import Telemetry
from tests.functions.conftest import NOW, Installation, settings
from tests.functions.listener import Listener, client, count
from tests.functions.worker import Json, Worker, need_runtime
from tests.postgres_server import PostgresServer

TIMERS = {
    "syncs": "0 */5 * * * *",
    "pulls": "30 */10 * * * *",
    "reminders": "0 20 * * * *",
    "missed": "15 * * * * *",
    "aside": "45 */10 * * * *",
    "retention": "0 40 2 * * *",
}
WEB = """[web]
public_url = "https://rp.example"
sign_in = "openid"
[web.openid]
issuer = "https://issuer.example"
claim = "email"
client_id = "rp-connect"
secret = "env:OPENID_SECRET"
"""
TELLING = ("schedule", "queueName", "route")
LIBRARIES = {
    "alembic", "authlib", "docx", "icalendar", "jinja2", "matplotlib", "msal", "office365", "opentelemetry",
    "psycopg", "requests", "uvicorn",
}  # fmt: skip
"""What is heavy, and that no trigger may load before something is asked for that needs it."""


def heavy(worker: Worker) -> set[str]:
    modules = worker.itself()["modules"]
    found = {name.partition(".")[0] for name in modules} & LIBRARIES
    return found | {name for name in modules if name == "sqlalchemy.orm"}


def test_the_app_has_the_triggers_that_it_should_have(installation: Installation):
    found = {
        name: [(one["type"], next((one[key] for key in TELLING if key in one), None)) for one in bindings]
        for name, bindings in installation.worker.functions.items()
    }

    assert found == {
        "pages": [("httpTrigger", "/{*route}"), ("http", None)],
        "work": [("queueTrigger", "rp-connect-work")],
        **{name: [("timerTrigger", schedule)] for name, schedule in TIMERS.items()},
    }


def test_until_somebody_can_sign_in_only_the_health_of_it_all_is_told(installation: Installation):
    health = installation.worker.http("/health")
    assert (health["status"], json.loads(health["body"])) == (200, {"status": "ok"})
    for path in (
        "/",
        "/cases",
        "/cases/RP-2026-0001",
        "/api/cases",
        "/api/tasks",
        "/static/app.css",
        "/health/",
    ):
        for method in ("GET", "POST"):
            answer = installation.worker.http(path, method)
            assert answer["status"] == 503
            assert "These pages are closed until sign-in is set up." in answer["body"]


def test_with_sign_in_set_up_a_visitor_is_asked_to_sign_in_and_sees_nothing_before(school, azurite):
    need_runtime()
    config = school.folder / "rp-connect.toml"
    config.write_text(config.read_text().replace("[[school]]", WEB + "[[school]]", 1))
    headers = {"host": "rp.example", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}
    with Worker({**settings(school, azurite), "OPENID_SECRET": "made-up"}) as worker:
        assert worker.http("/health", headers=headers)["status"] == 200
        board = worker.http("/", headers=headers)
        assert (board["status"], board["headers"]["location"].partition("?")[0]) == (303, "/sign-in")
        way_in = worker.http("/sign-in", headers=headers)
        assert (way_in["status"], "Sign in" in way_in["body"]) == (200, True)
        assert worker.http("/api/cases", headers=headers)["status"] == 401
        assert worker.http("/", headers={**headers, "host": "elsewhere.example"})["status"] == 400


def test_an_installation_that_cannot_be_opened_says_so_and_is_tried_again(installation: Installation):
    config = installation.school.folder / "rp-connect.toml"
    text = config.read_text()
    config.write_text("nonsense")
    answer = installation.worker.http("/health")
    assert (answer["status"], "<h1>Not just now</h1>" in answer["body"]) == (503, True)
    assert "ConfigError" in installation.worker.timer("syncs")["failed"]

    config.write_text(text)
    assert installation.worker.http("/health")["status"] == 200


def test_a_timer_rings_the_queue_syncs_and_what_the_sync_wants_is_sent(installation: Installation):
    assert installation.worker.timer("syncs") == {}
    assert count(client(installation.azurite, "rp-connect-work")) == 1
    installation.worker.queue("sync:northwick")
    installation.listener.step()

    assert installation.sent() > 0
    assert installation.listener.failures == []


@pytest.mark.parametrize("name", TIMERS)
def test_each_timer_works(installation: Installation, name):
    assert installation.worker.timer(name) == {}
    assert installation.worker.timer(name) == {}


def test_what_the_bell_missed_is_swept(installation: Installation):
    """Its effects were wanted by a process that knew no queue."""
    installation.school.sync(NOW)
    assert installation.sent() == 0
    installation.worker.timer("missed")
    installation.listener.all()

    assert installation.sent() > 0


def test_a_message_that_nobody_understands_is_put_aside_after_five_tries_and_the_rest_goes_on(
    installation: Installation, monkeypatch
):
    installation.school.sync(NOW)
    queue = client(installation.azurite, "rp-connect-work")
    queue.send_message("Jamie Smith:bullying")
    queue.send_message("deliver:northwick")
    installation.listener.all()

    assert len(installation.listener.failures) == 5
    assert installation.listener.invocations == 6
    assert installation.sent() > 0
    aside = client(installation.azurite, "rp-connect-work-poison")
    assert count(aside) == 1
    assert "Jamie" not in "".join([*installation.listener.failures, *installation.worker.said])
    installation.worker.timer("aside")
    monkeypatch.setenv("RP_CONNECT_QUEUE", installation.azurite.connection)
    office = build_office(installation.school.folder / "rp-connect.toml", now=NOW)
    found = check_installation(office)
    reader = InMemoryMetricReader()
    telemetry = Telemetry(office, [reader], [])
    data = reader.get_metrics_data()
    assert data is not None
    figures = json.loads(data.to_json())
    telemetry.close()
    office.store.close()
    assert (found.ok, found.queue[:42]) == (False, "1 message put aside after five tries: look")
    (poisoned,) = [
        metric["data"]["data_points"]
        for metric in figures["resource_metrics"][0]["scope_metrics"][0]["metrics"]
        if metric["name"] == "rp_connect.poisoned"
    ]
    assert [(point["attributes"], point["value"]) for point in poisoned] == [({}, 1)]


def test_a_store_that_is_gone_is_tried_again_and_nothing_is_put_aside_once_it_is_back(school, azurite):
    need_runtime()
    with PostgresServer() as postgres:  # as durable as in production: it is killed
        postgres.create_database("trust")
        school.store_url = postgres.url("trust")
        school.sync(NOW)
        with Worker(settings(school, azurite)) as worker:
            listener = Listener(azurite, "rp-connect-work", worker)
            client(azurite, "rp-connect-work").send_message("deliver:northwick")
            postgres.kill()
            listener.step()
            assert "StoreError" in listener.failures[0]
            assert worker.http("/health")["status"] == 503
            postgres.start()
            listener.all()
            assert worker.http("/health")["status"] == 200
        assert count(client(azurite, "rp-connect-work-poison")) == 0
        assert list((school.folder / "workspace" / "tasks").glob("*.ics"))
        with closing(open_store(school.store_url)) as store, store.read() as work:
            assert work.effects.due(["northwick"]) == {}


def first_request(worker: Worker) -> Json:
    return worker.http("/health")


def first_tick(name: str) -> Callable[[Worker], Json]:
    return lambda worker: worker.timer(name)


def first_message(errand: str) -> Callable[[Worker], Json]:
    return lambda worker: worker.queue(f"{errand}:northwick")


TO_QUEUES = {"requests"}
"""Azure's own way to its queues is all that a timer needs."""
FIRST = {
    "pages": (first_request, {"jinja2"}),
    "retention": (first_tick("retention"), set()),
    **{name: (first_tick(name), TO_QUEUES) for name in ("syncs", "pulls", "reminders", "missed", "aside")},
    "sync": (first_message("sync"), set()),
    "deliver": (first_message("deliver"), {"docx", "icalendar"}),
    "pull": (first_message("pull"), {"icalendar"}),
    "remind": (first_message("remind"), TO_QUEUES),
}
BY_THE_CLOCK = ("syncs", "pulls", "reminders", "remind")
"""Whether one of these rings depends on when the test runs: the minute, or whether it is a school day."""


@pytest.mark.parametrize("name", FIRST)
def test_no_trigger_loads_what_it_does_not_need(installation: Installation, name):
    """Each in a worker of its own, whose first call it is, at a school where there is something to do."""
    first, needed = FIRST[name]
    installation.school.sync(NOW)
    if name == "pull":
        installation.school.deliver(NOW)
    assert heavy(installation.worker) == set()
    answer = first(installation.worker)
    found = heavy(installation.worker)

    assert "failed" not in answer
    assert found | TO_QUEUES == needed if name in BY_THE_CLOCK else found == needed


def test_every_trigger_and_every_errand_is_looked_at_for_what_it_loads(installation: Installation):
    assert set(installation.worker.functions) | {errand.value for errand in Errand} == {*FIRST, "work"}
