"""Saboteurs of sheets, notices, odd words and keys."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import BadRecordError, ConfigError, TryLaterError
from rp_connect.testing.workspace_kit import odd_words, sheets
from rp_connect.testing.workspace_kit.invented import LONG, ODD, PUPIL
from rp_connect.testing.workspace_kit.odd_words import saying
from tests.testing.sabotage import first, instead, refuse, saboteur
from tests.testing.saboteurs.tasks import creating, updating

BAD = BadRecordError("RP-2026-0001", "cannot be written")


def says(room, item):
    """The free text of an item."""
    texts = {"tasks": "details", "meetings": "place"}
    if room.attribute in texts:
        return getattr(item, texts[room.attribute])
    rows = item.lines if room.attribute == "notices" else [value for _, value in item.facts]
    return rows[0] if rows else ""


def complaining(s, item):
    s.inner.create(item)
    raise BAD


def where(words, otherwise):
    """A create that does something else with an item that says these words."""
    return lambda s, item: otherwise(s, item) if says(s.room, item) == words else s.inner.create(item)


saboteur(
    sheets.facts_and_tasks_reach_the_sheet,
    "leaves the last fact out",
    create=creating(lambda s, item: replace(item, facts=item.facts[:-1])),
)
saboteur(
    sheets.facts_and_tasks_reach_the_sheet,
    "leaves the tasks out",
    create=creating(lambda s, item: replace(item, tasks=())),
)
saboteur(
    sheets.a_change_replaces_what_stood_there,
    "puts what is new there twice",
    update=updating(lambda s, item: replace(item, facts=(*item.facts[1:2], *item.facts))),
)
saboteur(
    sheets.a_change_replaces_what_stood_there,
    "adds what is new to what is old",
    update=updating(lambda s, item: replace(item, facts=(*item.facts, ("Before", "Preparing")))),
)
saboteur(
    sheets.a_change_replaces_what_stood_there,
    "takes no task out",
    update=updating(lambda s, item: replace(item, tasks=(("Write to the parents", "", "open"), *item.tasks))),
)
saboteur(
    sheets.a_name_stands_inside_the_sheet_and_nowhere_else,
    "keeps the name out of the sheet too",
    create=creating(lambda s, item: replace(item, facts=[f for f in item.facts if f[1] != PUPIL])),
)
saboteur(
    sheets.a_name_stands_inside_the_sheet_and_nowhere_else,
    "calls it after the pupil",
    create=lambda s, item: replace(s.inner.create(item), version="featherstone-wren-1"),
)
saboteur(
    sheets.a_record_and_a_summary_under_one_key_are_two_things,
    "lets the record stand for the summary",
    on="summaries",
    create=lambda s, item: s.find(item.key) or s.inner.create(item),
    find=lambda s, key: s.inner.find(key) or s.memory.setdefault(key, s.rig.open().records.find(key)),
)
saboteur(
    sheets.a_record_and_a_summary_under_one_key_are_two_things,
    "looks for records among the summaries too",
    on="records",
    find=lambda s, key: s.inner.find(key) or s.rig.open().summaries.find(key),
)
saboteur(
    sheets.a_record_and_a_summary_under_one_key_are_two_things,
    "finds no summary without its record",
    on="summaries",
    find=lambda s, key: s.inner.find(key) if s.rig.open().records.find(key) else None,
)
saboteur(
    sheets.a_notice_says_what_it_should,
    "leaves the last line out",
    create=creating(lambda s, item: replace(item, lines=item.lines[:-1])),
)

saboteur(
    odd_words.odd_characters_are_taken,
    "writes what is odd and calls it wrong",
    create=where(ODD, complaining),
)
saboteur(
    odd_words.odd_characters_are_taken,
    "cuts at the first odd character",
    create=where(ODD, lambda s, item: s.inner.create(saying(s.room, item, ODD.partition("\x00")[0]))),
)
saboteur(
    odd_words.long_texts_are_taken,
    "writes what is long and calls it wrong",
    create=where(LONG, complaining),
)
saboteur(
    odd_words.long_texts_are_taken,
    "drops what is long",
    create=where(LONG, lambda s, item: s.inner.create(saying(s.room, item, "long"))),
)
saboteur(
    odd_words.empty_texts_are_taken,
    "writes what is empty and calls it wrong",
    create=where("", complaining),
)
saboteur(
    odd_words.empty_texts_are_taken,
    "writes nothing where little is said",
    create=where(
        "", lambda s, item: first(w := s.inner.create(item), s.rig.delete(s.room.kind, item.key), w)
    ),
)
saboteur(
    odd_words.texts_may_become_empty,
    "leaves out what is empty",
    update=lambda s, id, item: s.inner.update(
        id, saying(s.room, item, "Larkspur") if says(s.room, item) == "" else item
    ),
)


def cut(s, item):
    return s.inner.create(replace(item, key="RP-2026-0001"))


saboteur(
    odd_words.a_key_that_nothing_can_bear_is_refused,
    "puts off what can never be",
    create=lambda s, item: instead(
        lambda: s.inner.create(item), ConfigError, lambda: refuse(TryLaterError("Later."))
    ),
)
saboteur(
    odd_words.a_key_that_nothing_can_bear_is_refused,
    "says the whole key",
    create=lambda s, item: instead(
        lambda: s.inner.create(item), ConfigError, lambda: refuse(ConfigError(f"{item.key} is no key."))
    ),
)
saboteur(
    odd_words.a_key_that_nothing_can_bear_is_refused,
    "cuts the key to fit and complains afterwards",
    create=lambda s, item: instead(
        lambda: s.inner.create(item),
        ConfigError,
        lambda: first(cut(s, item) if not item.key else None, refuse(ConfigError("This is no key."))),
    ),
)
