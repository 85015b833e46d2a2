"""The pages in a real Chromium: by keyboard alone, on a phone, in the dark, and against another site."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette

from rp_connect.domain.task import TaskState
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import set_meeting
from rp_connect.web import make_app
from tests.web.page_audit import faults_of, scrolls_sideways
from tests.web.small_school import (
    NASTY,
    add_many,
    add_reintegration,
    ask,
    local,
    pupil,
    three_days,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
CASE = "/cases/RP-2026-0001"
PATHS = ("/", "/?school=northwick", "/cases", CASE, "/cases/RP-2026-0002", "/nowhere")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine")


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The address of the pages, on a free port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with running(make_app(office, port=port, notice="Demonstration data; nobody exists."), listener):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def running(app: Starlette, listener: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    with opened(chromium) as found:
        yield found


@contextmanager
def opened(chromium: Chromium, width: int = 1280, scheme: str = "light") -> Iterator[Page]:
    """A page that must ask nobody but this computer, and must not complain on its console."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
        timezone_id="America/New_York",
    )
    page, complaints, asked = context.new_page(), list[str](), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    hosts = {urlsplit(url).hostname for url in asked}
    assert hosts == {"127.0.0.1"}, "every request stays on this computer"
    # A browser writes a line for each answer from 400 on; that is no fault of the page.
    assert [text for text in complaints if "the server responded with a status of" not in text] == []


@pytest.fixture
def trust(office: Office) -> Office:
    """Everything that the pages can show at once, with names that are long and names that are nasty."""
    first = add_reintegration(office)
    add_reintegration(
        office, pupil("P-2", NASTY, "Wolfeschlegelsteinhausenbergerdorff" * 2), three_days("S-2", "P-2")
    )
    add_many(office, 14)
    ask(office, 8)
    place, invited = "The small library beside the hall", ["a-rather-long-address.of-somebody@trust.example"]
    set_meeting(office, first, local("2026-11-11T14:00"), 45, place, False, invited, "lead")
    return office


def tab_to(page: Page, words: str, at_most: int = 80) -> None:
    """Press Tab until what has the focus says `words`; the focus must be to be seen on the way."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        found = page.evaluate("() => document.activeElement.name || document.activeElement.textContent")
        if page.evaluate("() => document.activeElement !== document.body"):
            assert focus_shows(page), f"the focus cannot be seen on “{found[:40]}”"
        if words in " ".join(str(found).split()):
            return
    pytest.fail(f"the Tab key does not reach “{words}”")


def focus_shows(page: Page) -> bool:
    shown: bool = page.evaluate(
        """() => {
          const el = document.activeElement, style = getComputedStyle(el), box = el.getBoundingClientRect();
          return el.tagName === 'MAIN'
            || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0;
        }"""
    )
    return shown


def test_a_task_is_completed_and_a_meeting_set_with_the_keyboard_alone(office: Office, page: Page):
    ref = add_reintegration(office)
    with served(office) as address:
        page.goto(f"{address}/?school=northwick")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.innerText") == "Skip to the main part"
        page.keyboard.press("Enter")
        tab_to(page, "Done: Tell the local authority")
        page.keyboard.press("Enter")
        page.wait_for_url("**said=task-done**")
        assert page.get_by_role("status").inner_text().strip() == "That task is done. Thank you."
        assert page.title().startswith("That task is done.")
        tab_to(page, ref)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{CASE}")
        tab_to(page, "Set a meeting")
        page.keyboard.press("Enter")
        tab_to(page, "slot")
        page.keyboard.press("ArrowDown")
        tab_to(page, "place")
        page.keyboard.type("Room 2")
        tab_to(page, "invited")
        page.keyboard.type("family@home.example")
        tab_to(page, "Set the meeting")
        page.keyboard.press("Enter")
        page.wait_for_url("**said=meeting-set")

    with office.store.read() as work:
        meeting = work.meetings.of_case(ref)
        assert work.tasks.get(f"{ref}.tell-la.1").state is TaskState.DONE
    assert meeting is not None
    assert (meeting.at, meeting.place) == (local("2026-11-11T10:15"), "Room 2")
    assert meeting.invited == ("family@home.example",)


def test_another_time_is_asked_for_only_where_none_of_the_free_ones_is_chosen(office: Office, page: Page):
    add_reintegration(office)
    with served(office) as address:
        page.goto(address + CASE)
        page.get_by_text("Set a meeting").click()
        day = page.get_by_label("Day", exact=True)
        assert not day.is_visible()
        page.get_by_label("Another time").check()
        assert day.is_visible()
        day.fill("2026-11-12")
        page.get_by_label("Time", exact=True).fill("09:30")
        page.get_by_role("button", name="Set the meeting").click()
        page.wait_for_url("**said=meeting-set")
        # The browser's own clock is in New York; what counts is the school's.
        assert "Thu 12 Nov, 09:30" in page.locator("#meeting").inner_text()


def test_what_does_not_fit_is_told_where_it_is_mended(office: Office, page: Page):
    add_reintegration(office)
    with served(office) as address:
        page.goto(address + CASE)
        page.get_by_text("Set a meeting").click()
        page.get_by_label("Invite").fill("not an address")
        page.get_by_role("button", name="Set the meeting").click()
        sentence = "Address 1 of 1 does not look like an e-mail address."
        assert page.get_by_role("alert").inner_text().startswith(f"The meeting is not set. {sentence}")
        assert page.locator("#meeting-error").inner_text().strip() == sentence
        assert page.get_by_label("Invite").input_value() == "not an address"
        assert faults_of(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_open_to_everybody(trust: Office, chromium: Chromium, width: int, scheme: str):
    found: dict[str, Sequence[str]] = {}
    with served(trust) as address, opened(chromium, width, scheme) as page:
        for path in PATHS:
            page.goto(address + path)
            found[path] = [*faults_of(page), *(["scrolls sideways"] if scrolls_sideways(page) else [])]

    assert found == {path: [] for path in PATHS}


def test_the_audit_itself_finds_what_is_wrong(trust: Office, page: Page):
    with served(trust) as address:
        page.goto(address + "/nowhere")
        assert faults_of(page) == []
        page.evaluate(
            """() => { document.querySelector('main').innerHTML +=
              '<h4>Skips</h4><input name=bare><button></button><p id=main class=pale>Too pale to read</p>'
              + '<section><a href="#nothing">small</a></section><img src="/static/icon.svg">';
              document.querySelector('.pale').setAttribute('color', 'x');
              document.styleSheets[0].insertRule('.pale { color: #bbbbbb }'); }"""
        )
        found = " ".join(faults_of(page))

    for expected in ("headings skip", "no label", "no name", "contrast 1", "twice the same id"):
        assert expected in found
    for expected in ("points at nothing", "too small", "a region without a name", "without words"):
        assert expected in found


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_scrolls_sideways_in_between(trust: Office, chromium: Chromium, width: int):
    with served(trust) as address, opened(chromium, width) as page:
        for path in PATHS:
            page.goto(address + path)
            assert not scrolls_sideways(page), path


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_days_of_the_week_stand_apart(trust: Office, chromium: Chromium, width: int):
    """Their words, not their boxes: at least half a letter's height lies between two of them."""
    measure = """() => [...document.querySelectorAll(".week-days time")].map(day => {
        const words = document.createRange();
        words.selectNodeContents(day);
        return [words.getBoundingClientRect().left, words.getBoundingClientRect().right];
    })"""
    with served(trust) as address, chromium.new_page(viewport={"width": width, "height": 844}) as page:
        page.goto(address)
        days = page.evaluate(measure)
    assert len(days) == 7
    assert min(left - right for (_, right), (left, _) in pairwise(days)) >= 8


def test_nothing_moves_where_people_asked_for_stillness(office: Office, chromium: Chromium):
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    with served(office) as address:
        page.goto(address)
        moving = page.evaluate(
            """() => [...document.querySelectorAll('*')].filter(el => {
              const style = getComputedStyle(el);
              return style.transitionDuration !== '0s' || style.animationName !== 'none';
            }).length"""
        )
    context.close()

    assert moving == 0


EVIL = """<!doctype html><title>Elsewhere</title>
<form method="post" action="{address}/tasks/RP-2026-0001.pupil-voice.1/done"><button>Win</button></form>
<iframe src="{address}/"></iframe>
<script>
  fetch("{address}/api/tasks", {{credentials: "include"}}).then(() => {{ document.title = "read it" }})
    .catch(() => {{ document.title = "could not read" }})
</script>"""


@contextmanager
def another_site(body: str) -> Iterator[str]:
    """A site on another port of this computer: for a browser the same site, with the same cookies."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_another_site_in_the_same_browser_reads_nothing_and_changes_nothing(
    office: Office, chromium: Chromium
):
    ref = add_reintegration(office)
    context = chromium.new_context()
    page = context.new_page()
    with served(office) as address, another_site(EVIL.format(address=address)) as elsewhere:
        page.goto(address)  # the browser now holds the cookie
        page.goto(elsewhere)
        page.wait_for_function("() => document.title !== 'Elsewhere'")
        assert page.title() == "could not read"
        framed = page.frames[1]
        assert "Testperson" not in framed.content()
        with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
            page.get_by_role("button", name="Win").click()
        assert posted.value.status == 403
        page.goto(address)
        assert "Testperson" in page.content(), "at home it can be read"
    context.close()

    with office.store.read() as work:
        assert work.tasks.get(f"{ref}.pupil-voice.1").state is TaskState.OPEN
