"""Addresses of plugins under /plugins/<name>/: who comes in, and that a plugin's mistakes stay its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rp_connect.errors import AccessError, StoreError, TryLaterError
from rp_connect.ports.routes import PluginAnswer, PluginRequest, PluginRoute, RouteSpec
from rp_connect.services.office import Office
from rp_connect.web import make_app
from tests.web.conftest import ORIGIN, PORT, Browser

Answer = Callable[[PluginRequest], PluginAnswer]


def browser_of(office: Office, answer: Answer, method: str = "POST", *, own_proof: bool = True) -> Browser:
    route = PluginRoute(method, "/news/{key}", answer, own_proof)
    served = replace(office, routes=(RouteSpec("paperbark", (route,)),))
    return Browser(make_app(served, port=PORT), base_url=f"http://127.0.0.1:{PORT}")


def test_a_plugin_sees_what_was_asked_but_no_cookie(office: Office):
    seen: list[PluginRequest] = []

    def answer(request: PluginRequest) -> PluginAnswer:
        seen.append(request)
        return PluginAnswer(201, "made")

    browser = browser_of(office, answer)
    headers = {"Cookie": "a=b", "Authorization": "Bearer x", "X-Signature": "s"}
    given = browser.post("/plugins/paperbark/news/k?a=1", content=b"body", headers=headers)

    (request,) = seen
    assert (given.status_code, given.text) == (201, "made")
    assert (request.method, request.body) == ("POST", b"body")
    assert (dict(request.path), dict(request.query)) == ({"key": "k"}, {"a": "1"})
    assert request.headers["x-signature"] == "s"
    assert not {"cookie", "authorization"} & set(request.headers)
    assert "content-security-policy" in given.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TryLaterError("Ada Testperson"), 503),
        (StoreError("Ada Testperson"), 503),
        (AccessError("Ada Testperson"), 500),
        (ValueError("Ada Testperson"), 500),
    ],
)
def test_what_a_plugin_raises_is_a_status_without_a_word(
    office: Office, caplog: pytest.LogCaptureFixture, error: Exception, status: int
):
    def answer(request: PluginRequest) -> PluginAnswer:
        raise error

    browser = browser_of(office, answer)
    given = browser.post("/plugins/paperbark/news/k")

    assert (given.status_code, given.text) == (status, "")
    assert "paperbark" in caplog.text
    assert "Testperson" not in caplog.text
    assert browser.get("/health").status_code == 200


def test_a_form_for_people_is_taken_from_our_own_pages_alone(office: Office):
    browser = browser_of(office, lambda _: PluginAnswer(200), own_proof=False)

    assert browser.post("/plugins/paperbark/news/k").status_code == 403
    assert browser.post("/plugins/paperbark/news/k", headers={"Origin": ORIGIN}).status_code == 200


def test_an_address_that_no_plugin_has_is_no_page(office: Office):
    browser = browser_of(office, lambda _: PluginAnswer(200), "GET", own_proof=False)

    assert browser.get("/plugins/paperbark/news/k").status_code == 200
    assert browser.get("/plugins/paperbark/olds").status_code == 404
    assert browser.get("/plugins/other/news/k").status_code == 404
