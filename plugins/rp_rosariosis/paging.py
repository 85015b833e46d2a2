"""From rows to pages: a row that cannot be read is refused by its key, and costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rp_connect.ports.mis import Cursor, Page, Record, Refusal
from rp_rosariosis.values import BadRowError, Row

ToRecords = Callable[[Row], Iterable[Record]]


def page_of(rows: Iterable[Row], key: Callable[[Row], str], to_records: ToRecords) -> Page:
    records: list[Record] = []
    refusals: list[Refusal] = []
    for row in rows:
        try:
            records.extend(to_records(row))
        except BadRowError as error:
            refusals.append(Refusal(key(row), str(error)))
        except ValueError:  # a value that no record may have: its words would be in the message
            refusals.append(Refusal(key(row), "it cannot be read"))
    return Page(records=records, refusals=refusals)


def paged(
    answers: Iterable[Iterable[Row]], key: Callable[[Row], str], to_records: ToRecords, done: Cursor
) -> Iterator[Page]:
    """One page an answer; the cursor after the last, when nothing can be missing any more."""
    for rows in answers:
        yield page_of(rows, key, to_records)
    yield Page(cursor=done)
