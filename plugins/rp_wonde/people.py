"""Pupils and staff, from their rows. A pupil is known by `upi`: the Wonde id changes when they come back."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_wonde.values import BadRowError, Row, day_of, flag_of, key_of, key_or_none, text_of, within, word_of

INCLUDES = ("education_details", "extended_details")
_MAILS = ("work", "primary", "email")
"""Never `home`: it is nobody's business here."""
_SUPPORT = {"E": (True, False), "K": (False, True), "N": (False, False)}
"""sen_status → (ehcp, sen_support)."""


def pupil_of(row: Row, zone: ZoneInfo) -> PupilRecord:
    """Raises BadRowError for what cannot be used."""
    key_of(row, "id")
    given, family = text_of(row, "forename"), text_of(row, "surname")
    if not given and not family:
        raise BadRowError("forename and surname are empty")
    education = within(row, "education_details") or {}
    extended = within(row, "extended_details") or {}
    ehcp, support = _SUPPORT.get(text_of(extended, "sen_status").upper(), (None, None))
    return PupilRecord(
        id=key_of(row, "upi"),
        given_name=given,
        family_name=family,
        upn=word_of(education, "upn"),
        date_of_birth=day_of(row, "date_of_birth", zone),
        year_group=word_of(education, "current_nc_year"),
        on_roll_from=day_of(education, "admission_date", zone),
        on_roll_to=day_of(education, "leaving_date", zone),
        social_worker=_either(flag_of(extended, "child_in_need"), flag_of(extended, "child_protection_plan")),
        looked_after=flag_of(extended, "in_lea_care"),
        ehcp=ehcp,
        sen_support=support,
    )


def leaver_of(row: Row, zone: ZoneInfo) -> PupilRecord:
    """Of a row among the leavers: who left has a last day, though the school may grant no leaving date.

    Then it is the day on which the row changed: they left on that day or before. Raises BadRowError.
    """
    record = pupil_of(row, zone)
    if record.on_roll_to is not None:
        return record
    changed = day_of(row, "updated_at", zone)
    if changed is None:
        raise BadRowError("leaving_date and updated_at are missing")
    return record.model_copy(update={"on_roll_to": changed})


def newer(held: PupilRecord, found: PupilRecord) -> PupilRecord:
    """Of two rows of one pupil (left, and came back) the one that counts: on roll, else the later one."""
    return max(
        held, found, key=lambda one: (one.on_roll_to is None, str(one.on_roll_to), str(one.on_roll_from))
    )


def staff_of(row: Row) -> StaffRecord | None:
    """None for whoever has no e-mail address: they hold no role here."""
    mail = _mail(within(row, "contact_details") or {})
    if not mail:
        return None
    return StaffRecord(
        id=key_or_none(row.get("upi")) or key_of(row, "id"),
        email=mail,
        given_name=text_of(row, "forename"),
        family_name=text_of(row, "surname"),
    )


def _mail(contact: Row) -> str:
    held = contact.get("emails")
    emails = held if isinstance(held, dict) else {}
    found = (text_of(emails, name) for name in _MAILS)
    return next((mail for mail in found if "@" in mail and " " not in mail), "")


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Yes where either says so, no where both say no, else unknown."""
    if one or other:
        return True
    return False if one is False and other is False else None
