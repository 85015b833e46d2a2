"""Outcomes become follow-ups, one for each pupil of the case, marked with our key as a user tag.

Arbor judges each of several by itself: what stands there already is not written again, what is missing is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rp_arbor.client import Arbor, Row
from rp_arbor.faults import code_of, exception_of
from rp_arbor.listing import Listing
from rp_arbor.names import href_of, root_of
from rp_arbor.people import EMAIL, PERSON, STAFF, STUDENT
from rp_arbor.values import id_of, words
from rp_connect.errors import AccessError, RpConnectError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.ports.mis import OutcomeNote

FOLLOW_UP = "BehaviourFollowUp"
TAG = "rpConnectOutcome"


class Outcomes:
    def __init__(self, arbor: Arbor, listing: Listing) -> None:
        self._arbor = arbor
        self._listing = listing

    def find(self, note: OutcomeNote) -> str | None:
        """The ids of the follow-ups, where every pupil of the case has one."""
        standing = self._standing(note)
        return _ids(standing, note) if set(note.pupil_ids) <= set(standing) else None

    def write(self, note: OutcomeNote) -> str:
        """Writes what is missing. Raises AccessError for what Arbor does not take, UnclearError where it is
        not known whether it took it."""
        standing = dict(self._standing(note))
        missing = [pupil for pupil in dict.fromkeys(note.pupil_ids) if pupil not in standing]
        if not missing:
            return _ids(standing, note)
        staff = self._staff(note.outcome.recorded_by)
        answers = self._arbor.create(FOLLOW_UP, [_body(note, pupil, staff) for pupil in missing])
        faults = []
        for pupil, answer in zip(missing, answers, strict=True):
            made = _made(answer)
            if isinstance(made, RpConnectError):
                faults.append(made)
            else:
                standing[pupil] = made
        if faults:
            raise _told(faults, len(missing))
        return _ids(standing, note)

    def _standing(self, note: OutcomeNote) -> Mapping[str, str]:
        """Pupil → follow-up. What Arbor gives beyond the tag that was asked for is left aside."""
        if not note.pupil_ids:
            raise UnsupportedError("Arbor holds outcomes with a pupil, and this case has none.")
        rows = self._listing.matching(FOLLOW_UP, [(f"filters.tags.{TAG}", note.key)])
        if rows is None:
            raise UnsupportedError("This school has not granted BehaviourFollowUp: Arbor takes no outcomes.")
        found: dict[str, str] = {}
        for bare in rows:
            row = self._listing.filled(FOLLOW_UP, bare) or {}
            key, pupil = id_of(bare), id_of(row.get("student"))
            if key is not None and pupil is not None and _is_of(row, bare, note):
                found.setdefault(pupil, key)
        return found

    def _staff(self, email: str) -> str | None:
        """Whoever recorded it, where Arbor knows that address; else nobody is named."""
        if not email:
            return None
        rows = self._listing.matching(EMAIL, [("filters.emailAddress.equals", email)]) or []
        for bare in rows:
            row = self._listing.filled(EMAIL, bare) or {}
            if words(row, "emailAddress").casefold() != email.casefold():
                continue
            owner, key = row.get("emailAddressOwner"), id_of(row.get("emailAddressOwner"))
            if key is None or not isinstance(owner, dict):
                continue
            return key if owner.get("entityType") == STAFF else self._staff_of(key)
        return None

    def _staff_of(self, person: str) -> str | None:
        rows = self._listing.matching(STAFF, [("filters.person.equals", href_of(PERSON, person))]) or []
        filled = [(id_of(bare), self._listing.filled(STAFF, bare) or {}) for bare in rows]
        return next((key for key, row in filled if key and id_of(row.get("person")) == person), None)


def _is_of(row: Row, bare: object, note: OutcomeNote) -> bool:
    """By the tag; where Arbor does not show tags, by the key with which the text begins."""
    tags = row.get("userTags") or (bare.get("userTags") if isinstance(bare, dict) else None)
    if isinstance(tags, dict) and TAG in tags:
        return bool(tags[TAG] == note.key)
    return words(row, "summary").startswith(f"[{note.key}]")


def _body(note: OutcomeNote, pupil: str, staff: str | None) -> Mapping[str, object]:
    """The day of the meeting without a time: none was recorded."""
    body: dict[str, object] = {
        "entityType": FOLLOW_UP,
        "student": {"entityType": STUDENT, "href": href_of(STUDENT, pupil)},
        "followUpDatetime": {"entityType": "date", "date": f"{note.outcome.held_on} 00:00:00"},
        "summary": note.outcome.text,
        "userTags": {TAG: note.key},
    }
    if staff is not None:
        body["staff"] = {"entityType": STAFF, "href": href_of(STAFF, staff)}
    return body


def _made(answer: object) -> str | RpConnectError:
    """The id of what was written, or why it was not."""
    result = answer if isinstance(answer, dict) else {}
    status = result.get("status")
    success = status.get("success") if isinstance(status, dict) else None
    key = id_of(result.get(root_of(FOLLOW_UP)))
    if success is True and key is not None:
        return key
    if success is not False:
        return UnclearError("Arbor did not say what became of a follow-up: it is looked at again.")
    code = code_of(0, {"response": status}) or 422
    why = exception_of({"response": status})
    if code in (429, 503):
        return TryLaterError(f"Arbor asks for patience with a follow-up (HTTP {code}).")
    return AccessError(
        f"Arbor did not take a follow-up (HTTP {code}{why}): look whether the pupil is still there, and "
        "whether the school has granted the application to write BehaviourFollowUp."
    )


def _told(faults: Sequence[RpConnectError], count: int) -> RpConnectError:
    """The most urgent: what is unclear is looked at first."""
    order = (UnclearError, AccessError, TryLaterError)
    worst = min(faults, key=lambda fault: order.index(type(fault)) if type(fault) in order else len(order))
    if len(faults) == count or isinstance(worst, TryLaterError | UnclearError):
        return worst
    return AccessError(f"{worst} Of {count} follow-ups {count - len(faults)} stand; they stay.")


def _ids(standing: Mapping[str, str], note: OutcomeNote) -> str:
    return "+".join(standing[pupil] for pupil in dict.fromkeys(note.pupil_ids))
