"""`store copy`: the move from the terminal."""

from __future__ import annotations


def test_a_laptop_moves_to_a_server_and_goes_on_there(synced, postgres_url):
    before = synced.run("case", "list", "--json").json

    moved = synced.run("store", "copy", "--to", "env:NEW_STORE", NEW_STORE=postgres_url)

    assert (moved.code, moved.err) == (0, "")
    assert "copied and compared, table by table" in moved.out
    config = synced.folder / "rp-connect.toml"
    config.write_text(config.read_text().replace('"sqlite:///rp-connect.db"', '"env:NEW_STORE"'))
    there = synced.run("case", "list", "--json", NEW_STORE=postgres_url)
    assert there.json == before
    assert len(before) == 2
    again = synced.run("store", "copy", "--from", "sqlite:///rp-connect.db", "--to", "env:NEW_STORE",
                       NEW_STORE=postgres_url)  # fmt: skip
    assert (again.code, again.out) == (1, "")
    assert "is not empty" in again.err


def test_every_table_is_named_with_its_rows_and_digest(synced):
    found = synced.run("store", "copy", "--to", "sqlite:///new.db", "--json").json

    assert {"table": "staff", "rows": 0, "sha256": "0" * 64} in found
    assert {one["table"]: one["rows"] for one in found}["pupils"] == 3


def test_a_store_is_not_copied_onto_itself(synced):
    answer = synced.run("store", "copy", "--to", "sqlite:///rp-connect.db")

    assert (answer.code, answer.err) == (2, "--to names the very store that is to be copied.\n")


def test_an_address_that_is_none_is_refused_without_repeating_it(synced):
    answer = synced.run("store", "copy", "--to", "mysql://root:canary@db/x")

    assert answer.code == 2
    assert answer.err.startswith("--to must begin with sqlite:///")
    assert "canary" not in answer.err
