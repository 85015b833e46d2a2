"""What a page needs to answer, kept with the app; and how the parts of an address are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from rp_connect.errors import UsageError
from rp_connect.services.office import Office
from rp_connect.services.only_schools import only_schools
from rp_connect.web.faults import SENTENCES
from rp_connect.web.render import Look
from rp_connect.web.seat import Forms
from rp_connect.web.visiting import visiting

PERSON = "person at this computer"
"""Who the audit says it was where there is no signing in."""

_REF = re.compile(r"[A-Z]{2}-[0-9]{4}-[0-9]{4,9}")
_TASK = re.compile(r"[A-Za-z0-9.-]{1,200}")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Front:
    """What a page's services work with, how it looks, whose forms it takes, and who is asking."""

    office: Office
    look: Look
    seat: Forms
    who: str = PERSON


def front(request: Request) -> Front:
    """For whoever is signed in, with their schools alone; where people sign in, a stranger has none."""
    found: Front = request.app.state.front
    if found.office.entrance is None:
        return found
    here = visiting(request.scope)
    if here is None:
        return replace(found, office=only_schools(found.office, (), []))
    office = only_schools(found.office, here.visitor.schools, here.refused)
    return replace(found, office=office, who=here.visitor.email)


def case_ref(request: Request) -> str:
    """The case reference in the address. Raises a 404 for anything that is none."""
    return _part(request, "ref", _REF)


def task_key(request: Request) -> str:
    """The task id in the address. Raises a 404 for anything that is none."""
    return _part(request, "id", _TASK)


def chosen(request: Request, name: str) -> str | None:
    """What the query asks for under `name`; None for all."""
    return request.query_params.get(name) or None


def chosen_word(request: Request, name: str, words: type[Word]) -> Word | None:
    """The same for one of some words. Raises UsageError, which names those that there are."""
    text = chosen(request, name)
    if text is None:
        return None
    try:
        return words(text)
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise UsageError(f"“{name}” in the address is one of: {known}.") from None


def _part(request: Request, name: str, shape: re.Pattern[str]) -> str:
    text = str(request.path_params[name])
    if not shape.fullmatch(text):
        raise HTTPException(404, SENTENCES[404])
    return text
