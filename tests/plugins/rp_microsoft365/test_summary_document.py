"""The summary of a meeting as a Word file, read here as a zip of XML and by python-docx."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import docx
from docx.document import Document as WordFile

from rp_connect.ports.workspace import CaseRecord
from rp_microsoft365.summary_document import summary_document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CANARY = "Canary Featherstone-Wren"
SUMMARY = CaseRecord(
    key="RP-2026-0001.meeting",
    revision=2,
    title="RP-2026-0001 · Summary of the meeting",
    facts=(
        ("When", "Thursday 12 November 2026, 14:20, for 45 minutes"),
        ("Where", "Room 4, ground floor"),
        ("Invited", "the restorative practice lead, 2 other people"),
        ("Pupil", CANARY),
    ),
    tasks=(("Check in with the pupil, 1 of 2", "12 November 2026", "open"),),
    columns={"pupils": "P-100"},
)


def opened(data: bytes) -> WordFile:
    return docx.Document(io.BytesIO(data))


def part(data: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return ElementTree.fromstring(archive.read(name))  # noqa: S314 - a file that we wrote ourselves


def rows(data: bytes) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in opened(data).tables]


def test_a_summary_says_what_is_recorded_and_what_happens_next():
    assert rows(summary_document(SUMMARY, names=True)) == [
        [
            ["Detail", "As recorded"],
            ["When", "Thursday 12 November 2026, 14:20, for 45 minutes"],
            ["Where", "Room 4, ground floor"],
            ["Invited", "the restorative practice lead, 2 other people"],
            ["Pupil", CANARY],
        ],
        [["Task", "Due", "State"], ["Check in with the pupil, 1 of 2", "12 November 2026", "open"]],
    ]


def test_without_leave_to_name_pupils_the_whole_file_holds_no_name():
    data = summary_document(SUMMARY, names=False)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "Canary" not in whole
    assert "Featherstone" not in whole
    assert ["Pupil (MIS id)", "P-100"] in rows(data)[0]


def test_a_screen_reader_finds_headings_captions_head_rows_and_the_language():
    data = summary_document(SUMMARY, names=True)

    headings = [
        (p.style.name, p.text)
        for p in opened(data).paragraphs
        if p.style is not None and p.style.name is not None and p.style.name.startswith("Heading")
    ]
    assert headings == [
        ("Heading 1", "RP-2026-0001 · Summary of the meeting"),
        ("Heading 2", "What is recorded"),
        ("Heading 2", "What happens next"),
    ]
    body = part(data, "word/document.xml")
    assert [caption.attrib[f"{W}val"] for caption in body.iter(f"{W}tblCaption")] == [
        "What is recorded",
        "What happens next",
    ]
    assert len(list(body.iter(f"{W}tblHeader"))) == 2
    languages = {lang.attrib[f"{W}val"] for lang in part(data, "word/styles.xml").iter(f"{W}lang")}
    assert languages == {"en-GB"}


def test_every_page_says_that_it_is_confidential_and_of_which_meeting():
    document = opened(summary_document(SUMMARY, names=True))

    assert document.sections[0].footer.paragraphs[0].text == "Confidential · RP-2026-0001.meeting"
    core = document.core_properties
    assert (core.title, core.identifier, core.author, core.language, core.comments) == (
        *("RP-2026-0001 · Summary of the meeting", "RP-2026-0001.meeting", "rp-connect", "en-GB", ""),
    )


def test_a_summary_of_nothing_says_so():
    data = summary_document(replace(SUMMARY, facts=(), tasks=()), names=True)

    assert [table[1][0] for table in rows(data)] == ["Nothing is recorded yet", "Nothing is recorded yet"]


def test_characters_that_a_word_file_cannot_hold_are_left_out():
    odd = replace(SUMMARY, title="a\x00b\ud800c", facts=(("x\x0by", "two\r\nlines\x07"),))

    data = summary_document(odd, names=True)

    assert opened(data).paragraphs[0].text == "a b c"
    assert rows(data)[0][1] == ["x y", "two\nlines"]
