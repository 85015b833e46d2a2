"""What the change log says of a kind since a cursor: what changed, what went, how far it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rp_arbor.feed import Change, Feed
from rp_arbor.shelf import Shelf
from rp_arbor.values import Ref


@dataclass(slots=True)
class Changed:
    """`revisions` is how far each log was read; `lost` where the log does not say enough."""

    mains: dict[Ref, bool] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    lost: bool = False

    @property
    def gone(self) -> list[Ref]:
        return [whose for whose, there in self.mains.items() if not there]

    @property
    def there(self) -> list[Ref]:
        return [whose for whose, there in self.mains.items() if there]


def changed_since(feed: Feed, shelf: Shelf, known: Mapping[str, int]) -> Changed:
    found = Changed()
    for entity in (*shelf.mains, *shelf.parts):
        found.revisions[entity] = known.get(entity, 0)
        touched: dict[str, bool] = {}
        for change in _changes(feed, entity, known.get(entity, 0)):
            found.revisions[entity] = max(found.revisions[entity], change.revision or 0)
            if change.key is None or change.revision is None:
                found.lost = True
                continue
            touched.pop(change.key, None)
            touched[change.key] = not change.deleted
        _note(shelf, entity, touched, found)
    return found


def _changes(feed: Feed, entity: str, revision: int) -> Iterator[Change]:
    for part in feed.since(entity, revision):
        yield from part


def _note(shelf: Shelf, entity: str, touched: Mapping[str, bool], found: Changed) -> None:
    for key, there in touched.items():
        if entity in shelf.mains:
            found.mains[Ref(entity, key)] = there
            continue
        owners = shelf.owners(entity, key) if there and not found.lost else None
        found.lost = found.lost or owners is None
        for whose in owners or ():
            if whose.entity in shelf.mains:
                found.mains.setdefault(whose, True)
