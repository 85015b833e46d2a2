"""Saboteurs of find, create and update."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.errors import ConflictError, GoneError, TryLaterError
from rp_connect.testing.workspace_kit import changing, finding, losing_nothing
from rp_connect.testing.workspace_kit.losing_nothing import DRAGGED_TO, OWN_WORDS
from tests.testing.sabotage import first, instead, refuse, saboteur

LATER = TryLaterError("Later.")
CONFLICT = ConflictError("Not now.")


def under_another_key(s, item):
    return s.inner.create(replace(item, key=f"{item.key}x"))


def remembering(s, item):
    """A create that keeps what it was, and what it gave, for the saboteur."""
    s.memory.setdefault(item.key, (s.inner.create(item), item))
    return s.memory[item.key][0]


saboteur(
    finding.a_key_that_nobody_wrote_is_not_found,
    "takes a longer key for ours",
    find=lambda s, key: s.inner.find(key) or s.inner.find(f"{key}1"),
)
saboteur(
    finding.what_was_created_is_found_again_after_a_restart,
    "forgets with the process what it wrote",
    create=lambda s, item: first(s.own.add(item.key), s.inner.create(item)),
    find=lambda s, key: s.inner.find(key) if key in s.own else None,
)
saboteur(
    finding.what_was_created_is_found_again_after_a_restart,
    "finds it under another id",
    find=lambda s, key: (w := s.inner.find(key)) and replace(w, external_id=f"{w.external_id}x"),
)
saboteur(
    finding.what_was_created_is_found_again_after_a_restart,
    "counts a revision on by itself",
    find=lambda s, key: (w := s.inner.find(key)) and replace(w, revision=(w.revision or 0) + 1),
)
saboteur(
    finding.a_create_repeated_never_makes_two,
    "makes a second one and answers with the first",
    create=lambda s, item: instead(
        lambda: s.inner.create(item),
        ConflictError,
        lambda: first(under_another_key(s, item), s.inner.find(item.key)),
    ),
)
saboteur(
    finding.a_create_repeated_never_makes_two,
    "puts off what stands there already",
    create=lambda s, item: instead(lambda: s.inner.create(item), ConflictError, lambda: refuse(LATER)),
)

saboteur(
    changing.a_change_is_shown_under_the_same_id,
    "answers with another id",
    update=lambda s, id, item: replace(s.inner.update(id, item), external_id="another"),
)


def made_anew(s, id, item):
    s.inner.update(id, item)
    s.rig.delete(s.room.kind, item.key)
    return replace(s.inner.create(item), external_id=id)


saboteur(changing.a_change_is_shown_under_the_same_id, "deletes it and makes another", update=made_anew)
saboteur(
    changing.a_change_is_shown_under_the_same_id,
    "writes what was there before",
    create=remembering,
    update=lambda s, id, item: s.inner.update(id, replace(s.memory[item.key][1], revision=item.revision)),
)
saboteur(
    changing.a_change_gives_another_version,
    "gives the version of the first day for ever",
    create=remembering,
    update=lambda s, id, item: replace(s.inner.update(id, item), version=s.memory[item.key][0].version),
)


def once(s, id, item, otherwise):
    """Writes each revision once; `otherwise` is what it does the second time."""
    if (item.key, item.revision) in s.memory:
        return otherwise()
    written = s.inner.update(id, item)
    s.memory[item.key, item.revision] = written
    return written


saboteur(
    changing.the_same_change_may_be_sent_twice,
    "takes its own write for somebody else's",
    update=lambda s, id, item: once(s, id, item, lambda: refuse(CONFLICT)),
)
saboteur(
    changing.the_same_change_may_be_sent_twice,
    "makes a second one of a repeated change",
    update=lambda s, id, item: once(s, id, item, lambda: under_another_key(s, item)),
)
saboteur(
    changing.a_change_of_what_a_person_deleted_is_gone,
    "puts off what is gone",
    update=lambda s, id, item: instead(lambda: s.inner.update(id, item), GoneError, lambda: refuse(LATER)),
)
saboteur(
    changing.a_change_of_what_a_person_deleted_is_gone,
    "makes again what is gone before it says so",
    update=lambda s, id, item: instead(
        lambda: s.inner.update(id, item),
        GoneError,
        lambda: first(s.inner.create(item), refuse(GoneError("Gone."))),
    ),
)
saboteur(
    changing.what_a_person_deleted_can_be_made_again,
    "remembers what is not there any more",
    create=lambda s, item: first(w := s.inner.create(item), s.memory.update({item.key: w}), w),
    find=lambda s, key: s.inner.find(key) or s.memory.get(key),
)
saboteur(
    changing.what_a_person_deleted_can_be_made_again,
    "takes each key once",
    create=lambda s, item: (
        refuse(CONFLICT)
        if item.key in s.memory
        else first(s.memory.update({item.key: True}), s.inner.create(item))
    ),
)
saboteur(
    changing.what_a_person_deleted_can_be_made_again,
    "answers with the id that it had before",
    create=lambda s, item: replace(
        w := s.inner.create(item), external_id=s.memory.setdefault(item.key, w.external_id)
    ),
)
saboteur(
    changing.an_older_revision_never_overwrites_a_newer_one,
    "says that the older one was written",
    update=lambda s, id, item: instead(
        lambda: s.inner.update(id, item), ConflictError, lambda: s.inner.find(item.key)
    ),
)
saboteur(
    changing.an_older_revision_never_overwrites_a_newer_one,
    "writes the older one and complains afterwards",
    update=lambda s, id, item: instead(
        lambda: s.inner.update(id, item),
        ConflictError,
        lambda: first(s.inner.update(id, replace(item, revision=99)), refuse(CONFLICT)),
    ),
)

saboteur(
    losing_nothing.a_change_over_a_persons_unseen_change_is_a_conflict,
    "gives up in silence",
    on="tasks",
    update=lambda s, id, item: instead(
        lambda: s.inner.update(id, item), ConflictError, lambda: s.inner.find(item.key)
    ),
)
saboteur(
    losing_nothing.a_change_over_a_persons_unseen_change_is_a_conflict,
    "writes over it and complains afterwards",
    on="tasks",
    update=lambda s, id, item: instead(
        lambda: s.inner.update(id, item),
        ConflictError,
        lambda: first(s.inner.update(id, replace(item, seen_version=None)), refuse(CONFLICT)),
    ),
)


def unless_touched(s, id, item, otherwise):
    touched = item.seen_version not in (None, s.memory[item.key][0].version)
    return otherwise() if touched else s.inner.update(id, item)


saboteur(
    losing_nothing.a_persons_change_that_was_read_may_be_built_upon,
    "complains of what a person touched, read or not",
    on="tasks",
    create=remembering,
    update=lambda s, id, item: unless_touched(
        s, id, item, lambda: first(s.inner.update(id, item), refuse(CONFLICT))
    ),
)
saboteur(
    losing_nothing.a_persons_change_that_was_read_may_be_built_upon,
    "keeps the day that a person chose for ever",
    on="tasks",
    create=remembering,
    update=lambda s, id, item: unless_touched(
        s, id, item, lambda: s.inner.update(id, replace(item, day=DRAGGED_TO))
    ),
)


def where_written_into(s, id, item, otherwise):
    there = s.there(item.key)
    return otherwise() if there and OWN_WORDS in there.text else s.inner.update(id, item)


saboteur(
    losing_nothing.a_persons_own_words_survive_a_change,
    "writes the whole anew",
    update=lambda s, id, item: where_written_into(s, id, item, lambda: made_anew(s, id, item)),
)
saboteur(
    losing_nothing.a_persons_own_words_survive_a_change,
    "does not touch what people wrote into",
    update=lambda s, id, item: where_written_into(s, id, item, lambda: s.inner.find(item.key)),
)
saboteur(
    losing_nothing.a_persons_own_task_in_the_same_place_is_left_alone,
    "tidies up",
    on="workspace",
    setup=lambda s: first(s.rig.add_own_task("Tidied") if s.rig.own_tasks() else None, s.inner.setup()),
)
