"""The summary of one meeting as a Word file: title, what was recorded, who does what by when.

python-docx has no words for a table's caption and a repeated head row: these are XML here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from docx import Document
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Row

from rp_connect.ports.workspace import PUPIL_FACT, CaseRecord

LANGUAGE = "en-GB"
FONT = "Calibri"
INK = RGBColor(0x1F, 0x2A, 0x44)
SHADE = "E8ECF4"
WIDTHS = {2: (Cm(5), Cm(11)), 3: (Cm(9), Cm(4), Cm(3))}
OPENING = (
    "rp-connect writes this summary from the case, and replaces it when the case changes. "
    "Keep notes of your own in a document beside it."
)
# What XML 1.0 cannot carry.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def summary_document(summary: CaseRecord, *, names: bool) -> bytes:
    """The file. Without `names` a pupil stands in it by the MIS's id alone."""
    document = new_document(summary)
    heading(document, plain(summary.title), level=1)
    document.add_paragraph(OPENING, "Subtitle")
    heading(document, "What is recorded", level=2)
    table(document, "What is recorded", ("Detail", "As recorded"), facts_of(summary, names=names))
    heading(document, "What happens next", level=2)
    table(document, "What happens next", ("Task", "Due", "State"), summary.tasks)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def facts_of(summary: CaseRecord, *, names: bool) -> list[tuple[str, str]]:
    if names:
        return list(summary.facts)
    ids = summary.columns.get("pupils", "")
    unnamed = [fact for fact in summary.facts if fact[0] != PUPIL_FACT]
    return [*unnamed, (f"{PUPIL_FACT} (MIS id)", ids)] if ids else unnamed


def new_document(summary: CaseRecord) -> WordFile:
    """A4, in British English, marked confidential on every page."""
    document = Document()
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    page.top_margin = page.bottom_margin = Cm(2)
    style(document, "Normal", size=11)
    style(document, "Heading 1", size=18)
    style(document, "Heading 2", size=13)
    style(document, "Subtitle", size=10)
    footer = page.footer.paragraphs[0]
    footer.text = f"Confidential · {summary.key}"
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    core = document.core_properties
    core.title, core.identifier, core.language = plain(summary.title), summary.key, LANGUAGE
    core.author = core.last_modified_by = "rp-connect"
    core.comments, core.revision = "", max(1, summary.revision)
    core.created = core.modified = datetime.now(UTC)
    return document


def style(document: WordFile, name: str, *, size: int) -> None:
    known = document.styles[name]
    known.font.name, known.font.size = FONT, Pt(size)
    known.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:asciiTheme"), FONT)
    if name != "Normal":
        known.font.color.rgb = INK


def heading(document: WordFile, words: str, *, level: int) -> None:
    document.add_paragraph(words, f"Heading {level}")


def table(document: WordFile, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    made: Table = document.add_table(0, len(columns), "Table Grid")
    made.autofit = False
    for column, width in zip(made.columns, WIDTHS[len(columns)], strict=True):
        column.width = width
    made._tbl.tblPr.append(OxmlElement("w:tblCaption", {qn("w:val"): caption}))
    head = add_row(made, columns)
    properties = head._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))
    for cell in head.cells:
        cell.paragraphs[0].runs[0].bold = True
        shading = {qn("w:val"): "clear", qn("w:color"): "auto", qn("w:fill"): SHADE}
        cell._tc.get_or_add_tcPr().append(OxmlElement("w:shd", shading))
    for words in rows or [("Nothing is recorded yet", *[""] * (len(columns) - 1))]:
        add_row(made, words)


def add_row(made: Table, words: Sequence[str]) -> _Row:
    row: _Row = made.add_row()  # type: ignore[no-untyped-call] # python-docx left this one out
    for cell, text, width in zip(row.cells, words, WIDTHS[len(words)], strict=True):
        cell.text, cell.width = plain(text), width
        cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    return row


def plain(text: str) -> str:
    """Without what a Word file cannot hold."""
    return UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
