"""Saboteurs of cursors and deletions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from rp_connect.domain.when import When
from rp_connect.ports.mis import Refusal, Tombstone
from rp_connect.testing.mis_kit import following
from tests.testing.mis_sabotage import by_page, by_pages, by_records, later, reading, saboteur
from tests.testing.mis_saboteurs.records import shifted

TODAY = When(datetime.now(UTC).date())


def now():
    return {"since": datetime.now(UTC).isoformat()}


def cursors(change):
    """Each cursor that is given, changed."""
    return reading(by_page(lambda s, page: replace(page, cursor=change(s, page.cursor))))


def no_news(s, given):
    return by_records(lambda s, records: [])(s, given)


saboteur(
    following.a_reading_ends_with_a_cursor_that_survives_json,
    "does not say where to go on",
    **cursors(lambda s, cursor: None),
)
saboteur(
    following.a_reading_ends_with_a_cursor_that_survives_json,
    "gives what JSON does not know",
    **cursors(lambda s, cursor: cursor and dict(cursor) | {"seen": (1, 2)}),
)


def counting(s, cursor):
    """One and the same, and it counts."""
    mine = s.memory.setdefault("cursor", {"pages": 0})
    mine.update(cursor or {})
    mine["pages"] += 1
    return mine


saboteur(
    following.a_cursor_once_given_stays_as_it_was,
    "goes on writing into its cursor",
    paperbark=True,
    **cursors(counting),
)
saboteur(following.what_changed_since_is_given_as_it_is_now, "says that nothing changed", **later(no_news))
saboteur(
    following.what_changed_since_is_given_as_it_is_now,
    "gives what nobody wrote beside it",
    **later(by_records(lambda s, records: [*records, *map(shifted, records)])),
)
saboteur(following.what_is_new_since_is_given, "says that nothing changed", **later(no_news))
saboteur(
    following.where_nothing_changed_nothing_else_is_given,
    "refuses something each time",
    paperbark=True,
    **later(by_page(lambda s, page: replace(page, refusals=[Refusal("1", "is odd, somehow")]))),
)
saboteur(
    following.where_nothing_changed_nothing_else_is_given,
    "takes silence for a deletion",
    paperbark=True,
    **later(by_page(lambda s, page: replace(page, tombstones=[Tombstone("1", TODAY)]))),
)


def old_news(s, kind, cursor):
    given = s.inner.changes(kind, None)
    return given if cursor is None else by_records(lambda s, records: [*map(shifted, records)])(s, given)


saboteur(following.where_nothing_changed_nothing_else_is_given, "gives old news a day late", changes=old_news)
saboteur(
    following.a_list_of_changes_is_short,
    "gives everything each time",
    changes=lambda s, kind, cursor: s.inner.changes(kind, None),
)
saboteur(
    following.a_list_of_changes_does_not_pass_for_the_whole_school,
    "counts the changes",
    **later(lambda s, given: replace(given, keys=1)),
)


def once(memory):
    def changes(s, kind, cursor):
        seen = memory(s).setdefault("used", [])
        seen.append(str(cursor))
        given = s.inner.changes(kind, cursor)
        return no_news(s, given) if cursor and seen.count(str(cursor)) > 1 else given

    return changes


def twice(s, kind, cursor):
    seen = s.memory.setdefault("used", [])
    seen.append(str(cursor))
    given = s.inner.changes(kind, cursor)
    return no_news(s, given) if cursor and seen.count(str(cursor)) > 2 else given


saboteur(
    following.a_cursor_may_be_used_twice, "takes a cursor once, in an object", changes=once(lambda s: s.own)
)
saboteur(following.a_cursor_may_be_used_twice, "takes a cursor twice, then no more", changes=twice)


def taken_at_the_end(s, pages):
    for page in pages:
        yield page if page.cursor is None else replace(page, cursor=now())


saboteur(
    following.what_changes_while_it_is_read_is_not_lost,
    "looks at the clock when it has read",
    paperbark=True,
    **reading(by_pages(taken_at_the_end)),
)
saboteur(
    following.what_is_new_while_it_is_read_is_not_lost,
    "looks at the clock when it has read",
    paperbark=True,
    **reading(by_pages(taken_at_the_end)),
)
