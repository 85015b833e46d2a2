"""`deliver`, `pull`, `effect` and `setup`: what leaves the house, what comes back, and what got stuck."""

from __future__ import annotations

from tests.cli.installation import Installation

REF = "RP-2026-0001"


def park_everything(installation: Installation) -> None:
    """A folder where a file should be: the workspace refuses what is sent."""
    workspace = installation.folder / "northwick/workspace"
    workspace.mkdir(exist_ok=True)
    for name in ("tasks", "records"):
        (workspace / name).write_text("a file where a folder should be")


def test_delivery_sends_everything_and_counts_it(synced: Installation):
    queued = len(synced.json("effect", "list"))
    assert synced.json("deliver") == {"done": queued, "waiting": 0, "parked": 0}
    assert synced.json("deliver") == {"done": 0, "waiting": 0, "parked": 0}


def test_a_person_reads_the_delivery_in_one_line(synced: Installation):
    answer = synced.run("deliver")
    assert answer.code == 0
    assert answer.out.endswith(" effects sent, 0 waiting, 0 parked.\n")
    assert answer.err == ""


def test_tasks_then_bear_the_workspaces_own_ids(synced: Installation):
    synced.run("deliver")
    assert all(task["external_id"] for task in synced.json("task", "list"))


def test_an_effect_has_exactly_the_promised_keys_in_their_order(synced: Installation):
    effects = synced.json("effect", "list")
    assert {tuple(effect) for effect in effects} == {
        ("id", "state", "kind", "case", "attempts", "not_before", "reason")
    }
    assert {effect["state"] for effect in effects} == {"waiting"}
    assert {effect["kind"] for effect in effects} == {"task", "record"}
    assert synced.json("effect", "list", "--state", "done") == []


def test_the_outbox_fits_eighty_columns(synced: Installation):
    assert max(map(len, synced.run("effect", "list").out.splitlines())) <= 80


def test_only_a_parked_effect_can_be_tried_again(synced: Installation):
    first = synced.json("effect", "list")[0]["id"]
    assert synced.run("effect", "retry", str(first)).code == 2
    assert synced.run("effect", "retry", "99999").code == 2
    assert synced.run("effect", "retry", "first").code == 2


def test_a_delivery_says_what_was_parked_and_why_and_each_reason_once(synced: Installation):
    park_everything(synced)
    answer = synced.run("deliver")
    assert answer.code == 3
    tasks, records = (
        [str(effect["id"]) for effect in synced.json("effect", "list") if effect["kind"] == kind]
        for kind in ("task", "record")
    )
    told = " ".join(answer.out.split())
    assert f"{len(tasks)} effects parked (effect {', '.join(tasks[:5])} and {len(tasks) - 5} more): " in told
    assert f"parked (effect {', '.join(records[:5])}" in told
    reasons = {effect["reason"] for effect in synced.json("effect", "list")}
    assert reasons
    assert all(told.count(reason) == 1 for reason in reasons)
    assert "effect retry ID" in told
    assert max(map(len, answer.out.splitlines())) <= 80
    assert len(answer.err.splitlines()) < 5
    assert synced.json("deliver").keys() == {"done", "waiting", "parked"}


def test_several_parked_effects_are_tried_again_at_once_and_all_of_them_or_none(synced: Installation):
    park_everything(synced)
    synced.run("deliver")
    first, second, third = [str(effect["id"]) for effect in synced.json("effect", "list")][:3]

    refused = synced.run("effect", "retry", first, "99999")
    assert (refused.code, refused.err) == (2, "There is no effect 99999.\n")
    assert synced.json("effect", "list", "--state", "waiting") == []
    one = synced.run("effect", "retry", first)
    assert (one.code, one.out) == (*(0, f"Effect {first} is due again: “rp-connect deliver” sends it.\n"),)
    both = synced.run("effect", "retry", second, third, second)
    assert (both.code, both.out) == (0, "2 effects are due again: “rp-connect deliver” sends them.\n")
    waiting = [str(effect["id"]) for effect in synced.json("effect", "list", "--state", "waiting")]
    assert waiting == [first, second, third]
    assert synced.run("effect", "retry").code == 2


def test_a_pull_with_nothing_new_says_so(synced: Installation):
    synced.run("deliver")
    (school,) = synced.json("pull")["schools"]
    assert list(school)[:7] == [
        "school", "done", "reopened", "replanned", "reassigned", "recreated", "asked",
    ]  # fmt: skip
    assert synced.run("pull").out == "northwick  nothing changed there\n"


def test_a_task_that_somebody_completed_in_the_workspace_comes_home(synced: Installation):
    synced.run("deliver")
    file = next((synced.folder / "northwick/workspace/tasks").glob("*written-notice*"))
    text = file.read_bytes()
    file.write_bytes(text.replace(b"STATUS:NEEDS-ACTION", b"STATUS:COMPLETED"))
    (school,) = synced.json("pull")["schools"]
    assert school["done"] == 1
    assert len(synced.json("task", "list", "--state", "done")) == 1


def test_setting_up_a_workspace_may_be_done_twice(synced: Installation):
    for _ in range(2):
        answer = synced.run("setup", "local")
        assert answer.code == 0
        assert answer.out.startswith("northwick\n  ✓ ")


def test_a_workspace_that_no_school_uses_cannot_be_set_up(synced: Installation):
    answer = synced.run("setup", "microsoft365")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "No school uses the workspace “microsoft365”.\n"
    assert synced.run("setup", "local", "--school", "westmoor").code == 2
