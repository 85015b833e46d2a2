"""What the columns of a referral mean at this school, school year by school year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.client import Rosario
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import labels_of, read_text
from rp_rosariosis.values import key_of, words_of

_CHOICES = ("multiple_checkbox", "multiple_radio", "select", "checkbox")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of referrals, by the name that the API gives it (category_5)."""

    name: str
    title: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`what` says what happened, `suspends` bears the suspension labels, `notes` takes free text."""

    columns: Sequence[Column]
    what: Column | None
    suspends: Sequence[Column]
    notes: Column | None

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def follows(self) -> list[Column]:
        """Choices that say what followed, suspensions apart."""
        apart = {self.what, *self.suspends}
        return [c for c in self.columns if c.kind in _CHOICES[:3] and c not in apart]

    def unmapped(self, labels: Mapping[str, int]) -> list[str]:
        """Options of the suspension columns that the configuration does not know."""
        return [option for column in self.suspends for option in column.options if option not in labels]


def read_catalogues(rosario: Rosario, own: RosarioSettings) -> Mapping[str, Catalogue]:
    """By school year, in two small readings. Columns that the school does not use in a year are left out."""
    fields = {
        key_of(row, "id"): (words_of(row, "column_name").lower(), words_of(row, "data_type"))
        for row in rosario.rows("discipline_fields", COLUMNS["discipline_fields"], "id")
    }
    here = [("filter", f"school_id,eq,{own.school_id}")]
    by_year: dict[str, list[Column]] = defaultdict(list)
    for row in rosario.rows("discipline_field_usage", COLUMNS["discipline_field_usage"], "id", here):
        field = fields.get(key_of(row, "discipline_field_id"))
        if field is not None:
            by_year[key_of(row, "syear")].append(_column(field, row))
    return {year: _catalogue(columns, own) for year, columns in by_year.items()}


def _catalogue(found: Sequence[Column], own: RosarioSettings) -> Catalogue:
    columns = sorted(found, key=lambda column: column.name)
    suspends = [c for c in columns if set(c.options) & set(own.suspension_labels)]
    what = next((c for c in columns if c.kind in _CHOICES[:3] and c not in suspends), None)
    notes = [c for c in columns if c.kind == "textarea" and own.outcome_field in ("", c.title)]
    return Catalogue(columns, what, suspends, notes[0] if notes else None)


def _column(field: tuple[str, str], row: Mapping[str, object]) -> Column:
    name, kind = field
    lines = read_text(row.get("select_options")).splitlines()
    return Column(
        name, words_of(row, "title"), kind, tuple(label for line in lines for label in labels_of(line))
    )
