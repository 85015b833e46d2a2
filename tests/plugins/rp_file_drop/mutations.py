"""What goes wrong with a row on its way: each mutation answers the row's bytes and what may become of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from tests.plugins.rp_file_drop.invented_rows import CANARY, GoodRow, Invented


class Fate(Enum):
    """READ: must arrive equal. REFUSED: must be refused, and not arrive. EITHER: one of the two."""

    READ = auto()
    REFUSED = auto()
    EITHER = auto()


@dataclass(frozen=True)
class Form:
    """How a file is written."""

    columns: Sequence[str]
    delimiter: str
    end: str
    quote_all: bool
    ascii_only: bool

    def cell(self, text: str) -> str:
        if self.quote_all or any(mark in text for mark in (self.delimiter, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def line(self, cells: dict[str, str]) -> str:
        return self.delimiter.join(self.cell(cells.get(column, "")) for column in self.columns)


@dataclass(frozen=True)
class Written:
    """A row as it stands in the file. `may_swallow`: it may leave a quotation mark open behind it."""

    key: str
    content: bytes
    fate: Fate
    good: GoodRow
    may_swallow: bool = False
    key_may_change: bool = False


Mutation = Callable[[Random, GoodRow, Form, Invented], Written | None]


def untouched(row: GoodRow, form: Form) -> Written:
    return Written(row.key, form.line(row.cells).encode(), Fate.READ, row)


def with_cell(row: GoodRow, form: Form, column: str, text: str, fate: Fate = Fate.REFUSED) -> Written:
    return Written(row.key, form.line(row.cells | {column: text}).encode(), fate, row)


def date_of_a_spreadsheet(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written | None:
    if not file.dates:
        return None
    day = rng.choice(
        ("1899-12-30", "30/12/1899", "31/02/2026", "2026-13-01", "46328", "1/2/26", "3026-01-01")
    )
    return with_cell(row, form, rng.choice(file.dates), day)


def word_of_another_column(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written | None:
    return with_cell(row, form, rng.choice(file.choices), f"{CANARY}ly") if file.choices else None


def missing_value(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    return with_cell(row, form, rng.choice(file.needed), rng.choice(("", "  ")))


def endless_id(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    return with_cell(row, form, rng.choice(file.ids), "7" * rng.choice((101, 5000)))


def invisible_id(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written | None:
    column = rng.choice(file.ids)
    text = row.cells[column].strip()
    return None if form.ascii_only else with_cell(row, form, column, f"{text[:1]}\u200b{text[1:]}")


def endless_field(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    return with_cell(row, form, rng.choice(form.columns), CANARY * 16_667)


def field_of_ten_megabytes(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    return with_cell(row, form, rng.choice(form.columns), "x" * 10_000_000)


def swapped_cells(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    """But for the code of a mark: without it there is no mark, and nothing to refuse."""
    one, two = rng.sample([column for column in form.columns if column != "code"], 2)
    swap = {one: row.cells.get(two, ""), two: row.cells.get(one, "")}
    return Written(row.key, form.line(row.cells | swap).encode(), Fate.EITHER, row, key_may_change=True)


def shifted_columns(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    cells = [form.cell(row.cells.get(column, "")) for column in form.columns]
    at = rng.randrange(len(cells))
    if rng.random() < 0.5 and any(cell.strip('" ') for n, cell in enumerate(cells) if n != at):
        del cells[at]
    else:
        cells.insert(at, rng.choice(("", CANARY, '"7"')))
    return Written(row.key, form.delimiter.join(cells).encode(), Fate.REFUSED, row, key_may_change=True)


def open_quote(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    """A quotation mark that nobody closes, in a cell that has none, or behind one that was closed."""
    cells = [form.cell(row.cells.get(column, "")) for column in form.columns]
    at = rng.choice([n for n, column in enumerate(form.columns) if '"' not in row.cells.get(column, "")])
    inner = row.cells.get(form.columns[at], "").replace("\n", " ")
    cells[at] = f'"{inner}' if rng.random() < 0.5 else f'"{inner}"x'
    return Written(row.key, form.delimiter.join(cells).encode(), Fate.REFUSED, row, may_swallow=True)


def control_character(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    line = form.line(row.cells)
    at = rng.randrange(len(line) + 1)
    broken = line[:at] + rng.choice("\0\0\x07\x1b\x7f") + line[at:]
    return Written(row.key, broken.encode(), Fate.REFUSED, row, may_swallow=True)


def foreign_bytes(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written | None:
    """Turns the file to Windows-1252, so that the rows around it must be ASCII."""
    if not form.ascii_only:
        return None
    line = form.line(row.cells).encode()
    at = rng.randrange(len(line) + 1)
    broken = (
        line[:at]
        + rng.choice((b"\xe9", b"\xff", b"\x81", b"\xc3", b"\xed\xa0\x80", b"\x93", b"\x85"))
        + line[at:]
    )
    return Written(row.key, broken, Fate.EITHER, row, may_swallow=True, key_may_change=True)


def cut_short(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    """Never to another row's id, and never to a mark without a code, which is no mark."""
    line = form.line(row.cells)
    first = next(n for n, letter in enumerate(line) if letter.isalnum())
    last = line.rfind(form.delimiter) if form.columns[-1] in file.ids else len(line)
    content = line[: rng.randint(first + 1, max(last, first + 1))].removesuffix(form.delimiter)
    return Written(row.key, content.encode(), Fate.EITHER, row, may_swallow=True, key_may_change=True)


def noise(rng: Random, row: GoodRow, form: Form, file: Invented) -> Written:
    """Of letters that make no other row's id."""
    letters = f'7{form.delimiter}{form.delimiter}"\\ /ab26-11\n'
    content = "7" + "".join(rng.choices(letters, k=rng.randint(1, 80)))
    return Written(row.key, content.encode(), Fate.EITHER, row, may_swallow=True, key_may_change=True)


COMMON: tuple[Mutation, ...] = (
    date_of_a_spreadsheet,
    word_of_another_column,
    missing_value,
    endless_id,
    invisible_id,
    swapped_cells,
    shifted_columns,
    open_quote,
    control_character,
    foreign_bytes,
    cut_short,
    noise,
)
RARE: tuple[Mutation, ...] = (endless_field, field_of_ten_megabytes)
"""They cost time more than they find."""
