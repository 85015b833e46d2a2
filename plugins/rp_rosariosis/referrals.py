"""A referral is one pupil's part in one incident, and, where one of its labels says so, a suspension.

RosarioSIS has no suspensions: a label tells at most how long one is, never when. Such a case asks for dates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_rosariosis.asked import COLUMNS
from rp_rosariosis.catalogue import Catalogue, Column, names_of
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import labels_of, read_text
from rp_rosariosis.values import BadRowError, Row, day_of, key_of

Catalogues = Mapping[str, Catalogue]


def incident_columns(catalogues: Catalogues) -> list[str]:
    """What is asked of a referral as an incident, in any year."""
    used = [column for c in catalogues.values() for column in (c.what, c.notes, *c.follows)]
    return [*COLUMNS["discipline_referrals"], *names_of(used)]


def suspension_columns(catalogues: Catalogues) -> list[str]:
    used = [column for c in catalogues.values() for column in (c.what, *c.suspends)]
    return ["id", "syear", "student_id", *names_of(used)]


def incident_of(row: Row, catalogues: Catalogues, own: RosarioSettings) -> IncidentRecord:
    """Raises BadRowError for what cannot be used: a referral without any day, for instance."""
    catalogue = _of_year(row, catalogues)
    entered, recorded = day_of(row, "entry_date"), day_of(row, "referral_date")
    day = entered or recorded
    if day is None:
        raise BadRowError("entry_date and referral_date are missing")
    return IncidentRecord(
        id=key_of(row, "id"),
        occurred=When(day),
        kind=", ".join(_labels(row, [catalogue.what])),
        recorded=When(recorded) if recorded else None,
        description=read_text(row.get(catalogue.notes.name)) if catalogue.notes else "",
        involved=(
            Involvement(
                pupil_id=key_of(row, "student_id"),
                role=IncidentRole(own.referral_role),
                action=", ".join(_labels(row, catalogue.follows)),
            ),
        ),
    )


def suspension_of(row: Row, catalogues: Catalogues, own: RosarioSettings) -> SuspensionRecord | None:
    """None where no label of it is a suspension. Raises BadRowError where its labels did not come."""
    catalogue = _of_year(row, catalogues)
    if absent := [column.name for column in catalogue.suspends if column.name not in row]:
        raise BadRowError(f"{absent[0]} did not come")
    labels = _labels(row, catalogue.suspends)
    category = _category(labels, own)
    if category is None:
        return None
    return SuspensionRecord(
        id=key_of(row, "id"),
        pupil_id=key_of(row, "student_id"),
        category=category,
        reasons=tuple(_labels(row, [catalogue.what])),
        dates=_dates(labels, own) if category == Category.SUSPENSION else Dates(),
        incident_id=key_of(row, "id"),
    )


def unmapped_labels(row: Row, catalogues: Catalogues, own: RosarioSettings) -> list[str]:
    """Labels in the place of suspensions that the configuration does not know."""
    labels = _labels(row, _of_year(row, catalogues).suspends)
    return [label for label in labels if label not in own.labels]


def _category(labels: Collection[str], own: RosarioSettings) -> str | None:
    """The gravest that is said; a label that nobody mapped stands for itself."""
    if any(label in own.permanent_labels for label in labels):
        return Category.PERMANENT
    if any(own.suspension_labels.get(label) for label in labels):
        return Category.SUSPENSION
    if any(label in own.lunchtime_labels for label in labels):
        return Category.LUNCHTIME
    return next((label for label in labels if label not in own.labels), None)


def _dates(labels: Collection[str], own: RosarioSettings) -> Dates:
    """Labels that contradict each other ("2 Days" with "5 Days", "In School" with "Half Day") leave the
    length open: a person says which it was."""
    counted = {own.suspension_labels.get(label) for label in labels}
    return Dates(sessions=counted.pop()) if len(counted) == 1 else Dates()


def _labels(row: Row, columns: Collection[Column | None]) -> list[str]:
    return [label for column in columns if column for label in labels_of(row.get(column.name))]


def _of_year(row: Row, catalogues: Catalogues) -> Catalogue:
    catalogue = catalogues.get(key_of(row, "syear"))
    if catalogue is None:
        raise BadRowError("its school year has no referral fields")
    return catalogue
