"""`check` on a terminal and as JSON; what it looks for is tested with its service."""

from __future__ import annotations

from tests.cli.installation import PUPILS, Installation


def test_the_json_has_exactly_the_promised_keys_in_their_order(synced: Installation):
    found = synced.json("check")
    assert list(found) == ["ok", "plugins", "effects", "schools", "pages"]
    assert list(found["effects"]) == ["waiting", "parked"]
    assert list(found["plugins"][0]) == ["name", "version", "hooks", "fault"]
    assert list(found["schools"][0])[:8] == [
        "school", "calendar_until", "capabilities", "not_granted", "unmapped", "held", "permissions_missing",
        "problems",
    ]  # fmt: skip
    assert found["ok"] is True
    assert found["schools"][0]["calendar_until"] == "2027-07-21"


def test_a_person_reads_whole_sentences_that_make_sense_without_their_marks(synced: Installation):
    answer = synced.run("check")
    assert answer.code == 0
    assert "  ✓ School days are loaded until 21 July 2027.\n" in answer.out
    assert "  ✓ Nothing needs a person here.\n" in answer.out
    assert answer.out.endswith("\nNothing needs a person.\n")
    assert max(map(len, answer.out.splitlines())) <= 80


def test_what_needs_a_person_is_marked_and_still_exits_with_nought(installation: Installation):
    installation.drop("pupils.csv", PUPILS.replace("H801200001001", "A801200001001"))
    installation.run("sync")
    answer = installation.run("check")
    assert answer.code == 0
    assert "  ✗ 1 pupil with a wrong UPN in the MIS: P-1.\n" in answer.out
    assert installation.json("check")["ok"] is False


def test_a_setting_that_nobody_knows_is_one_sentence_with_its_line(installation: Installation):
    with installation.config.open("a") as file:
        file.write('\n[school.biscuits]\nkind = "digestive"\n')
    answer = installation.run("check", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "biscuits" in answer.err
    line = installation.config.read_text().splitlines().index("[school.biscuits]") + 1
    assert f"line {line}:" in answer.err
    assert answer.err.count("\n") == 1


def test_a_plugin_that_is_not_installed_is_one_sentence(installation: Installation):
    text = installation.config.read_text()
    installation.config.write_text(text.replace('mis = "file_drop"', 'mis = "abacus"', 1))
    answer = installation.run("check")
    assert (answer.code, answer.out) == (2, "")
    assert "abacus" in answer.err


def test_a_policy_that_nobody_registered_is_one_sentence(installation: Installation):
    text = installation.config.read_text()
    installation.config.write_text(text.replace('mis = "file_drop"', 'mis = "file_drop"\npolicy = "wales"'))
    answer = installation.run("task", "list")
    assert (answer.code, answer.out) == (2, "")
    assert "wales" in answer.err


def test_an_adapters_own_table_is_checked_by_the_adapter(installation: Installation):
    text = installation.config.read_text()
    installation.config.write_text(text.replace("[school.local]", "[school.local]\ncolour = 4"))
    answer = installation.run("check")
    assert (answer.code, answer.out) == (2, "")
    assert "colour" in answer.err
    assert not (installation.folder / "rp-connect.db").exists()


def test_a_store_that_cannot_be_opened_is_a_fault(installation: Installation):
    (installation.folder / "rp-connect.db").mkdir()
    answer = installation.run("check", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.count("\n") == 1
