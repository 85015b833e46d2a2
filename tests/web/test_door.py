"""Who comes in: hosts, methods, origins, tokens, sizes; and the headers that every answer bears."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from itsdangerous import TimestampSigner

from rp_connect.services.office import Office
from rp_connect.web import make_app
from rp_connect.web.guard import HEADERS, LARGEST_BODY
from rp_connect.web.seat import OPEN_FOR
from tests.web.conftest import ORIGIN, PORT, Browser

DONE = "/tasks/RP-2026-0001.pupil-voice.1/done"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATHS = ["/", "/cases", "/cases/RP-2026-0001", "/cases/RP-2026-0099", "/nowhere", "/health", "/api/tasks"]


def is_open(office: Office) -> bool:
    with office.store.read() as work:
        return work.tasks.get("RP-2026-0001.pupil-voice.1").closed_at is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_the_names_of_this_computer_come_in(browser: Browser, host: str):
    assert browser.get("/health", headers={"Host": f"{host}:{PORT}"}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.0.0.1",
        "127.0.0.1:80",
        f"127.0.0.1:{PORT}0",
        f"127.0.0.1:{PORT}@evil.example",
        f"127.0.0.1.evil.example:{PORT}",
        f"evil.example:{PORT}",
        f"localhost.:{PORT}",
        f"0.0.0.0:{PORT}",
        f"192.168.1.5:{PORT}",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/tasks", "/static/app.css", "/nowhere"])
def test_any_other_host_is_turned_away(browser: Browser, ref: str, host: str, path: str):
    answer = browser.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert "Only this computer can open these pages" in answer.text
    assert "Testperson" not in answer.text


def test_two_hosts_at_once_are_turned_away(browser: Browser):
    twice = [("Host", f"127.0.0.1:{PORT}"), ("Host", "evil.example")]

    assert browser.get("/", headers=twice).status_code == 400


def test_on_the_usual_port_the_host_stands_without_it(office: Office):
    with Browser(make_app(office, port=80), base_url="http://localhost") as client:
        assert client.get("/health").status_code == 200
        assert client.get("/health", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_only_reading_and_sending_forms_is_answered(browser: Browser, method: str):
    assert browser.request(method, "/").status_code == 405


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("POST", "/api/tasks"), ("GET", DONE)])
def test_a_page_is_read_and_a_form_is_sent(browser: Browser, method: str, path: str):
    assert browser.request(method, path, headers={"Origin": ORIGIN}).status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_head_is_answered_like_get_without_a_body(browser: Browser, ref: str, path: str):
    head, get = browser.head(path), browser.get(path)

    assert (head.status_code, head.headers["content-type"]) == (get.status_code, get.headers["content-type"])
    assert "content-security-policy" in head.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": ORIGIN}, 303),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": f"https://127.0.0.1:{PORT}"}, 403),
        ({"Origin": f"http://127.0.0.1:{PORT + 1}"}, 403),
        ({"Origin": f"http://localhost:{PORT}"}, 403),
        ({"Origin": f"{ORIGIN}.evil.example"}, 403),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Referer": f"{ORIGIN}/"}, 403),
    ],
)
def test_a_form_is_taken_only_from_our_own_pages(
    browser: Browser, office: Office, ref: str, headers: dict[str, str], status: int
):
    token = browser.token("/")

    answer = browser.post(DONE, data={"token": token}, headers=headers, follow_redirects=False)

    assert answer.status_code == status
    assert is_open(office) == (status != 303)


def other_app_token(office: Office) -> str:
    with Browser(make_app(office, port=PORT), base_url=ORIGIN) as other:
        return other.token("/")


@pytest.mark.parametrize("kind", ["none", "empty", "nonsense", "another process", "changed", "too long"])
def test_a_token_that_is_not_ours_is_refused(browser: Browser, office: Office, ref: str, kind: str):
    token = browser.token("/")
    wrong = {
        "none": None,
        "empty": "",
        "nonsense": "let-me-in",
        "another process": other_app_token(office),
        "changed": token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        "too long": token * 50,
    }[kind]

    data = {} if wrong is None else {"token": wrong}
    answer = browser.post(DONE, data=data, headers={"Origin": ORIGIN, **FORM}, follow_redirects=False)

    assert answer.status_code == 403
    assert "Load the page again" in answer.text
    assert is_open(office)
    assert browser.submit(DONE).status_code == 303, "with a token of ours it is taken"


def test_a_token_without_its_cookie_is_refused(browser: Browser, office: Office, ref: str):
    token = browser.token("/")
    browser.cookies.clear()

    assert browser.post(DONE, data={"token": token}, headers={"Origin": ORIGIN}).status_code == 403
    assert is_open(office)


@pytest.mark.parametrize("planted", ["", "planted", "pläntéd", "x" * 43])
def test_a_cookie_of_somebody_else_is_refused(browser: Browser, office: Office, ref: str, planted: str):
    token = browser.token("/")
    browser.cookies.clear()

    headers = [(b"Origin", ORIGIN.encode()), (b"Cookie", f"rp_connect_{PORT}={planted}".encode())]
    answer = browser.post(DONE, data={"token": token}, headers=headers)

    assert answer.status_code == 403
    assert is_open(office)


def test_a_page_that_lay_open_too_long_is_refused(
    browser: Browser, office: Office, ref: str, monkeypatch: pytest.MonkeyPatch
):
    token, now = browser.token("/"), TimestampSigner.get_timestamp

    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + OPEN_FOR + 1)

    assert browser.post(DONE, data={"token": token}, headers={"Origin": ORIGIN}).status_code == 403
    assert is_open(office)


def test_the_cookie_is_ours_alone(browser: Browser):
    cookie = SimpleCookie(browser.get("/").headers["set-cookie"])[f"rp_connect_{PORT}"]

    assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (True, "strict", "/")
    assert (cookie["domain"], cookie["max-age"], cookie["expires"]) == ("", "", "")
    assert len(cookie.value) >= 40
    assert "set-cookie" not in browser.get("/").headers, "it is given once"


def test_a_visit_without_the_cookie_does_not_unseat_the_pages_that_lie_open(browser: Browser, ref: str):
    token = browser.token("/")
    browser.cookies.clear()  # a link from another site arrives without a SameSite cookie

    browser.get("/cases")

    answer = browser.post(DONE, data={"token": token}, headers={"Origin": ORIGIN}, follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain", ""])
def test_only_plain_forms_are_read(browser: Browser, office: Office, ref: str, kind: str):
    headers = {"Origin": ORIGIN, "Content-Type": kind}

    assert browser.post(DONE, content=b"token=x", headers=headers).status_code == 415
    assert is_open(office)


def pieces(size: int) -> Iterator[bytes]:
    """A body whose length is not told beforehand."""
    yield b"token="
    for _ in range(size // 1024):
        yield b"x" * 1024


@pytest.mark.parametrize("body", ["told", "untold", "a false length"])
def test_a_body_that_is_too_large_is_refused(browser: Browser, office: Office, ref: str, body: str):
    headers = {"Origin": ORIGIN, **FORM}
    large = LARGEST_BODY + 1024
    if body == "told":
        answer = browser.post(DONE, content=b"x" * large, headers=headers)
    elif body == "untold":
        answer = browser.post(DONE, content=pieces(large), headers=headers)
    else:
        answer = browser.post(DONE, content=pieces(large), headers={**headers, "Content-Length": "-1"})

    assert answer.status_code == 413
    assert is_open(office)


def test_a_body_of_the_largest_size_is_read(browser: Browser, ref: str):
    token = f"token={browser.token('/')}&x="
    body = token + "x" * (LARGEST_BODY - len(token))

    answer = browser.post(DONE, content=body, headers={"Origin": ORIGIN, **FORM}, follow_redirects=False)

    assert answer.status_code == 303


@pytest.mark.parametrize("path", [*PATHS, "/static/app.css", "/static/none.css"])
def test_every_answer_bears_the_safe_headers(browser: Browser, ref: str, path: str):
    headers = browser.get(path).headers

    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert headers["cache-control"].startswith("public" if path == "/static/app.css" else "no-store")


def test_refusals_and_redirects_bear_them_too(browser: Browser, ref: str):
    turned_away = browser.get("/", headers={"Host": "evil.example"})
    redirected = browser.submit(DONE)

    for answer in (turned_away, redirected):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"


def test_the_policy_lets_nothing_in_but_our_own_style_and_pictures():
    rules = dict(rule.strip().split(" ", 1) for rule in HEADERS["Content-Security-Policy"].split(";"))

    assert rules == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_no_other_site_is_told_that_it_may_read(browser: Browser, ref: str):
    answer = browser.get("/api/tasks", headers={"Origin": "http://evil.example"})

    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/"],
)
def test_nothing_outside_the_static_folder_is_served(browser: Browser, path: str):
    answer = browser.get(path)

    assert answer.status_code == 404
    assert "def make_app" not in answer.text


def test_a_websocket_is_closed(browser: Browser):
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/"):
        pass
