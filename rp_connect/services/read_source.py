"""Read one kind of record from the MIS into the store, page by page, the cursor with each transaction.

A complete reading that lost more than a tenth of its keys, and more than 20, is held for a person; nothing is
ever removed because it is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Record, Refusal, Tombstone
from rp_connect.ports.store import AuditRow, SourceState, UnitOfWork
from rp_connect.services.store_deletions import held_ids, store_deletions
from rp_connect.services.store_suspensions import storing_order
from rp_connect.services.sync_pass import SyncPass

BATCH = 1_000
"""Records of one kind in one transaction, at most (DESIGN §4)."""
SHRINK_SHARE, SHRINK_KEYS = 0.1, 20
DELETABLE = (Kind.PUPIL, Kind.INCIDENT, Kind.SUSPENSION)
"""Kinds whose deletions mean something here."""

Storer = Callable[[UnitOfWork, SyncPass, Sequence[Record]], Sequence[Refusal]]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of one school: what was remembered of it, and how its records are stored.

    `waiting` says that a refused record waits for its pupil; `ordered` that records are sorted before use.
    """

    kind: Kind
    remembered: SourceState
    store: Storer
    waiting: bool = False
    ordered: bool = False


def read_source(sync: SyncPass, source: Source) -> None:
    """Errors of the MIS pass through; what was committed before them stays, and the cursor with it."""
    reading, whole = _ask(sync, source)
    if not reading.given:
        _note_absence(sync, source, reading)
        return
    if reading.left is not None:
        sync.report.left.append(reading.left)
        _remember(sync, replace(source.remembered, label=reading.label, left=reading.left))
    elif _is_held(source.remembered, reading) and not _accepted(sync, reading):
        _hold(sync, source, reading)
    elif reading.unchanged:
        sync.skipped_any = True
        state = replace(source.remembered, left=None, held=_still_held(source, reading))
        if state != source.remembered:
            _remember(sync, state)
    else:
        _take_in(sync, source, reading, whole=whole)


def _note_absence(sync: SyncPass, source: Source, reading: Reading) -> None:
    """Not given is never empty; but what was given until now and is not any more needs a person."""
    sync.skipped_any = True
    if source.remembered.cursor is not None:
        left = f"{reading.label} was read before and is not there now; what it said still stands."
        _remember(sync, replace(source.remembered, left=left))


def _ask(sync: SyncPass, source: Source) -> tuple[Reading, bool]:
    """A reading, and whether everything was asked for: in the first sync of a day, with --full, while a
    record waits for its pupil, and where a person accepts what is held.

    But a year of marks is not read anew every morning: whoever can say what changed is believed until a
    person asks for everything.
    """
    remembered = source.remembered
    marks_go_on = source.kind is Kind.ATTENDANCE and remembered.cursor is not None
    accepted = remembered.held is not None and remembered.label in sync.accept
    if not (sync.asked_full or source.waiting or accepted or (sync.full and not marks_go_on)):
        return sync.adapter.changes(source.kind, remembered.cursor), False
    if source.kind in DELETABLE and remembered.cursor is not None:
        return _deletions_first(sync, source, remembered.cursor), True
    return sync.adapter.everything(source.kind), True


def _deletions_first(sync: SyncPass, source: Source, cursor: Cursor) -> Reading:
    """What a person asks for with --full does not hang on the list of changes: where that fails it goes on
    from `cursor` at the next sync, which says what is wrong."""
    try:
        changes = sync.adapter.changes(source.kind, cursor)
        if changes.left is not None or (changes.keys is not None and not changes.unchanged):
            return changes
        goes_on = _take_deletions(sync, source, changes) or cursor
    except (AccessError, ConfigError, TryLaterError):
        if not sync.asked_full:
            raise
        goes_on = cursor
    return _from_there(sync.adapter.everything(source.kind), goes_on)


def _from_there(whole: Reading, cursor: Cursor) -> Reading:
    """What was deleted after the changes were read and before the whole began stands in the log only."""

    def pages() -> Iterator[Page]:
        for page in whole.pages():
            yield page if page.cursor is None else replace(page, cursor=cursor)

    return replace(whole, pages=pages)


def _take_deletions(sync: SyncPass, source: Source, changes: Reading) -> Cursor | None:
    """What was deleted since the cursor, and nothing else of it: a reading of everything does not say it, and
    its cursor lies behind it. Where the changes go on from."""
    cursor: Cursor | None = None
    for page in changes.pages():
        cursor = cursor if page.cursor is None else page.cursor
        if page.tombstones:
            with sync.begin() as work:
                store_deletions(work, sync, source.kind, page.tombstones)
                work.commit()
    return cursor


def _is_held(remembered: SourceState, reading: Reading) -> bool:
    if remembered.keys is None or reading.keys is None or reading.unchanged:
        return False
    lost = remembered.keys - reading.keys
    return lost > SHRINK_KEYS and lost > SHRINK_SHARE * remembered.keys


def _still_held(source: Source, reading: Reading) -> str | None:
    """A list of changes says nothing of how much is there: only a complete reading ends a hold."""
    return source.remembered.held if reading.keys is None else None


def _accepted(sync: SyncPass, reading: Reading) -> bool:
    if reading.label not in sync.accept:
        return False
    with sync.begin() as work:
        what = f"accepted a smaller {reading.label}"
        work.audit.write(
            AuditRow(case=None, school=sync.school.id, who="command line", at=sync.now, what=what)
        )
        work.commit()
    return True


def _hold(sync: SyncPass, source: Source, reading: Reading) -> None:
    held = (
        f"{reading.label} is held: it has {reading.keys} records where it had {source.remembered.keys}. "
        f"If that is right, run “rp-connect sync --accept {reading.label}”."
    )
    sync.report.held.append(held)
    sync.skipped_any = True
    _remember(sync, replace(source.remembered, label=reading.label, held=held, left=None))


def _remember(sync: SyncPass, state: SourceState) -> None:
    with sync.begin() as work:
        work.schools.put_source(state)
        work.commit()


def _take_in(sync: SyncPass, source: Source, reading: Reading, *, whole: bool) -> None:
    sync.progress.begin(f"{sync.school.id} {reading.label}", reading.bytes_total)
    found: list[Refusal] = []
    held = _still_held(source, reading)
    state = replace(source.remembered, label=reading.label, held=held, left=None)
    seen: set[str] = set()
    for page, final in _with_last(_pages(reading, source)):
        tombstones = list(page.tombstones)
        if reading.confirm_gone is not None:
            seen.update(_ids(page), (stone.id for stone in page.tombstones))  # with a moment of its own
            tombstones += _vanished(sync, source, reading.confirm_gone, seen) if final else []
        with sync.begin() as work:
            refusals = [*page.refusals, *source.store(work, sync, page.records)]
            store_deletions(work, sync, source.kind, tombstones)
            found += refusals
            state = replace(state, cursor=state.cursor if page.cursor is None else page.cursor)
            if final:
                complete = reading.keys is not None or (whole and page.cursor is not None)
                _finish(work, sync, source, state, found, keys=reading.keys, complete=complete)
            else:
                work.refusals.add(sync.school.id, sync.mis, source.kind, refusals, sync.now)
                work.schools.put_source(state)
            work.commit()
        sync.progress.advance(page.bytes_read)
    sync.report.refused += len(found)
    sync.unmapped.update(reading.unmapped)
    sync.progress.end()


def _ids(page: Page) -> Iterator[str]:
    """A record that was refused is there all the same."""
    yield from (record.id for record in page.records if isinstance(record, SuspensionRecord))
    yield from (refusal.key.partition("/")[0] for refusal in page.refusals)


def _vanished(
    sync: SyncPass, source: Source, confirm_gone: Callable[[str], bool], seen: Collection[str]
) -> list[Tombstone]:
    """What is held and was not seen in a complete reading, and what the MIS, asked for it alone, has not."""
    with sync.begin() as work:
        missing = sorted(held_ids(work, sync, source.kind) - set(seen))
    return [Tombstone(key, When(sync.today)) for key in missing if confirm_gone(key)]


def _finish(
    work: UnitOfWork,
    sync: SyncPass,
    source: Source,
    state: SourceState,
    found: Sequence[Refusal],
    *,
    keys: int | None,
    complete: bool,
) -> None:
    """With the last page of a complete reading exactly its refusals stand, and its keys are remembered."""
    calendar = source.kind is Kind.CALENDAR
    keep = work.refusals.replace if complete or calendar else work.refusals.add
    keep(sync.school.id, sync.mis, source.kind, found, sync.now)
    work.schools.put_source(state if keys is None else replace(state, keys=keys))


def _with_last(pages: Iterator[Page]) -> Iterator[tuple[Page, bool]]:
    """Each page with whether it is the last; an empty page where there is none."""
    page = next(pages, Page())
    for following in pages:
        yield page, False
        page = following
    yield page, True


def _pages(reading: Reading, source: Source) -> Iterator[Page]:
    """As they come; a calendar whole; sorted first where the order decides over references."""
    if source.ordered:
        return _in_order(reading)
    if source.kind is Kind.CALENDAR:
        return iter([_whole(list(reading.pages()))])
    return reading.pages()


def _whole(pages: Sequence[Page]) -> Page:
    return Page(
        records=[r for page in pages for r in page.records],
        refusals=[r for page in pages for r in page.refusals],
        tombstones=[t for page in pages for t in page.tombstones],
        cursor=pages[-1].cursor if pages else None,
        bytes_read=sum(page.bytes_read for page in pages),
    )


def _in_order(reading: Reading) -> Iterator[Page]:
    """In batches; what else the pages bear comes with the last."""
    whole = _whole(list(reading.pages()))
    suspensions = sorted((r for r in whole.records if isinstance(r, SuspensionRecord)), key=storing_order)
    *batches, last = _batched(suspensions)
    yield from (Page(records=batch) for batch in batches)
    yield replace(whole, records=last)


def _batched(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[start : start + BATCH] for start in range(0, len(records), BATCH)] or [()]
