"""What goes wrong is one kind sentence with the right status, and leaves no words of people in the log."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from rp_connect import errors
from rp_connect.services.office import Office
from rp_connect.web import make_app
from rp_connect.web.faults import STATUSES, status_of
from tests.web.conftest import ORIGIN, PORT, Browser

EVERY = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.RpConnectError)
]


class FailingStore:
    """Stands for a store that raises `error` whenever it is asked."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    @contextmanager
    def read(self) -> Iterator[None]:
        raise self.error
        yield

    begin = read


@contextmanager
def failing(office: Office, error: Exception) -> Iterator[Browser]:
    broken = replace(office, store=FailingStore(error))  # type: ignore[arg-type]
    with Browser(make_app(broken, port=PORT), base_url=ORIGIN) as browser:
        yield browser


def make(kind: Callable[..., errors.RpConnectError]) -> errors.RpConnectError:
    if kind is errors.PartlySetUpError:
        return errors.PartlySetUpError([], ["This is the sentence."])
    return kind("S-17", "reason.") if kind is errors.BadRecordError else kind("This is the sentence.")


def test_every_error_of_the_family_has_a_status():
    assert {kind for kind, _ in STATUSES} | {errors.UsageError} == set(EVERY)
    for kind in EVERY:
        assert 400 <= status_of(make(kind)) <= 503


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.NotFoundError, 404),
        (errors.UsageError, 400),
        (errors.UnsupportedError, 400),
        (errors.GateError, 409),
        (errors.ConflictError, 409),
        (errors.BusyError, 409),
        (errors.AccessError, 502),
        (errors.TryLaterError, 503),
        (errors.StoreError, 503),
    ],
)
@pytest.mark.parametrize("path", ["/", "/cases/RP-2026-0001", "/api/tasks"])
def test_an_error_is_its_sentence(office: Office, kind: type[errors.RpConnectError], status: int, path: str):
    with failing(office, kind("This is the sentence.")) as browser:
        answer = browser.get(path)

    assert answer.status_code == status
    assert "This is the sentence." in answer.text
    assert "Traceback" not in answer.text


def test_health_says_when_the_store_is_gone(office: Office):
    with failing(office, errors.StoreError("The store is gone.")) as browser:
        answer = browser.get("/health")

    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/", "/api/tasks", "/health"])
def test_what_nobody_expected_is_told_without_its_words(
    office: Office, path: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    with failing(office, ValueError("canary Ada Testperson")) as browser:
        answer = browser.get(path)

    assert answer.status_code == 500
    assert "This is our fault, not yours" in answer.text
    assert answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    for text in (answer.text, caplog.text):
        assert "canary" not in text
        assert "Traceback" not in text
    if path == "/":
        assert '<meta name="viewport"' in answer.text, "it can be read on a phone"
        assert re.search(r'href="/static/app.css[?]v=[0-9a-f]{12}"', answer.text)
    assert "ValueError at " in caplog.text
    assert "test_faults.py:" in caplog.text, "where it arose is told"


def test_the_log_has_no_names_addresses_queries_or_bodies(
    browser: Browser, ref: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    browser.get("/?school=canary-query")
    browser.get("/canary-path")
    browser.get("/cases/canary-ref")
    browser.get("/", headers={"Host": "canary-host"})
    browser.get("/", headers={"Cookie": "canary-cookie=1"})
    browser.page("/")
    browser.submit("/tasks/RP-2026-0001.pupil-voice.1/done", back="/canary-back")
    browser.submit("/cases/RP-2026-0001/meeting", place="canary-place", invited="canary@body", slot="canary")

    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx2")]

    assert ours, "something is logged"
    assert [line for line in ours if "canary" in line or "Testperson" in line] == []
    assert any(line.startswith("GET board 200,") for line in ours)
    assert any(line.startswith("POST put_meeting 400,") for line in ours)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/cases/",
        "/cases/1",
        "/cases/RP-2026-0001/",
        "/cases/RP-2026-0001%00",
        "/cases/..%2f..",
        "/tasks",
    ],
)
def test_a_page_that_is_not_there_is_kindly_told(browser: Browser, ref: str, path: str):
    page = browser.page(path, 404)

    assert "Back to the board" in page
