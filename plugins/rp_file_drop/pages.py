"""Pages of at most 1,000 records. Only the last carries the cursor: a file is done whole or begun anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rp_connect.ports.mis import Cursor, Page, Record, Refusal

PAGE = 1000

Chunk = tuple[Sequence[Record], Sequence[Refusal]]


def chunks_of(records: Sequence[Record], refusals: Sequence[Refusal]) -> Iterator[Chunk]:
    for at in range(0, max(len(records), len(refusals)), PAGE):
        yield records[at : at + PAGE], refusals[at : at + PAGE]


def page_count(length: int) -> int:
    return -(-length // PAGE)


def pages_of(chunks: Iterable[Chunk], count: int, cursor: Cursor, size: int) -> Iterator[Page]:
    """`count` is the number of chunks; where there are none, one empty page carries the cursor."""
    if not count:
        yield Page(cursor=cursor, bytes_read=size)
    for no, (records, refusals) in enumerate(chunks, start=1):
        done = no == count
        yield Page(records, refusals, cursor=cursor if done else None, bytes_read=_share(size, no, count))


def _share(size: int, no: int, count: int) -> int:
    """What page `no` adds to the bytes read; together they are `size`."""
    return size * no // count - size * (no - 1) // count
