"""How answers look: short lines and tables within the terminal's width, one JSON document for programs."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from rp_connect.domain.task import Task

GAP = "  "
WIDTH = 78
LEAST = 12
"""A last column with less room than this says nothing, so it is left out."""


def say(text: str = "") -> None:
    click.echo(text)


def tell(text: str) -> None:
    """A word to the person beside the answer: on stderr, so that a pipe gets the answer alone."""
    click.echo(text, err=True)


def answer_json(value: object) -> None:
    """The one JSON document of a `--json` command."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def mark(good: bool) -> str:
    return click.style("✓", fg="green") if good else click.style("✗", fg="red")


def good(text: str) -> str:
    return click.style(text, fg="green")


def attention(text: str) -> str:
    return click.style(text, fg="yellow")


def bad(text: str) -> str:
    return click.style(text, fg="red")


def quiet(text: str) -> str:
    return click.style(text, dim=True)


def heading(text: str) -> str:
    return click.style(text, bold=True)


def count(number: int, one: str, many: str = "") -> str:
    """“1 task”, “3 tasks”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def filled(sentence: str, indent: str) -> str:
    """A sentence within the width that reads well, each further line a little further in; a command that it
    names is not broken at its hyphen."""
    further = f"{indent}  "
    return textwrap.fill(
        sentence, WIDTH, initial_indent=indent, subsequent_indent=further, break_on_hyphens=False
    )


def day_text(day: date | datetime | None, timezone: ZoneInfo) -> str:
    """A local day, with the hour where there is one; a dash where nothing is known."""
    if day is None:
        return "–"
    if isinstance(day, datetime):
        return f"{day.astimezone(timezone):%d %b %Y %H:%M}"
    return f"{day:%d %b %Y}"


def short_title(task: Task) -> str:
    """A task's title beside an id that names its case already."""
    return task.title.removeprefix(f"{task.case} · ")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Aligned columns. The last one is cut to what room the terminal leaves; without room it is left out."""
    cells = [list(headings), *(list(row) for row in rows)]
    widths = [max(len(click.unstyle(row[n])) for row in cells) for n in range(len(headings))]
    while (room := _room(widths)) < min(widths[-1], LEAST) and len(widths) > 1:
        cells, widths = [row[:-1] for row in cells], widths[:-1]
    top, *rest = (_line([*row[:-1], _cut(row[-1], room)], widths) for row in cells)
    return "\n".join([heading(top), *rest])


def _room(widths: Sequence[int]) -> int:
    """What the columns before it leave for the last one."""
    return shutil.get_terminal_size().columns - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(_padded(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - len(click.unstyle(cell)))


def _cut(cell: str, room: int) -> str:
    plain = click.unstyle(cell)
    return cell if len(plain) <= room else plain[: room - 1].rstrip() + "…"
