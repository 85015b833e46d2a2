"""The school's own words that a behaviour may be recorded under, by Wonde's name of their list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from rp_connect.errors import TryLaterError
from rp_wonde.client import Wonde
from rp_wonde.settings import WondeSettings
from rp_wonde.values import word_of

PATH = "behaviours/attributes"
_CODES = ("code", "value", "id", "name", "description")
_LISTS = {
    "outcome_type": "BEHAVIOUR_TYPE",
    "outcome_status": "EVENT_STATUS",
    "outcome_action": "BEHAVIOUR_OUTCOME",
    "outcome_role": "BEHAVIOUR_ROLE",
}


def attributes_of(wonde: Wonde) -> Mapping[str, frozenset[str]]:
    """List → its words. The answer's shape is not published: lists by name, and rows with their type, are
    both understood."""
    found: dict[str, set[str]] = defaultdict(set)
    for document in wonde.documents(PATH):
        data = document.envelope.get("data")
        pairs = _by_name(data) if isinstance(data, dict) else _by_type(data)
        for name, word in pairs:
            found[name.upper()].add(word)
    if not found:
        raise TryLaterError("Wonde gave no words for behaviours of this school; it is asked again later.")
    return {name: frozenset(words) for name, words in found.items()}


def problems_of(own: WondeSettings, known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What keeps an outcome from being written, one sentence each."""
    if not own.outcome_type:
        yield "outcome_type is not set: outcomes of meetings are not written into the MIS."
        return
    if not own.outcome_employee:
        yield "outcome_employee is not set: Wonde records a behaviour only by a member of staff."
    for setting, name in _LISTS.items():
        word = getattr(own, setting)
        if word and word not in known.get(name, frozenset()):
            yield f"{setting} is none of the school's {name} words; no outcome can be written with it."


def _by_name(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, held in data.items():
        rows = held.get("data") if isinstance(held, dict) else held
        for row in rows if isinstance(rows, list) else ():
            yield from ((name, word) for word in _words(row))


def _by_type(data: object) -> Iterator[tuple[str, str]]:
    for row in data if isinstance(data, list) else ():
        if isinstance(row, dict):
            yield from ((word_of(row, "type"), word) for word in _words(row))


def _words(row: object) -> list[str]:
    if isinstance(row, str):
        return [row]
    found = [word_of(row, name) for name in _CODES] if isinstance(row, dict) else []
    return [word for word in found if word]
