"""Every column that is read of a drop, and why. Columns that a file has beyond these are never looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rp_connect.ports.mis import AskedField
from rp_file_drop.layout import LAYOUTS

_KINDS: Mapping[str, str] = {
    "calendar": "calendar",
    "pupils": "pupil",
    "staff": "staff",
    "incidents": "incident",
    "suspensions": "suspension",
    "attendance": "attendance",
}
_WHY: Mapping[str, str] = {
    "calendar": "which days are school days: every deadline is counted in them",
    "pupils": "who the pupil is, and whether they are on roll, for the people who work on the case",
    "staff": "which member of staff has which e-mail address",
    "incidents": "what happened, who was in it, and whether somebody was harmed",
    "suspensions": "what was decided, from when to when: the duties of the case follow from it",
    "attendance": "the marks of suspended sessions, and attendance before and after",
}
_OWN: Mapping[str, str] = {
    "upn": "a pupil is known by it when the MIS changes",
    "date_of_birth": "namesakes are told apart by it",
    "site": "which school a pupil is at, where several share a folder",
    "social_worker": "the social worker must be told of a suspension without delay",
    "looked_after": "the virtual school head must be told of a suspension without delay",
    "ehcp": "whether a plan for education, health and care must be looked at",
    "sen_support": "optional, and no duty rests on it: support is thought of when the meeting is prepared",
    "key_adult_email": "the adult whom the pupil trusts can be asked to the meeting",
}
_SPECIAL = frozenset({"social_worker", "looked_after", "ehcp", "sen_support"})

FIELDS: Sequence[AskedField] = [
    AskedField(_KINDS[stem], f"{stem}.{column}", _OWN.get(column, _WHY[stem]), special=column in _SPECIAL)
    for stem, layout in LAYOUTS.items()
    for column in layout.columns
]
