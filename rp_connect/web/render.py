"""Makes a page from a template: escaped, in the school's words, with what every page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from rp_connect.domain.calendar import Half
from rp_connect.domain.case import Stage
from rp_connect.domain.mark_choice import session_text
from rp_connect.domain.party import PartyRole
from rp_connect.domain.people import Role
from rp_connect.services.show_board import Shelf
from rp_connect.web import words
from rp_connect.web.dates import long_day
from rp_connect.web.meeting_form import local_text
from rp_connect.web.seat import Forms
from rp_connect.web.visiting import visiting

HERE = Path(__file__).parent
STATIC = HERE / "static"

_WORDS: Mapping[str, Any] = {
    "Half": Half,
    "PartyRole": PartyRole,
    "Role": Role,
    "Shelf": Shelf,
    "Stage": Stage,
    "local_text": local_text,
    "long_day": long_day,
    "session_text": session_text,
    "words": words,
}


@lru_cache(maxsize=1)
def make_environment() -> Environment:
    """Everything is escaped, and a name that a template misspells is an error rather than a blank.

    All apps of a process share it, and with it the templates that it has read.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_WORDS)
    return environment


def static_version() -> str:
    """Changes with the style sheet, so that browsers may keep it for as long as they like."""
    return hashlib.sha256((STATIC / "app.css").read_bytes()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What all pages have in common. `local`: only this computer can open them, and nobody signs in.
    `notice` is a sentence shown on each of them, for instance of a demo."""

    trust: str
    notice: str | None
    seat: Forms
    local: bool = True
    environment: Environment = field(default_factory=make_environment)
    version: str = field(default_factory=static_version)

    def page(self, request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:  # noqa: ANN401
        """Whatever a template shows, each template for itself."""
        here = visiting(request.scope)
        page = self.environment.get_template(template).render(
            trust=self.trust,
            notice=self.notice,
            version=self.version,
            path=request.url.path,
            said=words.SAID.get(request.query_params.get("said", "")),
            token=self.seat.token(request),
            local=self.local,
            who=here.visitor.email if here else None,
            **shown,
        )
        response = HTMLResponse(page, status)
        self.seat.take(request, response)
        return response

    def fault(
        self, request: Request, status: int, sentence: str, *, heading: str = "", cause: str = ""
    ) -> HTMLResponse:
        """A page of one sentence. `cause` is for whoever looks after rp-connect."""
        signing_in = request.url.path.startswith("/sign-in")
        return self.page(
            request,
            "fault.html",
            status,
            heading=heading or words.FAULTS.get(status, words.FAULTS[500]),
            sentence=sentence,
            cause=cause,
            passing=status in (429, 503) and not signing_in,
            again=request.method == "GET",
        )
