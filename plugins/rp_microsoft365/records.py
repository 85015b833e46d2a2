"""The records shelf: one list item for each case, found by its reference; an older one never wins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rp_connect.errors import (
    AccessError,
    BadRecordError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.workspace import CaseRecord, Outcome, Written
from rp_microsoft365.columns import KEY, REVISION, Column, checked_key, fields_of
from rp_microsoft365.graph import ask_each
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service
from rp_microsoft365.site import MISSING, Site, query, quoted

OURS = f"fields($select={KEY},{REVISION})"
REMEMBERED = 1_000
"""Items whose version is kept between a look and the write that follows it."""
LATE_S = (2.0, 4.0, 6.0)
"""So long after a refused insert, and again, it is looked for: what refuses it may be in no list yet. After
that it is the record itself that the list does not take."""
UNTOLD = "Microsoft 365 (the list) did not say what it was asked for, so it is asked again."
NO_REFUSAL = (AccessError, BadRecordError, TryLaterError, UnclearError)
"""Errors that say nothing about whether the list holds the reference already."""


@dataclass(frozen=True, slots=True)
class Held:
    """An item as it stands there."""

    external_id: str
    key: str
    version: str
    revision: int | None

    @classmethod
    def read(cls, item: Any) -> Held:  # noqa: ANN401 - JSON
        fields = item.get("fields") or {}
        revision = fields.get(REVISION)
        return cls(
            external_id=str(item["id"]),
            key=str(fields.get(KEY, "")),
            version=version_of(item),
            revision=None if revision is None else int(revision),
        )

    def written(self) -> Written:
        return Written(self.external_id, self.version, self.revision)


class SharePointRecords:
    """`name` is the list's name or id; `pause` waits for so many seconds. What people add to an item in
    columns of their own stays."""

    def __init__(self, site: Site, name: str, columns: Sequence[Column]) -> None:
        self._site = site
        self._name = name
        self._columns = columns
        self._seen: dict[str, Held] = {}
        self.pause: Callable[[float], None] = time.sleep

    def find(self, key: str) -> Written | None:
        found = self.find_all([key])[0]
        if isinstance(found, RpConnectError):
            raise found
        return found

    def create(self, record: CaseRecord) -> Written:
        return written_or_raised(self.create_all([record])[0])

    def update(self, external_id: str, record: CaseRecord) -> Written:
        """Raises ConflictError where somebody changed it since we looked, or it shows a newer revision."""
        return written_or_raised(self.update_all([(external_id, record)])[0])

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        """By the indexed column of case references."""
        answers = self._ask(self._look_for(key) for key in keys)
        return [self._noticed(answer) for answer in answers]

    def create_all(self, items: Sequence[CaseRecord]) -> Sequence[Outcome]:
        """The list refuses a second item of one reference. How it says so is not documented, so that whatever
        refuses an insert is looked up: what stands there decides."""
        bad = {record.key: fault for record in items if (fault := unbearable(record))}
        asked = iter(self._ask(self._insert(record) for record in items if record.key not in bad))
        outcomes = [bad.get(record.key) or created(record, next(asked)) for record in items]
        refused = {r.key: end for r, end in zip(items, outcomes, strict=True) if is_refusal(end)}
        found = self._looked_for(refused)
        for late in LATE_S:
            unseen = [key for key, end in refused.items() if found[key] is None and is_clash(end)]
            if not unseen:
                break
            self.pause(late)
            found |= self._looked_for(unseen)
        return [already(r, end, found.get(r.key)) for r, end in zip(items, outcomes, strict=True)]

    def update_all(self, changes: Sequence[tuple[str, CaseRecord]]) -> Sequence[Outcome]:
        """Each write says which version it saw: what changed in between is a ConflictError, never lost."""
        held = self._as_they_stand([external_id for external_id, _ in changes])
        ready = [allowed(one, record) for one, (_, record) in zip(held, changes, strict=True)]
        answers = iter(
            self._ask(
                self._change(one, record)
                for one, (_, record) in zip(ready, changes, strict=True)
                if isinstance(one, Held)
            )
        )
        return [
            changed(one, record, next(answers)) if isinstance(one, Held) else one
            for one, (_, record) in zip(ready, changes, strict=True)
        ]

    def _looked_for(self, keys: Iterable[str]) -> dict[str, Written | RpConnectError | None]:
        asked = list(keys)
        try:
            requests = [self._look_for(key) for key in asked]
        except RpConnectError as fault:  # the list was forgotten, and its name cannot be looked up
            return dict.fromkeys(asked, fault)
        answers = ask_each(self._site.graph, requests)
        return {key: self._noticed(answer) for key, answer in zip(asked, answers, strict=True)}

    def _ask(self, requests: Iterable[Request]) -> Sequence[Answer | RpConnectError]:
        asked = list(requests)
        return self._site.graph.ask_all(asked) if asked else []

    def _items(self) -> str:
        return f"{self._site.list_path(self._name)}/items"

    def _look_for(self, key: str) -> Request:
        wanted = query(expand=OURS, filter=f"fields/{KEY} eq {quoted(key)}", top=2)
        return Request(Service.LISTS, "GET", self._items() + wanted, Permission.SITES)

    def _insert(self, record: CaseRecord) -> Request:
        fields = {
            name: value for name, value in fields_of(record, self._columns).items() if value is not None
        }
        body = {"fields": fields}
        return Request(Service.LISTS, "POST", self._items(), Permission.SITES, body=body, creates=True)

    def _change(self, held: Held, record: CaseRecord) -> Request:
        return Request(
            Service.LISTS,
            "PATCH",
            f"{self._items()}/{held.external_id}/fields",
            Permission.SITES,
            headers={"If-Match": held.version},
            body=fields_of(record, self._columns),
        )

    def _noticed(self, answer: Answer | RpConnectError) -> Written | RpConnectError | None:
        if isinstance(answer, GoneError):
            self._site.forget(self._name)
            return ConfigError(f"The site has no list “{self._name}” any more: {MISSING}.")
        if isinstance(answer, RpConnectError):
            return answer
        items = answer.body.get("value")
        if items == []:
            return None
        held = read_as_held(items[0] if isinstance(items, list) else None)
        if isinstance(held, RpConnectError):
            return held
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen[held.external_id] = held
        return held.written()

    def _as_they_stand(self, ids: Sequence[str]) -> list[Held | RpConnectError]:
        """What `find_all` has just seen is not read again: an older version is refused when it is written."""
        known = {external_id: self._seen.pop(external_id, None) for external_id in ids}
        unread = [external_id for external_id in known if known[external_id] is None]
        answers = self._ask(
            Request(
                Service.LISTS, "GET", f"{self._items()}/{external_id}{query(expand=OURS)}", Permission.SITES
            )
            for external_id in unread
        )
        read = {
            external_id: answer if isinstance(answer, RpConnectError) else read_as_held(answer.body)
            for external_id, answer in zip(unread, answers, strict=True)
        }
        return [known[external_id] or read[external_id] for external_id in ids]


def read_as_held(item: Any) -> Held | TryLaterError:  # noqa: ANN401 - JSON
    """An answer that makes no sense is of this item alone."""
    sound = isinstance(item, dict) and item.get("id") and isinstance(item.get("fields") or {}, dict)
    return Held.read(item) if sound else TryLaterError(UNTOLD)


def version_of(body: Any) -> str:  # noqa: ANN401 - JSON
    """The etag; empty where the answer tells none."""
    return str((body or {}).get("@odata.etag") or (body or {}).get("eTag") or "")


def written_or_raised(outcome: Outcome) -> Written:
    if isinstance(outcome, RpConnectError):
        raise outcome
    return outcome


def created(record: CaseRecord, answer: Answer | RpConnectError) -> Outcome:
    if isinstance(answer, RpConnectError):
        return answer
    if not isinstance(answer.body, dict) or not answer.body.get("id"):
        return UnclearError(f"The list did not say under which id {record.key} stands.")
    return Written(str(answer.body["id"]), version_of(answer.body), record.revision)


def unbearable(record: CaseRecord) -> BadRecordError | None:
    try:
        checked_key(record.key)
    except BadRecordError as fault:
        return fault
    return None


def is_refusal(outcome: Outcome) -> bool:
    return isinstance(outcome, RpConnectError) and not isinstance(outcome, NO_REFUSAL)


def is_clash(outcome: Outcome) -> bool:
    """Whether the refusal may be because the reference is there: another says what else it is about."""
    return type(outcome) in (RpConnectError, ConflictError)


def already(record: CaseRecord, outcome: Outcome, found: Written | RpConnectError | None) -> Outcome:
    """An insert that was refused had landed before where our revision stands there; else it is in the way.
    Where it could not be looked for, nothing is decided yet."""
    if found is None:
        return outcome
    if isinstance(found, RpConnectError):
        return found
    if found.revision == record.revision:
        return found
    return ConflictError(f"The list already holds {record.key}.")


def allowed(held: Held | RpConnectError, record: CaseRecord) -> Held | RpConnectError:
    """An older revision never writes over a newer one; another case's item is not ours to change."""
    if isinstance(held, RpConnectError):
        return held
    if held.key != record.key:
        return GoneError(f"{record.key} is no longer in the list under its id.")
    if held.revision is not None and held.revision > record.revision:
        return ConflictError(f"{record.key} in the list is newer than revision {record.revision}.")
    return held


def changed(held: Held, record: CaseRecord, answer: Answer | RpConnectError) -> Outcome:
    if isinstance(answer, RpConnectError):
        return answer
    return Written(held.external_id, version_of(answer.body), record.revision)
