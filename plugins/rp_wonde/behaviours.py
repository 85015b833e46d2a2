"""A behaviour is an incident with its pupils; each has a role in the school's own words, or none at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.ports.mis import Refusal
from rp_wonde.roll import Roll, pupil_in
from rp_wonde.settings import WondeSettings
from rp_wonde.values import BadRowError, Row, StrangerError, key_of, key_or_none, text_of, when_of, word_of

_OURS = re.compile(r"\[[A-Z]{2}-\d{4}-\d{4,9}\.outcome\.\d+\]")


def is_ours(row: Row) -> bool:
    """Whether it is an outcome that was written from here: it is no incident."""
    return _OURS.match(text_of(row, "comment")) is not None


class Incidents:
    """`unmapped` are role words without a meaning, verbatim. Of what is older than `oldest`, pupils who are
    no longer known are left out."""

    def __init__(self, own: WondeSettings, zone: ZoneInfo, roll: Roll, oldest: date) -> None:
        self._oldest = oldest
        self._own = own
        self._zone = zone
        self._roll = roll
        self.unmapped: list[str] = []

    def read(self, row: Row) -> Iterator[IncidentRecord | Refusal]:
        """The incident, and a refusal for each pupil in it who cannot be told. Raises BadRowError."""
        key = key_of(row, "id")
        if is_ours(row):
            return
        involved: dict[str, Involvement] = {}
        refused = False
        recorded = when_of(row, "recorded_date", self._zone)
        occurred = when_of(row, "incident_date", self._zone) or recorded
        if occurred is None:
            raise BadRowError("incident_date and recorded_date are missing")
        for n, pupil in enumerate(_pupils(row), start=1):
            try:
                one = self._involvement(row, pupil)
            except BadRowError as error:
                if isinstance(error, StrangerError) and occurred.day < self._oldest:
                    continue
                yield Refusal(f"{key}/{_name(pupil, n)}", str(error))
                refused = True
                continue
            involved[one.pupil_id] = one
        if refused and not involved:  # nobody who can be told is not nobody
            yield Refusal(key, "nobody in it can be told, so it stays as it was")
            return
        yield IncidentRecord(
            id=key,
            occurred=occurred,
            kind=word_of(row, "type"),
            recorded=recorded,
            location=text_of(row, "location"),
            description=text_of(row, "comment"),
            involved=tuple(involved.values()),
        )

    def _involvement(self, row: Row, pupil: object) -> Involvement:
        held = pupil.get("meta") if isinstance(pupil, dict) else None
        meta: Row = held if isinstance(held, dict) else {}
        word = word_of(meta, "role")
        return Involvement(
            pupil_id=pupil_in(pupil, self._roll),
            role=self._role(word),
            role_word=word,
            action=word_of(meta, "action") or word_of(row, "action"),
            status=word_of(row, "status"),
        )

    def _role(self, word: str) -> IncidentRole:
        if not word:
            return IncidentRole(self._own.unnamed_role)
        if word.casefold() in self._own.behaviour_roles:
            return self._own.behaviour_roles[word.casefold()]
        if word not in self.unmapped:
            self.unmapped.append(word)
        return IncidentRole.AFFECTED


def _pupils(row: Row) -> list[object]:
    held = row.get("students")
    data = held.get("data") if isinstance(held, dict) else held
    if not isinstance(data, list):
        raise BadRowError("its students are not given")
    return data


def _name(pupil: object, number: int) -> str:
    named = pupil.get("id") if isinstance(pupil, dict) else pupil
    return key_or_none(named) or f"pupil {number}"
