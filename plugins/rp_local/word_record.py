"""A case record as a Word file: title and two tables are kept in step, what people write beside them stays.

python-docx has no words for a table's caption, a repeated head row and custom properties: these are XML here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordFile
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from rp_connect.ports.workspace import CaseRecord
from rp_local.shelf import UnreadableFileError, only_whole
from rp_local.wording import one_line, plain

LANGUAGE = "en-GB"
NOTES = "Notes"
HINT = "Write your notes below this line. rp-connect changes only the title and the two tables above."

BROKEN = (
    *(BadZipFile, zlib.error, EOFError, struct.error, OpcError),
    *(SyntaxError, ValueError, LookupError, TypeError, AttributeError, RuntimeError),
)
"""What zipfile, lxml (its errors are SyntaxErrors) and python-docx raise for files that are broken."""

PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
NO_PROPERTIES = f'<Properties xmlns="{PROPERTIES}" xmlns:vt="{TYPES}"/>'
USER_DEFINED = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
KEY, ID, REVISION = "RpConnectKey", "RpConnectId", "RpConnectRevision"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that we keep: what a screen reader calls it, its column heads, and its words for nothing."""

    caption: str
    columns: tuple[str, ...]
    nothing: str


FACTS = Sheet("Facts of the case", ("Detail", "As recorded"), "Nothing is recorded yet")
TASKS = Sheet("Tasks of the case", ("Task", "Due", "State"), "There are no tasks yet")


@dataclass(frozen=True, slots=True)
class RecordMarks:
    external_id: str
    revision: int | None


class WordRecord:
    def marks(self, data: bytes, key: str) -> RecordMarks:
        known = marks_of(opened(data))
        if known.get(KEY) != key or not known.get(ID):
            raise UnreadableFileError("not a record of ours")
        revision = known.get(REVISION, "")
        return RecordMarks(known[ID], int(revision) if revision.isdecimal() else None)

    def new(self, item: CaseRecord, external_id: str) -> bytes:
        document = new_document()
        core = document.core_properties
        core.identifier, core.author, core.comments, core.language = item.key, "rp-connect", "", LANGUAGE
        core.created = datetime.now(UTC)
        document.sections[0].footer.paragraphs[0].text = f"Confidential · {item.key}"
        return filled(document, item, external_id)

    def changed(self, held: bytes, item: CaseRecord) -> bytes:
        """python-docx looks at some parts only when they are changed: there it finds them broken."""
        with only_whole(BROKEN):
            document = opened(held)
            return filled(document, item, marks_of(document)[ID])


def opened(data: bytes) -> WordFile:
    with only_whole(BROKEN):
        document = Document(BytesIO(data))
        marks_of(document)
        return document


def new_document() -> WordFile:
    """A4, in British English: headings, captioned tables, and a place for people's own notes."""
    document = Document()
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    add_heading(document, "", level=1)
    for sheet in (FACTS, TASKS):
        add_heading(document, sheet.caption, level=2)
        add_table(document, sheet)
    add_heading(document, NOTES, level=2)
    document.add_paragraph(HINT)
    document.add_paragraph()
    return document


def filled(document: WordFile, record: CaseRecord, external_id: str) -> bytes:
    put_title(document, one_line(record.title))
    put_table(document, FACTS, record.facts)
    put_table(document, TASKS, record.tasks)
    core = document.core_properties
    core.title, core.revision = one_line(record.title), max(1, record.revision)
    core.last_modified_by, core.modified = "rp-connect", datetime.now(UTC)
    put_marks(document, {KEY: record.key, ID: external_id, REVISION: str(record.revision)})
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def put_title(document: WordFile, title: str) -> None:
    for paragraph in document.paragraphs:
        if paragraph.style is not None and paragraph.style.name == "Heading 1":
            paragraph.text = title
            return
    document.element.body.insert(0, add_heading(document, title, level=1)._p)


def put_table(document: WordFile, sheet: Sheet, rows: Sequence[Sequence[str]]) -> None:
    """A person may have taken our table out, or drawn others: ours is known by its caption."""
    table = next((table for table in document.tables if caption_of(table) == sheet.caption), None)
    if table is None:
        add_heading(document, sheet.caption, level=2)
        table = add_table(document, sheet)
    for row in list(table.rows):
        table._tbl.remove(row._tr)
    head = add_row(table, sheet.columns)
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in head.cells:
        cell.paragraphs[0].runs[0].bold = True
    for words in rows or [(sheet.nothing,)]:
        add_row(table, words)


def add_row(table: Table, words: Sequence[str]) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call] # python-docx left this one out
    for cell, text in zip(row.cells, words, strict=False):
        cell.text = plain(text)
    return row


def add_table(document: WordFile, sheet: Sheet) -> Table:
    table: Table = document.add_table(0, len(sheet.columns), known_style(document, "Table Grid"))
    table._tbl.tblPr.append(OxmlElement("w:tblCaption", {qn("w:val"): sheet.caption}))
    return table


def add_heading(document: WordFile, words: str, *, level: int) -> Paragraph:
    return document.add_paragraph(words, known_style(document, f"Heading {level}"))


def known_style(document: WordFile, name: str) -> str | None:
    """Other programs drop the styles that nobody uses."""
    return name if name in document.styles else None


def caption_of(table: Table) -> str | None:
    caption = table._tbl.tblPr.find(qn("w:tblCaption"))
    return None if caption is None else caption.get(qn("w:val"))


def marks_of(document: WordFile) -> dict[str, str]:
    """Our custom properties: Word carries them along, while it counts the core `revision` up by itself."""
    return {str(entry.get("name")): "".join(entry.itertext()) for entry in custom_properties(document)}


def custom_properties(document: WordFile) -> BaseOxmlElement:
    for rel in document.part.package.rels.values():
        if rel.reltype == RELATIONSHIP_TYPE.CUSTOM_PROPERTIES and not rel.is_external:
            return parse_xml(rel.target_part.blob)
    return parse_xml(NO_PROPERTIES)


def put_marks(document: WordFile, ours: Mapping[str, str]) -> None:
    """Other custom properties, such as a sensitivity label, stay."""
    properties = custom_properties(document)
    for entry in list(properties):
        if entry.get("name") in ours:
            properties.remove(entry)
    for name, value in ours.items():
        properties.append(custom_property(name, value))
    for number, entry in enumerate(properties, 2):
        entry.set("pid", str(number))
    package = document.part.package
    for rel_id, rel in list(package.rels.items()):
        if rel.reltype == RELATIONSHIP_TYPE.CUSTOM_PROPERTIES:
            package.rels.pop(rel_id)
    part = XmlPart(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, properties, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def custom_property(name: str, value: str) -> BaseOxmlElement:
    """None of ours needs escaping: a key, a UUID, a number."""
    return parse_xml(
        f'<property xmlns="{PROPERTIES}" xmlns:vt="{TYPES}" fmtid="{USER_DEFINED}" name="{name}">'
        f"<vt:lpwstr>{value}</vt:lpwstr></property>"
    )
