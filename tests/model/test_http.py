"""Whatever is sent to the pages gets an answer, which is never our fault and never a traceback."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx2
import pytest
from starlette.testclient import TestClient

from rp_connect.web import make_app
from tests.drop_school import DropSchool, suspension

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
REQUESTS = 20_000 if FULL else 500
NOW = "2026-11-12T10:00"
ORIGIN = "http://127.0.0.1:8765"
REF, TASK = "RP-2026-0001", "RP-2026-0001.pupil-voice.1"
ODD = (
    *("", "0", "-1", "٣", "²", "9" * 25, "1e9", "NaN", "null", "true", "'", '"', "<script>", "%00", "\x00"),
    *("\n\r", "\ud7ff", "😀" * 20, "a" * 5000, "{{7*7}}", "%s%n", "../../etc/passwd", "RP-2026-9999"),
    *("RP-٢٠٢٦-0001", "2026-02-30", "2026-11-16T14:20", "9999-12-31T23:59", "0001-01-01T00:00", "x@y"),
    *("2027-03-28T01:30", "lead@northwick.example", "open", "done", "closed", "triage", "held", "northwick"),
    *("lead", "further", "correction", "yes", "other", "45"),
)
_CASE = f"/cases/{REF}"
PATHS = (
    *(
        "/",
        "/cases",
        _CASE,
        f"{_CASE}/meeting",
        f"{_CASE}/meeting/cancel",
        f"{_CASE}/stage",
        f"{_CASE}/answer",
    ),
    *(f"/tasks/{TASK}/done", "/health", "/api/tasks", "/api/cases", f"/api{_CASE}", "/static/app.css"),
    *("/static/", "/cases/", "/api", "/plugins/x/", "/favicon.ico", "/docs", "/openapi.json"),
)
FIELDS = (
    *("school", "role", "stage", "page", "case", "state", "said", "slot", "day", "clock", "minutes", "place"),
    *("invited", "online", "answer", "back", "token"),
)
FORM = "application/x-www-form-urlencoded"
TYPES = (
    *(FORM, f"{FORM}; charset=utf-7", "application/json", "multipart/form-data; boundary=x"),
    *("multipart/form-data", "text/plain", "", "a" * 300),
)
ODD_HEADERS = (
    *("Host", "Origin", "Sec-Fetch-Site", "Cookie", "Accept", "Content-Length", "Range", "X-Forwarded-Host"),
)
METHODS = (
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "X-\u2013",
)
INTERNALS = re.compile(r"Traceback|File \"|sqlalchemy|sqlite3|\.py\b|line \d+, in|Internal Server Error")


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[TestClient]:
    """A school with three cases: one as usual, one without dates, one with a question about longer dates."""
    school = DropSchool(tmp_path)
    rows = [
        suspension("S1", "2026-11-10", 6),
        suspension("S2", None, None, pupil_id="P2", decided_at="2026-11-11"),
    ]
    school.suspensions = [*rows, suspension("S3", "2026-11-12", 2, pupil_id="P2")]
    school.sync(NOW)
    school.suspensions[-1] = suspension("S3", "2026-11-12", 4, pupil_id="P2")
    school.sync(NOW)
    office = school.office(NOW)
    with TestClient(make_app(office, port=8765), base_url=ORIGIN, raise_server_exceptions=False) as client:
        yield client
    office.store.close()


class Stranger:
    """Draws requests: half of them nearly right, so that they come in, and the other half not at all."""

    def __init__(self, seed: int, token: str) -> None:
        self._dice = random.Random(seed)
        self._token = token

    def _odd(self) -> str:
        if self._dice.random() < 0.8:
            return self._dice.choice(ODD)
        return "".join(
            chr(self._dice.choice((self._dice.randrange(0x80), self._dice.randrange(0xD7FF))))
            for _ in range(12)
        )

    def path(self) -> str:
        path = self._dice.choice(PATHS)
        if self._dice.random() < 0.35:
            parts = path.split("/")
            parts[self._dice.randrange(len(parts))] = quote(
                self._odd(), safe="%" if self._dice.random() < 0.3 else ""
            )
            path = "/" + "/".join(parts).lstrip("/")
        if self._dice.random() < 0.5:
            path += f"?{urlencode(self.fields())}"
        return path

    def fields(self) -> list[tuple[str, str]]:
        return [(self._dice.choice(FIELDS), self._odd()) for _ in range(self._dice.randrange(6))]

    def body(self) -> bytes:
        kind = self._dice.random()
        if kind < 0.7:
            return urlencode([*self.fields(), ("token", self._token)]).encode()
        if kind < 0.8:
            return self._dice.randbytes(self._dice.randrange(200))
        if kind < 0.85:
            return b"a=" + b"b" * self._dice.choice((60_000, 70_000))
        if kind < 0.95:
            return "&".join(f"{name}={value}" for name, value in self.fields()).encode(
                "utf-8", "surrogatepass"
            )
        return b'--x\r\nContent-Disposition: form-data; name="token"; filename="' + self._dice.randbytes(20)

    def headers(self) -> dict[str, str]:
        headers = {"Content-Type": self._dice.choice(TYPES) if self._dice.random() < 0.3 else TYPES[0]}
        if self._dice.random() < 0.85:
            headers["Origin"] = ORIGIN
        for name in ODD_HEADERS:
            if self._dice.random() < 0.03:
                headers[name] = (
                    self._odd().encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")[:3000]
                )
        return headers


@pytest.mark.trial
@pytest.mark.timeout(0 if FULL else 120)
def test_no_request_brings_the_pages_down_or_shows_their_inside(pages: TestClient) -> None:
    found = re.search(r'name="token" value="([^"]+)"', pages.get(f"/cases/{REF}").text)
    assert found is not None
    before = {task["id"] for task in pages.get("/api/tasks").json()}
    stranger, answers = Stranger(2026, found[1]), Counter[int]()
    for _ in range(REQUESTS):
        method, path = stranger._dice.choice(METHODS), stranger.path()
        headers, body = stranger.headers(), stranger.body()
        try:
            answer = pages.request(method, path, headers=headers, content=body, follow_redirects=False)
        except (httpx2.InvalidURL, httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, UnicodeError):
            answers[0] += 1  # no client can send it
            continue
        answers[answer.status_code] += 1
        assert answer.status_code < 500, (method, path, headers, body, answer.text)
        if not path.startswith("/static/app.css"):
            assert not INTERNALS.search(answer.text), (method, path, answer.text)
    assert {200, 303, 400, 403, 404, 405} <= set(answers), answers
    assert answers[0] < REQUESTS / 4
    assert pages.get("/health").json() == {"status": "ok"}
    assert {task["id"] for task in pages.get("/api/tasks").json()} >= before


def test_a_length_of_thousands_of_digits_is_more_than_a_form_can_hold(pages: TestClient) -> None:
    answer = pages.get("/", headers={"Content-Length": "9" * 5000})
    assert answer.status_code == 413
