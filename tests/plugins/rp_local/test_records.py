"""The sheet of a case as a Word file, read here as a zip of XML."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest

from rp_connect.errors import ConflictError, GoneError
from rp_connect.ports.workspace import Workspace
from tests.plugins.rp_local.conftest import RECORD, open_workspace

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CANARY = "Canary Featherstone-Wren"


def file_of(room: Path) -> Path:
    return room / "records" / "RP-2026-0001.docx"


def part(file: Path, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return ElementTree.fromstring(archive.read(name))  # noqa: S314 - a file that we wrote ourselves


def words(element: ElementTree.Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def rows(file: Path) -> list[list[list[str]]]:
    tables = part(file, "word/document.xml").iter(f"{W}tbl")
    return [
        [[words(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")] for table in tables
    ]


def core(file: Path) -> dict[str, str]:
    return {re.sub("{.*}", "", entry.tag): entry.text or "" for entry in part(file, "docProps/core.xml")}


def test_a_record_can_be_read_from_top_to_bottom(workspace: Workspace, room: Path) -> None:
    workspace.records.create(RECORD)

    assert rows(file_of(room)) == [
        [
            ["Detail", "As recorded"],
            ["Pupil", CANARY],
            ["Suspended", "2 sessions from 11 November 2026"],
        ],
        [
            ["Task", "Due", "State"],
            ["Write to the parents", "12 November 2026", "open"],
            ["Set work", "11 November 2026", "done"],
        ],
    ]


def test_a_screen_reader_finds_headings_captions_head_rows_and_the_language(
    workspace: Workspace, room: Path
) -> None:
    workspace.records.create(RECORD)

    body = part(file_of(room), "word/document.xml")
    headings = [
        (style.attrib[f"{W}val"], words(paragraph))
        for paragraph in body.iter(f"{W}p")
        if (style := paragraph.find(f"{W}pPr/{W}pStyle")) is not None
    ]
    assert [entry for entry in headings if entry[0].startswith("Heading")] == [
        ("Heading1", "RP-2026-0001 · Suspension and return"),
        ("Heading2", "Facts of the case"),
        ("Heading2", "Tasks of the case"),
        ("Heading2", "Notes"),
    ]
    captions = [caption.attrib[f"{W}val"] for caption in body.iter(f"{W}tblCaption")]
    assert captions == ["Facts of the case", "Tasks of the case"]
    assert len(list(body.iter(f"{W}tblHeader"))) == 2
    languages = {lang.attrib[f"{W}val"] for lang in part(file_of(room), "word/styles.xml").iter(f"{W}lang")}
    assert languages == {"en-GB"}


def test_the_files_own_properties_say_which_case_and_revision(workspace: Workspace, room: Path) -> None:
    written = workspace.records.create(RECORD)

    held = core(file_of(room))
    assert (held["identifier"], held["revision"], held["language"]) == ("RP-2026-0001", "1", "en-GB")
    assert held["creator"] == "rp-connect"
    ours = {
        entry.attrib["name"]: "".join(entry.itertext())
        for entry in part(file_of(room), "docProps/custom.xml")
    }
    assert ours == {
        "RpConnectKey": "RP-2026-0001",
        "RpConnectId": written.external_id,
        "RpConnectRevision": "1",
    }


def test_the_pupils_name_is_in_the_record_and_in_no_file_name(workspace: Workspace, room: Path) -> None:
    workspace.records.create(RECORD)

    assert any(CANARY in cell for table in rows(file_of(room)) for row in table for cell in row)
    assert [
        file.name for file in room.rglob("*") if re.search("canary|feather|wren", file.name.lower())
    ] == []
    assert repr(RECORD) == "<CaseRecord RP-2026-0001 r1>"
    with pytest.raises(ConflictError) as told:
        workspace.records.create(RECORD)
    assert str(told.value) == "workspace/records already holds RP-2026-0001."


def test_a_record_is_found_by_whoever_looks_next(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.records.find(RECORD.key) is None
    written = workspace.records.create(RECORD)

    assert open_workspace(tmp_path).records.find(RECORD.key) == written


def test_a_change_replaces_the_tables_and_keeps_what_people_wrote(workspace: Workspace, room: Path) -> None:
    written = workspace.records.create(RECORD)
    document = docx.Document(str(file_of(room)))
    document.add_paragraph("Rang the parents on Tuesday.")
    other = document.add_table(1, 2)
    other.rows[0].cells[0].text = "Who came"
    document.core_properties.revision = 9  # Word counts its own savings
    document.save(str(file_of(room)))

    changed = replace(RECORD, revision=2, title="RP-2026-0001 · Return", facts=RECORD.facts[:1], tasks=())
    now = workspace.records.update(written.external_id, changed)

    assert rows(file_of(room)) == [
        [["Detail", "As recorded"], ["Pupil", CANARY]],
        [["Task", "Due", "State"], ["There are no tasks yet", "", ""]],
        [["Who came", ""]],
    ]
    whole = words(part(file_of(room), "word/document.xml"))
    assert "Rang the parents on Tuesday." in whole
    assert "RP-2026-0001 · Return" in whole
    assert "Suspension and return" not in whole
    assert workspace.records.find(RECORD.key) == now
    assert now.revision == 2


def test_a_sensitivity_label_stays(workspace: Workspace, room: Path) -> None:
    written = workspace.records.create(RECORD)
    with zipfile.ZipFile(file_of(room)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    label = (
        b'<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="9" name="MSIP_Label_1_Enabled">'
        b'<vt:lpwstr xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">true'
        b"</vt:lpwstr></property></Properties>"
    )
    parts["docProps/custom.xml"] = parts["docProps/custom.xml"].replace(b"</Properties>", label)
    with zipfile.ZipFile(file_of(room), "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)

    workspace.records.update(written.external_id, replace(RECORD, revision=2))

    held = [
        (entry.attrib["name"], entry.attrib["pid"]) for entry in part(file_of(room), "docProps/custom.xml")
    ]
    assert held == [
        ("MSIP_Label_1_Enabled", "2"),
        ("RpConnectKey", "3"),
        ("RpConnectId", "4"),
        ("RpConnectRevision", "5"),
    ]


def test_what_a_person_took_out_comes_back(workspace: Workspace, room: Path) -> None:
    written = workspace.records.create(RECORD)
    before = rows(file_of(room))
    document = docx.Document(str(file_of(room)))
    for element in list(document.element.body)[:-1]:
        document.element.body.remove(element)
    document.save(str(file_of(room)))

    workspace.records.update(written.external_id, replace(RECORD, revision=2))

    assert rows(file_of(room)) == before
    assert words(part(file_of(room), "word/document.xml")).startswith(RECORD.title)


def test_a_file_of_a_program_that_dropped_our_styles_is_changed_all_the_same(
    workspace: Workspace, room: Path
) -> None:
    written = workspace.records.create(RECORD)
    document = docx.Document(str(file_of(room)))
    for element in list(document.element.body)[:-1]:
        document.element.body.remove(element)
    for style in list(document.styles):
        if style.name in ("Table Grid", "Heading 1", "Heading 2"):
            style.element.getparent().remove(style.element)
    document.save(str(file_of(room)))

    workspace.records.update(written.external_id, replace(RECORD, revision=2))

    assert len(rows(file_of(room))) == 2


def test_characters_that_xml_cannot_hold_are_left_out(workspace: Workspace, room: Path) -> None:
    workspace.records.create(replace(RECORD, title="a\x00b\ud800c", facts=(("x\x0by", "two\nlines\x07"),)))

    assert words(part(file_of(room), "word/document.xml")).startswith("a b c")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_a_record_that_is_not_a_word_file_any_more_is_left_alone(
    workspace: Workspace, room: Path, data: bytes
) -> None:
    written = workspace.records.create(RECORD)
    file_of(room).write_bytes(data)

    with pytest.raises(ConflictError, match=r"RP-2026-0001\.docx in workspace/records cannot be read"):
        workspace.records.update(written.external_id, RECORD)
    with pytest.raises(ConflictError):
        workspace.records.find(RECORD.key)
    assert file_of(room).read_bytes() == data


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_half_a_word_file_is_left_alone(workspace: Workspace, room: Path, share: float) -> None:
    written = workspace.records.create(RECORD)
    whole = file_of(room).read_bytes()
    file_of(room).write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(ConflictError, match="cannot be read"):
        workspace.records.update(written.external_id, RECORD)


def test_a_word_file_of_somebodys_own_is_left_alone(workspace: Workspace, room: Path) -> None:
    own = io.BytesIO()
    docx.Document().save(own)
    file_of(room).write_bytes(own.getvalue())

    with pytest.raises(ConflictError, match="cannot be read"):
        workspace.records.find(RECORD.key)


def test_a_record_that_a_person_deleted_is_gone(workspace: Workspace, room: Path) -> None:
    written = workspace.records.create(RECORD)
    with pytest.raises(GoneError):
        workspace.records.update("another", RECORD)
    file_of(room).unlink()

    with pytest.raises(GoneError):
        workspace.records.update(written.external_id, RECORD)
