"""Saboteurs of cursors and deletions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rp_connect.domain.when import When
from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Page, Refusal, Tombstone
from rp_connect.testing.mis_kit import deletions, following
from rp_connect.testing.mis_kit.school import key_of
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


def broken_off(s, pages):
    try:
        yield from pages
    except RpConnectError:
        yield Page()


saboteur(following.a_reading_that_breaks_off_raises, "takes it for the end", **reading(by_pages(broken_off)))
saboteur(
    following.after_a_failure_in_the_middle_nothing_is_lost,
    "goes on from now with each page",
    **cursors(lambda s, cursor: now()),
)


# ------------------------------------------------------------------ deletions

saboteur(
    deletions.what_was_deleted_has_a_tombstone,
    "does not look for deletions",
    **reading(by_page(lambda s, page: replace(page, tombstones=[]))),
)


def days_ago(stone):
    return Tombstone(stone.id, When(stone.deleted.day - timedelta(days=2)))


saboteur(
    deletions.what_was_deleted_has_a_tombstone,
    "does not look when",
    **reading(by_page(lambda s, page: replace(page, tombstones=[*map(days_ago, page.tombstones)]))),
)


def remembering(s, pages):
    held = s.memory.setdefault("held", {})
    for page in pages:
        held.update({key_of(record): record for record in page.records})
        yield replace(page, records=list(held.values()))


saboteur(
    deletions.what_was_deleted_is_no_longer_given, "gives what it remembers", **reading(by_pages(remembering))
)


def missed(s, pages):
    """What was there before and is not now."""
    given = set()
    for page in pages:
        given |= {key_of(record) for record in page.records}
        yield page
    held = s.memory.setdefault("held", set(given))
    yield Page(tombstones=[Tombstone(key, TODAY) for key in sorted(held - given)], cursor=now())


saboteur(
    deletions.what_is_only_missing_has_no_tombstone,
    "takes what is missing from the changes for deleted",
    changes=lambda s, kind, cursor: by_pages(missed)(s, s.inner.changes(kind, cursor)),
)
saboteur(
    deletions.what_is_only_missing_has_no_tombstone,
    "takes what is missing from the whole for deleted",
    everything=lambda s, kind: by_page(
        lambda s, page: replace(page, tombstones=[Tombstone(one.key, TODAY) for one in s.rig.mis.removed])
    )(s, s.inner.everything(kind)),
)


def confirming(confirm):
    def everything(s, kind):
        given = s.inner.everything(kind)
        return replace(given, confirm_gone=confirm(given.confirm_gone))

    return {"everything": everything}


def hopeful(ask):
    def confirm(key):
        try:
            return ask(key)
        except RpConnectError:
            return True

    return confirm


saboteur(deletions.what_is_missing_can_be_asked_for_alone, "cannot be asked", **confirming(lambda ask: None))
saboteur(
    deletions.what_is_missing_can_be_asked_for_alone,
    "says of nothing that it is gone",
    **confirming(lambda ask: lambda key: False),
)
saboteur(
    deletions.what_is_missing_can_be_asked_for_alone,
    "says of everything that it is gone",
    **confirming(lambda ask: lambda key: True),
)
saboteur(
    deletions.a_list_of_changes_offers_no_search_for_what_is_gone,
    "offers it all the same",
    **later(lambda s, given: replace(given, confirm_gone=lambda key: True)),
)
saboteur(
    deletions.a_failure_does_not_confirm_that_anything_is_gone,
    "takes a failure for an answer",
    **confirming(hopeful),
)
saboteur(
    deletions.who_cannot_confirm_that_something_is_gone_does_not_offer_it,
    "offers a guess",
    **confirming(lambda ask: lambda key: True),
)
