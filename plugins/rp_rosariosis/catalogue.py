"""What the columns of a referral mean at this school, school year by school year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Rosario
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import labels_of, read_text
from rp_rosariosis.values import Row, given, words_of

_CHOICES = ("multiple_checkbox", "multiple_radio", "select")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of referrals, by the name that the API gives it (category_5)."""

    name: str
    title: str
    kind: str
    options: tuple[str, ...] = ()

    @property
    def is_choice(self) -> bool:
        return self.kind in _CHOICES


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`what` says what happened, `follows` what followed, `suspends` (of these) bears the suspension labels,
    `notes` takes free text."""

    what: Column | None
    follows: Sequence[Column]
    suspends: Sequence[Column]
    notes: Column | None

    @property
    def options(self) -> set[str]:
        """What can be chosen as a suspension."""
        return {option for column in self.suspends for option in column.options}


def read_catalogues(rosario: Rosario, own: RosarioSettings) -> Mapping[str, Catalogue]:
    """By school year, in two small readings. Columns that the school does not use in a year are left out.

    A column that bore a suspension label in any year is one of suspensions in every year: a school that
    renames all of its labels still tells of its suspensions, by words that nobody mapped.
    """
    fields = {given(row, "id"): row for row in rosario.rows("discipline_fields", *_list("discipline_fields"))}
    here = [("filter", f"school_id,eq,{own.school_id}")]
    by_year: dict[str, list[Column]] = defaultdict(list)
    for row in rosario.rows("discipline_field_usage", *_list("discipline_field_usage"), here):
        field = fields.get(given(row, "discipline_field_id"))
        if field is not None:
            by_year[given(row, "syear")].append(_column(field, row))
    every = [column for columns in by_year.values() for column in columns]
    suspends = {column.name for column in every if own.labels & set(column.options)}
    return {year: _catalogue(columns, suspends, own) for year, columns in by_year.items()}


def names_of(columns: Iterable[Column | None]) -> list[str]:
    return sorted({column.name for column in columns if column is not None})


def newest(catalogues: Mapping[str, Catalogue]) -> Catalogue | None:
    return catalogues[max(catalogues)] if catalogues else None


def _list(table: str) -> tuple[Sequence[str], str]:
    return COLUMNS[table], "id"


def _catalogue(found: Sequence[Column], suspends: Collection[str], own: RosarioSettings) -> Catalogue:
    columns = sorted(found, key=lambda column: (len(column.name), column.name))
    choices = [column for column in columns if column.is_choice]
    said = [c for c in choices if c.name not in suspends and own.incident_field in ("", c.title)]
    what = said[0] if said else None
    notes = [c for c in columns if c.kind == "textarea" and own.outcome_field in ("", c.title)]
    return Catalogue(
        what=what,
        follows=[column for column in choices if column != what],
        suspends=[column for column in choices if column.name in suspends],
        notes=notes[0] if notes else None,
    )


def _column(field: Row, row: Row) -> Column:
    lines = read_text(row.get("select_options")).splitlines()
    return Column(
        name=words_of(field, "column_name").lower(),
        title=words_of(row, "title"),
        kind=words_of(field, "data_type"),
        options=tuple(label for line in lines for label in labels_of(line)),
    )
