"""What Planner refused since it names what is gone: a bucket or a person that was there when we last looked.

Which status Planner gives for it is not known (400 or 404), and 400 has other reasons, too. So we look again,
once for all that were refused together, and only what named something that is gone may be sent another time.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rp_connect.errors import ConfigError, GoneError, RpConnectError, TryLaterError
from rp_microsoft365.people import People
from rp_microsoft365.plans import Plans
from rp_microsoft365.request import Answer, Request

GONE = "A bucket or a person that a task was to have in Planner is gone: it is sent again with what is there."


@dataclass(frozen=True, slots=True, repr=False)
class Refused:
    """What was sent for a task of that plan, and the ids of those who were to have the task."""

    plan: str
    request: Request
    people: AbstractSet[str]

    def __repr__(self) -> str:
        return f"<Refused {self.request!r}>"

    @property
    def bucket(self) -> str | None:
        return (self.request.body or {}).get("bucketId")


def may_be_outdated(answer: Answer | RpConnectError) -> bool:
    return type(answer) is RpConnectError or isinstance(answer, (ConfigError, GoneError))


def outdated(plans: Plans, people: People, refused: Mapping[int, Refused]) -> set[int]:
    """The places of those that named what is gone; it is known anew by then. Raises what the looks raise."""
    named: dict[str, set[str]] = {}
    for each in refused.values():
        if each.bucket:
            named.setdefault(each.plan, set()).add(each.bucket)
    gone = {bucket for plan, buckets in named.items() for bucket in plans.gone(plan, buckets)}
    left = people.left(who for each in refused.values() for who in each.people)
    return {place for place, each in refused.items() if each.bucket in gone or each.people & left}


def put_off(plans: Plans, people: People, refused: Mapping[int, Refused]) -> dict[int, RpConnectError]:
    """How those end that named what is gone: tried again later, as planned anew. Of others the refusal
    stands."""
    try:
        return {place: TryLaterError(GONE) for place in outdated(plans, people, refused)}
    except RpConnectError as fault:
        return dict.fromkeys(refused, fault)
