"""The register on the page of a case: what the MIS holds, what is right, and boxes that nobody ticked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import Browser as Chromium

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.effect import EffectKind
from rp_connect.domain.suspension import Dates
from rp_connect.services.office import Office
from rp_connect.web import make_app
from tests.services.test_choose_marks import OfficeRegister
from tests.web.conftest import ORIGIN, PORT, Browser
from tests.web.page_audit import faults_of, scrolls_sideways
from tests.web.small_school import add_reintegration, change_suspension
from tests.web.test_browser import CASE, CHROMIUM, chromium, opened, served

__all__ = ["chromium"]
FORM = f"{CASE}/marks"
AM, PM = Session(date(2026, 11, 9), Half.AM), Session(date(2026, 11, 9), Half.PM)
TICKED = {"write.2026-11-09/AM": "yes", "code.2026-11-09/AM": "E", "held.2026-11-09/AM": "/"}


@pytest.fixture
def office(office: Office) -> Office:
    """Ada is suspended, and the register says that she was in school on Monday; its MIS takes marks."""
    ref = add_reintegration(office)
    with office.store.begin() as work:
        suspension = work.suspensions.get(work.cases.get(ref).suspension_no or 0)
        marks = [(suspension.pupil_no, AM.day, AM.half, "/"), (suspension.pupil_no, PM.day, PM.half, "\\")]
        work.marks.put("northwick", marks)
        work.commit()
    return with_register(office, OfficeRegister())


def with_register(office: Office, register: OfficeRegister | None) -> Office:
    schools = {
        name: replace(one, register=None if register is None else lambda: register)
        for name, one in office.schools.items()
    }
    return replace(office, schools=schools)


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    with Browser(make_app(office, port=PORT), base_url=ORIGIN) as client:
        yield client


def queued(office: Office) -> list[str]:
    with office.store.read() as work:
        return [effect.key[-13:] for effect in work.effects.every() if effect.kind is EffectKind.MARK]


def test_the_page_shows_what_the_mis_holds_and_what_would_be_written(browser: Browser):
    text = browser.page(CASE)

    assert "/ (present)" in text
    assert "E (suspended)" in text
    assert "The register is a legal record." in text
    boxes = re.findall(r'<input type="checkbox"[^>]*name="write\.[^>]*>', text)
    assert len(boxes) == 2
    assert not [box for box in boxes if "checked" in box]


def test_exactly_the_ticked_sessions_are_queued(browser: Browser, office: Office):
    answer = browser.submit(FORM, **TICKED, **{"code.2026-11-09/PM": "E", "held.2026-11-09/PM": "\\"})

    assert answer.headers["location"] == f"{CASE}?said=marks-chosen"
    assert queued(office) == ["2026-11-09.AM"]
    assert "on its way" in browser.page(CASE)


def test_from_the_sixth_day_a_person_chooses_among_the_codes_that_are_right(office: Office):
    longer = Dates(start=date(2026, 11, 2), start_half=Half.AM, sessions=16)
    change_suspension(office, "S-1", in_force=longer)
    with Browser(make_app(office, port=PORT), base_url=ORIGIN) as browser:
        select = re.search(r'<select[^>]*name="code.2026-11-09/AM".*?</select>', browser.page(CASE))
        browser.submit(FORM, **{**TICKED, "code.2026-11-09/AM": "B"})

    assert select
    assert re.findall(r'value="(.)"', select[0]) == ["E", "B", "D", "K"]
    with office.store.read() as work:
        assert [one.code for one in work.mark_choices.of_case("RP-2026-0001").values()] == ["B"]


def test_ticking_the_same_again_queues_nothing_more(browser: Browser, office: Office):
    browser.submit(FORM, **TICKED)

    assert browser.submit(FORM, **TICKED).headers["location"] == f"{CASE}?said=marks-stand"
    assert queued(office) == ["2026-11-09.AM"]


def test_who_ticked_it_stands_in_the_timeline(browser: Browser):
    browser.submit(FORM, **TICKED)

    text = browser.page(CASE)
    assert "Mark chosen for 2026-11-09, AM: E" in text
    assert "person at this computer" in text


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({}, 400, "Tick the sessions"),
        ({**TICKED, "held.2026-11-09/AM": "K"}, 409, "changed in the MIS since"),
        ({**TICKED, "code.2026-11-09/AM": "D"}, 400, "no attendance code"),
        ({**TICKED, "code.2026-11-09/AM": ""}, 400, "Choose the mark"),
        ({"write.2026-11-16/AM": "yes", "code.2026-11-16/AM": "E"}, 400, "no half day of the suspension"),
        ({"write.yesterday": "yes", "code.yesterday": "E"}, 400, "no session of a school day"),
    ],
)
def test_what_cannot_be_chosen_is_told_in_a_sentence_and_nothing_is_queued(
    browser: Browser, office: Office, fields: dict[str, str], status: int, told: str
):
    answer = browser.submit(FORM, **fields)

    assert (answer.status_code, told in answer.text) == (status, True)
    assert queued(office) == []


def test_without_the_token_of_a_page_nothing_is_queued(browser: Browser, office: Office):
    answer = browser.post(FORM, data=TICKED, headers={"Origin": ORIGIN}, follow_redirects=False)

    assert (answer.status_code, queued(office)) == (403, [])


def test_where_the_mis_takes_no_marks_the_page_says_who_changes_them(office: Office):
    with Browser(make_app(with_register(office, None), port=PORT), base_url=ORIGIN) as browser:
        text = browser.page(CASE)
        answer = browser.submit(FORM, **TICKED)

    assert "the school office changes them in the MIS itself" in text
    assert 'name="write.' not in text
    assert (answer.status_code, queued(office)) == (400, [])


def test_a_register_that_is_right_takes_no_room(browser: Browser, office: Office):
    with office.store.begin() as work:
        suspension = work.suspensions.get(work.cases.get("RP-2026-0001").suspension_no or 0)
        no = suspension.pupil_no
        work.marks.put("northwick", [(no, AM.day, AM.half, "E"), (no, PM.day, PM.half, "E")])
        work.commit()

    assert 'id="register"' not in browser.page(CASE)


def test_the_api_says_what_the_command_line_says(browser: Browser):
    found = browser.get(f"/api{CASE}/marks").json()

    assert [(one["day"], one["session"], one["held"], one["right"]) for one in found["marks"]] == [
        ("2026-11-09", "AM", "/", ["E"]),
        ("2026-11-09", "PM", "\\", ["E"]),
    ]
    assert "Ada" not in str(found)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine")
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_and_tick_it_on_a_phone_and_on_a_desk(
    office: Office, chromium: Chromium, width: int, scheme: str
):
    with served(office) as address, opened(chromium, width, scheme) as page:
        page.goto(address + CASE)
        assert (faults_of(page), scrolls_sideways(page)) == ([], False)
        boxes = page.locator("#register input[type=checkbox]")
        assert [boxes.nth(n).is_checked() for n in range(boxes.count())] == [False, False]
        page.get_by_label("Mon 9 Nov, afternoon").check()
        page.get_by_role("button", name="Write the ticked marks").click()
        page.wait_for_url("**said=marks-chosen**")
        assert (faults_of(page), scrolls_sideways(page)) == ([], False)

    assert queued(office) == ["2026-11-09.PM"]
