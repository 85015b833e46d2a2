"""How Arbor turns the name of an entity into an address and the key of an answer (its client library)."""

from __future__ import annotations

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plural(entity: str) -> str:
    """Naive on purpose: "Staffs", "UkDfe_UpnAssignments", "AcademicHolidays"."""
    if entity.endswith("y") and not entity.endswith("ay"):
        return f"{entity[:-1]}ies"
    return f"{entity}es" if entity.endswith("s") else f"{entity}s"


def path_of(entity: str) -> str:
    """As "fixed-period-exclusions" and "uk-dfe_upn-assignments"."""
    return _HUMP.sub("-", plural(entity)).lower()


def root_of(entity: str) -> str:
    """The key under which an answer holds one record of the entity."""
    return entity[:1].lower() + entity[1:]


def roots_of(entity: str) -> str:
    """The key under which an answer holds a list of them."""
    return root_of(plural(entity))


def href_of(entity: str, key: str) -> str:
    return f"/rest-v2/{path_of(entity)}/{key}"
