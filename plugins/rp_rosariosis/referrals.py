"""A referral is one pupil's part in one incident, and, where one of its labels says so, a suspension.

RosarioSIS has no suspensions: a label tells at most how long one is, never when. Such a case asks for dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord
from rp_connect.domain.when import When
from rp_rosariosis.catalogue import Catalogue
from rp_rosariosis.settings import RosarioSettings
from rp_rosariosis.text import labels_of, read_text
from rp_rosariosis.values import BadRowError, day_of, key_of

Row = Mapping[str, Any]


def incident_of(row: Row, catalogue: Catalogue, own: RosarioSettings) -> IncidentRecord:
    """Raises BadRowError for what cannot be used: a referral without any day, for instance."""
    day = day_of(row, "entry_date") or day_of(row, "referral_date")
    if day is None:
        raise BadRowError("entry_date and referral_date are missing")
    recorded = day_of(row, "referral_date")
    what, notes = catalogue.what, catalogue.notes
    followed = [label for column in catalogue.follows for label in labels_of(row.get(column.name))]
    return IncidentRecord(
        id=key_of(row, "id"),
        occurred=When(day),
        kind=", ".join(labels_of(row.get(what.name))) if what else "",
        recorded=When(recorded) if recorded else None,
        description=read_text(row.get(notes.name)) if notes else "",
        involved=(
            Involvement(
                pupil_id=key_of(row, "student_id"),
                role=IncidentRole(own.referral_role),
                action=", ".join(followed),
            ),
        ),
    )


def suspension_of(row: Row, catalogue: Catalogue, own: RosarioSettings) -> SuspensionRecord | None:
    """None where no label of it is a suspension. Two labels that count differently leave its length open."""
    labels = [label for column in catalogue.suspends for label in labels_of(row.get(column.name))]
    lengths = {own.suspension_labels[label] for label in labels if own.suspension_labels.get(label)}
    unknown = [label for label in labels if label not in own.suspension_labels]
    if not lengths and not unknown:
        return None
    reasons = labels_of(row.get(catalogue.what.name)) if catalogue.what else ()
    return SuspensionRecord(
        id=key_of(row, "id"),
        pupil_id=key_of(row, "student_id"),
        category=Category.SUSPENSION if lengths else unknown[0],
        reasons=reasons,
        dates=Dates(sessions=lengths.pop()) if len(lengths) == 1 else Dates(),
        incident_id=key_of(row, "id"),
    )
