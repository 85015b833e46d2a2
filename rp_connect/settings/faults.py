"""What is wrong with a setting, as one sentence that names key, school and line, never the value."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rp_connect.errors import ConfigError
from rp_connect.settings.file import SettingsFile
from rp_connect.settings.lines import Place

_WORDS = {
    "bool_type": "must be true or false",
    "date_type": "must be a date without quotation marks, such as 2026-09-01",
    "dict_type": "must be a table",
    "extra_forbidden": "is not a setting",
    "float_type": "must be a number",
    "greater_than_equal": "must be {ge} or more",
    "int_type": "must be a whole number",
    "less_than_equal": "must be {le} or less",
    "list_type": "must be a list in square brackets",
    "literal_error": "must be {expected}",
    "missing": "is missing",
    "model_type": "must be a table",
    "string_too_short": "must not be empty",
    "string_type": "must be text in quotation marks",
    "too_short": "must not be empty",
    "tuple_type": "must be a list in square brackets",
}


def fault(file: SettingsFile, place: Place, what: str) -> ConfigError:
    """The sentence about the setting at `place`; what is not in the file has the line of its table."""
    line = next(file.lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in file.lines)
    key = ".".join(part for part in place if isinstance(part, str))
    return ConfigError(f"{file.path}, line {line}: {key}{_whose(file, place)}{what}.")


def first_fault(file: SettingsFile, error: ValidationError, under: Place = ()) -> ConfigError:
    """The one to report: an unknown key, which explains what then seems missing, else the topmost."""
    found = error.errors(include_url=False, include_input=False)
    details = min(found, key=lambda each: (each["type"] != "extra_forbidden", _line(file, under, each)))
    return fault(file, _place(file, under, details), _what(details))


def _whose(file: SettingsFile, place: Place) -> str:
    match place:
        case ("school", int(number), *_):
            return f" of {_school_name(file.schools[number], number)}"
        case _:
            return ""


def _school_name(table: object, number: int) -> str:
    name = table.get("id") if isinstance(table, Mapping) else None
    return name if isinstance(name, str) and name else f"school number {number + 1}"


def _line(file: SettingsFile, under: Place, details: ErrorDetails) -> int:
    place = _place(file, under, details)
    return file.lines.get(place) or file.lines.get(place[:-1]) or 1


def _place(file: SettingsFile, under: Place, details: ErrorDetails) -> Place:
    """Where it is in the file: pydantic also names the members of unions on its way, which are no keys."""
    place = under
    for part in details["loc"]:
        if not place or (*place, part) in file.lines:
            place = (*place, part)
    return (*place, details["loc"][-1]) if details["type"] == "missing" else place


def _what(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    if words := _WORDS.get(details["type"]):
        return " " + words.format(**context)
    if details["type"] == "setting":
        return " " + details["msg"]
    message = str(context.get("error", details["msg"])).rstrip(".")
    return " " + message.removeprefix("Input ") if message.startswith("Input ") else f": {message}"
