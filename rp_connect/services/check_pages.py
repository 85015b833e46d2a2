"""Whether the pages may leave this computer, and what is missing for it: a part of `check`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rp_connect.domain.people import Role
from rp_connect.errors import RpConnectError
from rp_connect.ports.sign_in import Attempt, Entrance
from rp_connect.services.office import Office
from rp_connect.services.to_json import Json

_NO_SECRET = "0" * 43
"""As long as the secrets of an attempt, and never used for one."""
UNUSED = Attempt(_NO_SECRET, _NO_SECRET, _NO_SECRET)


class Opening(StrEnum):
    """Who can open the pages: this computer, those who sign in anywhere, nobody."""

    HERE = "this computer"
    ELSEWHERE = "elsewhere"
    CLOSED = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesCheck:
    """`sentence` says how it is, `problems` what a person must do before people can sign in."""

    opening: Opening
    sentence: str
    problems: Sequence[str] = ()

    def to_json(self) -> Json:
        return {"opening": self.opening.value, "problems": list(self.problems)}


def check_pages(office: Office) -> PagesCheck:
    """Asks the identity provider for its published settings where there is one."""
    entrance = office.entrance
    if entrance is None:
        return PagesCheck(
            opening=Opening.HERE,
            sentence="The pages open on this computer alone, without signing in; in the cloud they stay "
            "closed. For other computers they need the table [web] with sign_in.",
        )
    closed = _why_closed(entrance)
    problems = [*closed, *_who_is_missing(office)]
    if closed:
        return PagesCheck(
            opening=Opening.CLOSED, sentence="The pages are closed to everybody.", problems=problems
        )
    return PagesCheck(
        opening=Opening.ELSEWHERE,
        sentence=f"The pages open at {entrance.origin} for those who sign in.",
        problems=problems,
    )


def _why_closed(entrance: Entrance) -> list[str]:
    if entrance.sign_in is None:
        return ["[web] has no sign_in: until it has, only /health answers."]
    try:
        entrance.sign_in().address(UNUSED)
    except RpConnectError as fault:
        return [str(fault)]
    except Exception as fault:  # noqa: BLE001 - a plugin is not ours: whatever it does wrong stays its own
        return [f"The way of signing in failed when it was asked ({type(fault).__name__})."]
    return []


def _who_is_missing(office: Office) -> list[str]:
    """Schools whose pages nobody could open, since nobody is named for a role there."""
    empty = [
        school.id
        for school in office.schools.values()
        if not (school.settings.people.cover or any(school.settings.people.of(role) for role in Role))
    ]
    if not empty:
        return []
    return [f"Nobody can sign in for {', '.join(empty)}: [school.people] names nobody there."]
