"""Drops with good and mutated rows, and an oracle that knows which rows are untouched.

Every untouched row must arrive equal; every mutated one is refused by key or line, with a reason that quotes
nothing, or is read as itself; nothing else arrives or is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from rp_connect.domain.attendance import Mark
from rp_connect.domain.incident import IncidentRecord
from tests.plugins.rp_file_drop.folder import DropFolder, Taken
from tests.plugins.rp_file_drop.invented_rows import CANARY, GoodRow, Invented
from tests.plugins.rp_file_drop.mutations import COMMON, RARE, Fate, Form, Written, untouched


@dataclass
class FuzzedFile:
    """`rows` are in the order of the file, with the lines on which each begins and ends."""

    file: Invented
    content: bytes
    rows: list[tuple[Written, range]]
    doubled: set[str] = field(default_factory=set)

    @property
    def mutated(self) -> int:
        return sum(row.fate is not Fate.READ for row, _ in self.rows) + len(self.doubled)


def fuzzed(rng: Random, file: Invented, count: int, share: float = 0.3) -> FuzzedFile:
    """A file of about `count` rows, of which about `share` are mutated."""
    form, good = _form(rng, file, count)
    rows = [untouched(row, form) for row in good]
    for at in rng.sample(range(len(rows)), k=int(count * share)):
        mutation = rng.choice(RARE if rng.random() < 0.002 else COMMON)
        rows[at] = mutation(rng, good[at], form, file) or rows[at]
    twice, doubled = _doubles(rng, rows, form, file)
    ordered = _apart(rng, rows + twice)
    content, placed = _laid_out(rng, ordered, form)
    return FuzzedFile(file, content, placed, doubled)


def check(fuzz: FuzzedFile, taken: Taken) -> None:
    """The oracle."""
    arrived = _by_key(taken)
    lines = {f"line {line}": row for row, where in fuzz.rows for line in where}
    refused, of_line = dict(taken.refused), Counter[str]()
    for name, reason in refused.items():
        assert CANARY not in reason
        assert name.isprintable()
        if name in lines:
            of_line[lines[name].key] += 1
            assert lines[name].fate is not Fate.READ, f"{fuzz.file.name}: {name} is untouched: {reason}"
    strays = _strays(fuzz, arrived, refused)
    for row, _ in fuzz.rows:
        _check_row(fuzz, row, arrived, refused, of_line, strays)
    assert strays <= sum(row.key_may_change for row, _ in fuzz.rows)


def _check_row(
    fuzz: FuzzedFile,
    row: Written,
    arrived: dict[str, object],
    refused: dict[str, str],
    of_line: Counter[str],
    strays: int,
) -> None:
    is_refused = _is_refused(row, refused) or of_line[row.key] > 0
    if row.key in fuzz.doubled:
        assert row.key in refused, f"{row.key} is there twice and differs"
        assert row.key not in arrived
    elif row.fate is Fate.READ:
        assert arrived.get(row.key) == _expected(row.good), f"{fuzz.file.name}: {row.key} is untouched"
        assert row.key not in refused, f"{fuzz.file.name}: {row.key} is untouched: {refused[row.key]}"
    elif row.fate is Fate.REFUSED:
        assert is_refused or (row.key_may_change and strays), f"{fuzz.file.name}: {row.key} is not refused"
        assert row.key not in arrived, f"{fuzz.file.name}: {row.key} was mutated and arrived"
    else:
        was_read = row.key in arrived or (row.key_may_change and strays > 0)
        assert is_refused or was_read, f"{fuzz.file.name}: {row.key} is lost"


def _is_refused(row: Written, refused: dict[str, str]) -> bool:
    """A mark with a date of 1899 is refused under that date."""
    if isinstance(row.good.record, Mark):
        return row.key in refused or any(
            f"{row.good.record.pupil_id}/{day}/{row.good.record.half.name}" in refused
            for day in ("1899-12-30", "3026-01-01")
        )
    return row.key in refused


def _strays(fuzz: FuzzedFile, arrived: Iterable[str], refused: Iterable[str]) -> int:
    """What came under a key or line that no row has: rows whose key itself was mutated."""
    known = {row.key for row, _ in fuzz.rows} | {f"line {n}" for _, where in fuzz.rows for n in where}
    return sum(key not in known and "1899-" not in key and "3026-" not in key for key in (*arrived, *refused))


def _by_key(taken: Taken) -> dict[str, object]:
    """Every record, incidents by pupil; nothing may arrive twice."""
    found: list[tuple[str, object]] = []
    for record in taken.records:
        if isinstance(record, IncidentRecord):
            found += [(f"{record.id}/{i.pupil_id}", i) for i in record.involved]
        elif isinstance(record, Mark):
            found.append((f"{record.pupil_id}/{record.day.isoformat()}/{record.half.name}", record))
        else:
            found.append((record.id, record))
    assert len(found) == len(dict(found))
    return dict(found)


def _expected(row: GoodRow) -> object:
    return row.record.involved[0] if isinstance(row.record, IncidentRecord) else row.record


def check_incidents(fuzz: FuzzedFile, taken: Taken) -> None:
    """What is told of the incident itself arrives too, where none of its rows was mutated."""
    touched = {row.good.cells["incident_id"] for row, _ in fuzz.rows if row.fate is not Fate.READ}
    touched |= {key.split("/")[0] for key in fuzz.doubled}
    told = {record.id: record.model_copy(update={"involved": ()}) for record in taken.records}
    for row, _ in fuzz.rows:
        if isinstance(row.good.record, IncidentRecord) and row.good.record.id not in touched:
            assert told[row.good.record.id] == row.good.record.model_copy(update={"involved": ()})


def _form(rng: Random, file: Invented, count: int) -> tuple[Form, list[GoodRow]]:
    ascii_only = rng.random() < 0.5
    accents = "" if ascii_only else rng.choice(("é", "Ł"))
    good = [file.row(rng, n, accents) for n in range(count)]
    columns = list(dict.fromkeys(column for row in good for column in row.cells))
    columns.insert(rng.randint(0, len(columns)), "a column of the school's own")
    if rng.random() < 0.7:
        rng.shuffle(columns)
    form = Form(
        columns,
        rng.choice(",;\t"),
        rng.choice(("\n", "\r\n")),
        quote_all=rng.random() < 0.3,
        ascii_only=ascii_only,
    )
    return form, good


def _doubles(
    rng: Random, rows: Sequence[Written], form: Form, file: Invented
) -> tuple[list[Written], set[str]]:
    """Some untouched rows once more: just the same, or the same key with something else in it."""
    again, differing = [], set[str]()
    chosen = rng.sample([row for row in rows if row.fate is Fate.READ], k=len(rows) // 50)
    for row in chosen:
        other = dict(row.good.cells)
        if rng.random() < 0.5:
            column = "code" if file.name == "attendance" else (file.texts or file.ids)[0]
            other[column] = "?!" if file.name == "attendance" else f"other {CANARY}"
            differing.add(row.key)
        again.append(replace(row, content=form.line(other).encode()))
    return again, differing


def _apart(rng: Random, rows: list[Written]) -> list[Written]:
    """Shuffled; behind a row that may leave a quotation mark open comes an untouched one, or the end."""
    rng.shuffle(rows)
    calm = [row for row in rows if row.fate is Fate.READ]
    ordered: list[Written] = []
    for row in (row for row in rows if row.fate is not Fate.READ):
        ordered.append(row)
        ordered += [calm.pop() for _ in range(min(len(calm), 1 if row.may_swallow else rng.randint(0, 2)))]
        if not calm:
            break
    return ordered + calm


def _laid_out(rng: Random, rows: Sequence[Written], form: Form) -> tuple[bytes, list[tuple[Written, range]]]:
    parts = [b"\xef\xbb\xbf" if rng.random() < 0.2 else b"", form.delimiter.join(form.columns).encode()]
    end, line = form.end.encode(), 2
    placed: list[tuple[Written, range]] = []
    for row in rows:
        parts += [end, row.content]
        after = line + 1 + row.content.count(b"\n")
        placed.append((row, range(line, after)))
        line = after
        if rng.random() < 0.02:
            parts += [end, form.delimiter.encode() * (len(form.columns) - 1)]
            line += 1
    return b"".join([*parts, end if rng.random() < 0.8 else b""]), placed


def read(drop: DropFolder, fuzz: FuzzedFile) -> Taken:
    drop.write(fuzz.file.name, fuzz.content)
    return drop.take(fuzz.file.kind)
