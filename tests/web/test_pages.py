"""What the pages show, and that they show it escaped, in the right words, in the school's time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.case import Stage
from rp_connect.domain.people import Role
from rp_connect.domain.suspension import Dates, LengthAnswer
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Refusal
from rp_connect.ports.store import SchoolState, SourceState
from rp_connect.services.complete_task import complete_task
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.read_diaries import UNREAD
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from rp_connect.web import make_app
from tests.web.conftest import ORIGIN, PORT, Browser
from tests.web.diaried import Diaried, with_workspace
from tests.web.small_school import (
    MIS,
    NASTY,
    add_many,
    add_reintegration,
    ask,
    change_suspension,
    local,
    open_trust,
    pupil,
    three_days,
)

FORBIDDEN = re.compile(r"\b(victim|offender|perpetrator|culprit|punish)", re.IGNORECASE)
CASE = "/cases/RP-2026-0001"


def words(page: str) -> str:
    """The page as it reads, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_board_shows_who_what_and_when(browser: Browser, ref: str):
    page = words(browser.page("/"))

    assert "Tuesday 10 November 2026" in page
    assert "2 late" in page
    assert "Ada Testperson Year 8, 8B" in page
    assert "Written notice to the parents Mon 9 Nov, 15:15" in page
    assert "Hear the pupil Tue 10 Nov Restorative lead" in page
    assert "No date yet: the calendar does not reach that far" in page
    assert "1 more task lies further ahead" in page


def test_the_board_of_a_trust_without_cases_is_calm(browser: Browser):
    page = words(browser.page("/"))

    assert page.count("Nothing is late.") == 2
    assert "Waiting for an answer" in page, "in the table of schools"
    assert "For whoever looks after the data" not in page


def test_the_board_tells_what_waits_for_a_person(browser: Browser, office: Office, ref: str):
    ask(office, 8)
    set_meeting(office, ref, local("2026-11-11T14:00"), 45, "Room 2", False, [], "lead")
    with office.store.begin() as work:
        work.tasks.put([replace(work.tasks.get(f"{ref}.pupil-voice.1"), deletions=2)])
        work.schools.put(SchoolState(school="northwick", calendar_until=date(2026, 12, 18)))
        work.schools.put_source(SourceState("northwick", MIS, "pupil", held="pupils.csv lost a third."))
        work.refusals.add("northwick", "x", "pupil", [Refusal("4", "no id")], local("2026-11-10T07:00"))
        assert work.effects.park(work.effects.lease("test", 1)[0], "A person must look.")
        work.commit()

    page = words(browser.page("/"))

    assert "Wed 11 Nov , 14:00 – 14:45 Ada Testperson" in page
    assert "is this a further one, or a correction?" in page
    assert "“Hear the pupil” was deleted in the workspace 2 times" in page
    assert "The calendar ends on Fri 18 Dec ." in page
    assert "pupils.csv lost a third." in page
    assert "1 record could not be read" in page
    assert "1 change could not be passed on" in page


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("?school=northwick", "Hear the pupil", "Eastmoor Primary School</h2>"),
        ("?school=eastmoor", "Eastmoor Primary School</h2>", "Hear the pupil"),
        ("?role=head", "Written notice", "Hear the pupil"),
        ("?role=senco", "Nothing is late.", "Hear the pupil"),
        ("?school=&role=", "Hear the pupil", "No such"),
    ],
)
def test_the_board_can_be_narrowed(browser: Browser, ref: str, query: str, there: str, absent: str):
    page = browser.page(f"/{query}")

    assert there in page
    assert absent not in page


def test_a_school_or_role_that_is_not_there_is_told(browser: Browser):
    assert "There is no school" in browser.page("/?school=nowhere", 404)
    assert "is one of: lead, dsl, senco" in browser.page("/?role=caretaker", 400)


def test_with_many_schools_the_board_shows_figures_first(tmp_path: Path):
    office = open_trust(tmp_path, schools=[f"school-{n}" for n in range(5)])
    add_reintegration(office, school="school-3")
    with Browser(make_app(office, port=PORT), base_url=ORIGIN) as browser:
        assert "Ada Testperson" not in browser.page("/")
        assert "Choose a school to see its tasks." in browser.page("/")
        assert "Ada Testperson" in browser.page("/?school=school-3")
    office.store.close()


def test_many_late_tasks_stay_readable(browser: Browser, office: Office):
    add_many(office, 30)

    page = browser.page("/?school=northwick")

    assert page.count('class="case-group late"') == 30
    assert "18 more cases" in page
    assert page.index("18 more cases") > page.index("Testperson 11")


def test_the_list_of_cases_is_paged_and_narrowed(browser: Browser, office: Office):
    refs = add_many(office, 52)
    add_reintegration(office, pupil("E-1", "Grace"), three_days("E-S-1", "E-1"), school="eastmoor")
    move_case(office, refs[0], Stage.CLOSED, "lead")

    first, second = browser.page("/cases"), browser.page("/cases?page=2")

    assert "52 cases, without those that are closed" in words(first)
    assert "Page 1 of 2" in first
    assert (first.count('class="ref"'), second.count('class="ref"')) == (50, 2)
    assert first.index("RP-2026-0053") < first.index("RP-2026-0052"), "the newest first"
    assert browser.page("/cases?school=eastmoor").count('class="ref"') == 1
    assert browser.page("/cases?stage=closed").count('class="ref"') == 1
    assert "Page 2 of 2" in browser.page("/cases?page=99")
    assert "Page 1 of 2" in browser.page("/cases?page=minus")
    assert "There is no such case." in browser.page("/cases?stage=held")


def test_a_case_shows_its_facts_its_tasks_and_its_way_back(browser: Browser, office: Office, ref: str):
    complete_task(office, f"{ref}.tell-la.1", "head@trust.example")

    page = words(browser.page(CASE))

    assert "RP-2026-0001, reintegration after a suspension, Northwick High School Ada Testperson" in page
    assert "In force Mon 9 Nov to Wed 11 Nov , 3 days" in page
    assert "Decided Mon 9 Nov, 08:30" in page
    assert "Reasons Persistent disruptive behaviour (DB) ; Damage (DM)".replace(" ;", ";") in page
    assert "Back in school on Thu 12 Nov , in the morning." in page
    assert "SI 2012/1033 reg 14 Confirmed" in page
    assert "Good practice that we propose: neither law nor guidance." in page
    assert "done Tue 10 Nov, 10:05 , head@trust.example" in page
    assert "Review, 1 of 2 Thu 4 Feb 2027" in page
    assert "Done: Tell the local authority" in page
    assert "Case opened by itself" in page


def test_a_task_with_a_checklist_shows_what_to_cover(browser: Browser, office: Office, ref: str):
    with office.store.begin() as work:
        task = next(t for t in work.tasks.every(case=ref) if t.rule == "written-notice")
        work.tasks.put([replace(task, steps=("The reasons", f"How long {NASTY}"))])
        work.commit()
    page = browser.page(CASE)

    assert "What to cover 2 The reasons How long" in words(page)
    assert NASTY not in page


def test_the_picture_of_the_suspension_is_told_in_words(browser: Browser, ref: str):
    page = browser.page(CASE)
    strip = words(page[page.index("strip-head") : page.index("column-main")])

    assert "Mon 9 Nov suspended all day" in strip
    assert "Wed 11 Nov suspended all day" in strip
    assert "Thu 12 Nov in school, Return Check-in" in strip
    assert "Tue 10 Nov suspended all day today" in strip


def test_a_case_shows_its_meeting_and_offers_what_can_be_done_with_it(
    browser: Browser, office: Office, ref: str
):
    none = words(browser.page(CASE))
    set_meeting(office, ref, local("2026-11-11T14:00"), 45, "Room 2", False, ["a@b.example"], "lead")
    some = words(browser.page(CASE))
    cancel_meeting(office, ref, "lead")
    gone = words(browser.page(CASE))

    assert "No meeting is set yet." in none
    assert "Set the meeting" in none
    assert "Cancel the meeting" not in none
    assert "Wed 11 Nov, 14:00 – 14:45 Room 2 Invited: a@b.example" in some
    assert "Change the meeting" in some
    assert "It was cancelled. It can be set again." in gone


def test_the_free_times_are_offered_with_the_first_one_chosen(browser: Browser, ref: str):
    page = browser.page(CASE)

    offered = re.findall(r'type="radio" id="slot-\d+" name="slot" value="([^"]+)"( checked)?', page)
    assert offered[0] == ("2026-11-11T08:45", " checked")
    assert len(offered) == 8
    assert [chosen for _, chosen in offered[1:]] == [""] * 7


def test_a_question_about_longer_dates_is_asked_and_its_answer_kept(
    browser: Browser, office: Office, ref: str
):
    ask(office, 7)
    page = words(browser.page(CASE))
    assert "A further suspension, or a correction?" in page
    assert "records show Mon 9 Nov , 3½ days. A suspension cannot be lengthened" in page

    ask(office, 7, LengthAnswer.FURTHER)

    page = words(browser.page(CASE))
    assert "A further suspension, or a correction?" not in page
    assert "Mon 9 Nov , 3½ days: a further suspension" in page


def test_reported_dates_stand_beside_those_in_force(browser: Browser, office: Office, ref: str):
    assert "As reported" not in browser.page(CASE)

    change_suspension(office, "S-1", in_force=Dates(start=date(2026, 11, 9), sessions=4))

    page = words(browser.page(CASE))
    assert "In force Mon 9 Nov to Tue 10 Nov , 2 days" in page
    assert "As reported Mon 9 Nov , 3 days" in page


def test_linked_cases_are_named_by_their_reference(browser: Browser, office: Office, ref: str):
    other = add_reintegration(office, pupil("P-2", "Grace"), three_days("S-2", "P-2"))
    with office.store.begin() as work:
        work.cases.replace(replace(work.cases.get(ref), linked=(other,)))
        work.commit()

    page = browser.page(CASE)

    assert f'href="/cases/{other}"' in page
    assert "Grace" not in page


def test_a_closed_case_can_only_be_read(browser: Browser, office: Office, ref: str):
    move_case(office, ref, Stage.CLOSED, "lead")

    page = words(browser.page(CASE))

    assert "This case is at closed . It stays here to be read." in page
    assert "Set the meeting" not in page
    assert "Close the case" not in page


def test_only_reachable_stages_are_offered(browser: Browser, office: Office, ref: str):
    assert "Move to triage" in browser.page(CASE)
    assert "Move to preparing" not in browser.page(CASE)
    move_case(office, ref, Stage.TRIAGE, "lead")
    assert "Move to preparing" in browser.page(CASE)


@pytest.mark.parametrize("path", ["/", "/cases", CASE])
def test_nasty_names_are_shown_as_they_are_and_run_nothing(browser: Browser, office: Office, path: str):
    record = pupil("P-1", NASTY, "O’Testperson").model_copy(update={"reg_group": NASTY})
    ref = add_reintegration(office, record)
    set_meeting(office, ref, local("2026-11-11T14:00"), 45, NASTY, False, [], "lead")

    page = browser.page(path)

    assert "&lt;script&gt;alert(" in page
    assert "<script" not in page.lower()
    assert NASTY not in page


@pytest.mark.parametrize("path", ["/?said=<script>alert(1)</script>", "/?said=task-done'", "/?said="])
def test_only_sentences_of_ours_are_said(browser: Browser, path: str):
    assert 'role="status"' not in browser.page(path)
    assert "alert(1)" not in browser.page(path)


def test_a_notice_stands_on_every_page_and_so_does_whose_computer_it_is(office: Office, ref: str):
    notice = "Demonstration data; the clock stands at Tuesday 10 November."
    with Browser(make_app(office, port=PORT, notice=notice), base_url=ORIGIN) as browser:
        for path, status in (("/", 200), ("/cases", 200), (CASE, 200), ("/nowhere", 404)):
            page = browser.page(path, status)
            assert notice in page
            assert "Only this computer can open these pages." in page


def test_without_a_notice_there_is_none(browser: Browser):
    assert 'class="band notice"' not in browser.page("/")


@pytest.mark.parametrize("path", ["/", "/cases", CASE, "/nowhere"])
def test_every_page_is_whole_and_kind(browser: Browser, ref: str, path: str):
    page = browser.get(path).text

    assert page.startswith("<!doctype html>")
    assert '<html lang="en-GB">' in page
    assert FORBIDDEN.search(page) is None
    assert "<script" not in page
    assert " style=" not in page
    assert re.findall(r'(?:src|href|action)="(?!/|#)[^"]*"', page) == [], "nothing from elsewhere"
    for landmark in ("<header", "<main", "<footer", "<nav", 'class="skip"'):
        assert landmark in page


def test_hours_are_those_of_the_school_in_summer_too(browser: Browser, office: Office):
    with office.store.begin() as work:
        from tests.web.small_school import add_case, add_pupil, task

        number = add_pupil(work, pupil("P-1"))
        case = add_case(work, number)
        work.tasks.put([task(case.ref, "share-plan", "Share the plan", "2027-06-10T08:45")])
        work.commit()

    assert '<time datetime="2027-06-10T08:45+01:00">Thu 10 Jun 2027, 08:45</time>' in browser.page(CASE)


def test_a_case_without_a_suspension_has_a_page(browser: Browser, office: Office):
    from tests.web.small_school import add_case, add_pupil

    with office.store.begin() as work:
        add_case(work, add_pupil(work, pupil("P-1")))
        work.commit()

    page = words(browser.page(CASE))
    assert "Everything is done." in page
    assert "In force" not in page


def test_every_role_has_a_word(browser: Browser):
    page = browser.page("/")

    assert len(re.findall(r"<option", page)) == 3 + 1 + len(Role)


@pytest.fixture
def online(office: Office, tmp_path: Path) -> Office:
    return with_workspace(office, Diaried(tmp_path / "elsewhere"))


def test_a_meeting_can_be_set_online_and_its_form_comes_back_as_it_stands(online: Office, ref: str):
    browser = Browser(make_app(online, port=PORT), base_url=ORIGIN, follow_redirects=False)
    assert 'name="online" value="yes">' in browser.page(CASE)
    fields = {"slot": "2026-11-11T14:00", "minutes": "45", "place": "", "invited": "", "online": "yes"}

    browser.submit(f"{CASE}/meeting", **fields)

    page = browser.page(CASE)
    assert 'name="online" value="yes" checked>' in page
    assert "<p>Online</p>" in page
    browser.submit(f"{CASE}/meeting", **{**fields, "place": "Library"})
    assert "<p>Library, and online</p>" in browser.page(CASE)


def test_what_is_wrong_with_a_meeting_stands_beside_it(online: Office, ref: str):
    meeting = set_meeting(online, ref, local("2026-11-11T14:00"), 45, "", True, [], "lead")
    with online.store.begin() as work:
        work.meetings.put(replace(meeting, warning="It has no <room>."))
        work.commit()
    browser = Browser(make_app(online, port=PORT), base_url=ORIGIN)

    assert "It has no &lt;room&gt;." in browser.page(CASE)
    cancel_meeting(online, ref, "lead")
    assert "&lt;room&gt;" not in browser.page(CASE)


def test_diaries_that_could_not_be_read_are_mentioned_beside_the_free_times(
    office: Office, ref: str, tmp_path: Path
):
    workspace = Diaried(tmp_path / "elsewhere")
    workspace.fault = TryLaterError("Not now.")
    browser = Browser(make_app(with_workspace(office, workspace), port=PORT), base_url=ORIGIN)

    page = browser.page(CASE)

    assert UNREAD in page
    assert 'id="slot-8"' in page
