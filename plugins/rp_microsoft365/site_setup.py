"""What `setup` makes in the site: the list of cases and the library of summaries, with their columns.

Each step looks before it makes, so that it may be run again at any point, after a crash half-way too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rp_connect.errors import ConflictError, RpConnectError
from rp_microsoft365.asking import AskingGraph
from rp_microsoft365.columns import LIBRARY, Column, case_columns
from rp_microsoft365.judging import may_have_landed
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Service
from rp_microsoft365.settings import Microsoft365Settings
from rp_microsoft365.site import Site, query

COLUMN = "id,name,displayName,indexed,enforceUniqueValues,text,number,dateTime"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list or a library as it should be."""

    name: str
    noun: str
    template: str
    columns: Sequence[Column]
    description: str

    def __str__(self) -> str:
        return f"the {self.noun} “{self.name}”"


def shelves(own: Microsoft365Settings) -> tuple[Shelf, Shelf]:
    return (
        Shelf(
            own.list,
            "list",
            "genericList",
            case_columns(names=own.record_names),
            "One item for each restorative case, kept by rp-connect. Columns of your own are left alone.",
        ),
        Shelf(
            own.library,
            "library",
            "documentLibrary",
            LIBRARY,
            "One summary for each restorative meeting, written by rp-connect.",
        ),
    )


MakeColumn = Callable[[str, Column], None]
"""Makes a column in the list of this id."""


def columns_maker(graph: AskingGraph, own: Microsoft365Settings) -> MakeColumn:
    """The client library's typed columns, over our own way to Graph; it is loaded with the first of them."""

    def make(list_id: str, column: Column) -> None:
        from rp_microsoft365.library_client import open_client  # noqa: PLC0415 - office365 takes 366 ms

        client = open_client(graph, Service.LISTS, Permission.SITES)
        client.sites[own.site].lists[list_id].columns.add(**column.definition()).execute_query()

    return make


def set_up_shelf(site: Site, shelf: Shelf, make_column: MakeColumn) -> list[str]:
    """What was done, one sentence each. Raises AccessError where the site or its structure is refused. A list
    takes a column once its columns can be read, which may be moments after it was made."""
    site.exists()
    held, made = found_or_made(site, shelf)
    added = []
    for column in lacking(site, held, shelf, fresh=made):
        add_column(site, held, column, make_column)
        added.append(column.label)
    done = [f"Created {shelf}."] if made else []
    done += [f"Added to {shelf}: {', '.join(added)}."] if added else []
    return done or [f"{begun(str(shelf))} has all it needs; nothing was changed."]


def found_or_made(site: Site, shelf: Shelf) -> tuple[Mapping[str, Any], bool]:
    """SharePoint has no two lists of one title: where a creation's end is unclear, looking again tells."""
    held = site.list_named(shelf.name)
    if held is not None:
        return held, False
    body = {
        "displayName": shelf.name,
        "description": shelf.description,
        "list": {"template": shelf.template},
    }
    try:
        return site.ask("POST", "/lists", body, creates=True), True
    except RpConnectError as fault:
        held = site.list_named(shelf.name) if _is_there_perhaps(fault) else None
        if held is None:
            raise
        return held, True


def held_columns(site: Site, held: Mapping[str, Any], *, fresh: bool = False) -> dict[str, Mapping[str, Any]]:
    """By internal name."""
    path = f"/lists/{held['id']}/columns{query(select=COLUMN)}"
    return {column["name"]: column for column in site.pages(path, fresh=fresh)}


def lacking(site: Site, held: Mapping[str, Any], shelf: Shelf, *, fresh: bool) -> list[Column]:
    known = held_columns(site, held, fresh=fresh)
    return [column for column in shelf.columns if column.name not in known]


def add_column(site: Site, held: Mapping[str, Any], column: Column, make_column: MakeColumn) -> None:
    """One after the other: SharePoint refuses changes of one list that overlap."""
    try:
        make_column(str(held["id"]), column)
    except RpConnectError as fault:
        if not _is_there_perhaps(fault) or column.name not in held_columns(site, held):
            raise


def _is_there_perhaps(fault: RpConnectError) -> bool:
    return isinstance(fault, ConflictError) or may_have_landed(fault)


def who_may_open(site: Site) -> str:
    """Who may open a list cannot be set with Sites.Selected: a person sees to it."""
    address = site.ask("GET", query(select="id,webUrl")).get("webUrl") or "the site"
    return (
        f"Who may open {address} is for a person to set: leave only those who may read cases, under "
        "Settings > Site permissions, or stop inheriting in the list's and the library's own settings."
    )


def wanting(shelf: Shelf, known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is not as it should be, one sentence each."""
    missing = [column.label for column in shelf.columns if column.name not in known]
    faults = [f"{shelf} lacks {', '.join(missing)}: run “rp-connect setup microsoft365”."] if missing else []
    for column in shelf.columns:
        if column.name in known:
            faults += amiss(shelf, column, known[column.name])
    return [begun(fault) for fault in faults]


def begun(sentence: str) -> str:
    """With a capital; the rest as it is, since people chose the names."""
    return sentence[:1].upper() + sentence[1:]


def amiss(shelf: Shelf, column: Column, known: Mapping[str, Any]) -> list[str]:
    """Where a column stands otherwise than we make it, a person changes it in the list's settings."""
    faults = []
    kind = next(iter(column.type))
    if known.get(kind) is None and any(
        known.get(other) is not None for other in ("text", "number", "dateTime")
    ):
        faults.append(f"{shelf}: the column {column.name} should hold {KINDS[kind]}; rename or delete it.")
    if column.unique and not known.get("enforceUniqueValues"):
        faults.append(f"{shelf}: set “Enforce unique values” on the column {column.name} in its settings.")
    if column.indexed and not known.get("indexed"):
        faults.append(f"{shelf}: add an index on the column {column.name} in its settings.")
    return faults


KINDS = {"text": "text", "number": "numbers", "dateTime": "dates"}
