"""A school's staff: those who hold a role in the configuration, and their colleagues."""

from __future__ import annotations

from rp_connect.testing.invented_trust.dice import dice
from rp_connect.testing.invented_trust.names import NameMaker, email
from rp_connect.testing.invented_trust.people import Colleague
from rp_connect.testing.invented_trust.schools import NORTHWICK, School

# The Restorative Practice Lead works across the trust, so one address stands in both schools' settings.
LEAD = f"lead@{NORTHWICK.id}.example"
ROLES = ("dsl", "senco", "head", "attendance", "clerk", "cover")


def role_email(role: str, school: School) -> str:
    return LEAD if role == "lead" else f"{role}@{school.id}.example"


def staff_of(school: School, seed: int) -> list[Colleague]:
    """The lead bears the same name in both schools; it is drawn from a source of its own."""
    names = NameMaker(dice(seed, school.id, "staff")).namesakes_kept_apart(school.staff)
    names[0] = NameMaker(dice(seed, "lead")).name()
    roles = [role_email(role, school) for role in ("lead", *ROLES)]
    taken = set(roles)
    addresses = roles + [email(name, school.id, taken) for name in names[len(roles) :]]
    return [
        Colleague(f"{school.prefix}-T{number:03}", name.given, name.family, address)
        for number, (name, address) in enumerate(zip(names, addresses, strict=True), start=1)
    ]
