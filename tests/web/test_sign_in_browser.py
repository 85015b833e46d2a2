"""A real sign-in in a real Chromium, on a phone: over https, to the provider and back, and out again."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from playwright.sync_api import Page, ViewportSize, sync_playwright

from rp_connect.web import make_app
from tests.plugins.rp_openid.provider import new_key, running_provider
from tests.web.page_audit import faults_of, scrolls_sideways
from tests.web.signed_in import NORTHWICK, SECRET_VARIABLE, open_public_trust
from tests.web.small_school import add_reintegration
from tests.web.test_browser import CHROMIUM, FLAGS

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine")
PICTURES = os.environ.get("RP_CONNECT_PICTURES")
PHONE: ViewportSize = {"width": 390, "height": 844}


def certificate(folder: Path) -> tuple[Path, Path]:
    """For localhost, signed by itself: the browser of this test is told to take it."""
    key, now = new_key(), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    return folder / "key.pem", folder / "certificate.pem"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The pages over https, without a proxy in front."""
    monkeypatch.setenv(SECRET_VARIABLE, "a secret that only tests know")
    key, chain = certificate(tmp_path)
    with running_provider() as provider, socket.create_server(("127.0.0.1", 0)) as listener:
        found = f"https://localhost:{listener.getsockname()[1]}"
        office = open_public_trust(tmp_path, provider, more="proxies = 0", origin=found)
        add_reintegration(office)
        config = uvicorn.Config(
            make_app(office, port=443),
            log_config=None,
            access_log=False,
            lifespan="off",
            ssl_keyfile=key,
            ssl_certfile=chain,
        )
        with started(uvicorn.Server(config), listener):
            yield found
        office.store.close()


@contextmanager
def started(server: uvicorn.Server, listener: socket.socket) -> Iterator[None]:
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def looked_at(page: Page, name: str) -> None:
    """Names, sizes, contrast, nothing to scroll sideways; and a picture where one is wanted."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
    assert faults_of(page) == []
    assert not scrolls_sideways(page)


def test_a_lead_signs_in_on_a_phone_reads_a_case_and_signs_out(address: str):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_context(viewport=PHONE, ignore_https_errors=True).new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))

        page.goto(f"{address}/cases/RP-2026-0001")
        assert page.url == f"{address}/sign-in?back=%2Fcases%2FRP-2026-0001"
        assert "Testperson" not in page.content()
        looked_at(page, "sign-in")
        page.get_by_role("link", name="Sign in with your school account").click()

        assert page.url == f"{address}/cases/RP-2026-0001"
        assert "Testperson" in page.content()
        assert page.get_by_text(NORTHWICK).first.is_visible()
        looked_at(page, "signed-in")
        page.locator(".done-form button").first.click()
        assert page.get_by_role("status").is_visible()

        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_role("heading", name="You are signed out").is_visible()
        looked_at(page, "signed-out")
        page.go_back()
        assert "Testperson" not in page.content()
        page.goto(f"{address}/")
        assert page.url == f"{address}/sign-in"
        assert wrong == []
        chromium.close()
