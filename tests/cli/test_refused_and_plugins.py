"""`refused` and `plugins`."""

from __future__ import annotations

from tests.cli.installation import SUSPENSIONS, Installation, run, spawn


def test_a_refused_record_is_named_by_key_and_reason_never_by_contents(installation: Installation):
    installation.drop("suspensions.csv", SUSPENSIONS + "S-9,P-1,SUSP,PP,Canarybird,2026-11-11,AM,4\n")
    installation.run("sync")
    (refused,) = installation.json("refused")
    assert list(refused) == ["school", "source", "kind", "key", "reason", "first_seen"]
    assert (refused["school"], refused["source"], refused["kind"]) == ("northwick", "file_drop", "suspension")
    assert "S-9" in refused["key"]
    assert refused["first_seen"] == "2026-11-12T10:00:00+00:00"
    shown = installation.run("refused").out
    assert "S-9" in shown
    assert refused["reason"] in shown


def test_where_everything_could_be_read_it_says_so(synced: Installation):
    assert synced.json("refused") == []
    assert synced.run("refused").out == "Every record could be read.\n"


def test_the_built_in_plugins_are_listed_without_any_configuration(tmp_path):
    plugins = run("plugins", "--json", folder=tmp_path).json
    keys = ["name", "version", "hooks", "fault", "fields"]
    assert [list(plugin) for plugin in plugins] == [keys] * len(plugins)
    assert {"rp_england", "rp_file_drop", "rp_local"} <= {plugin["name"] for plugin in plugins}
    assert not [plugin for plugin in plugins if plugin["fault"]]


def test_a_person_reads_them_as_a_table(tmp_path):
    lines = run("plugins", folder=tmp_path).out.splitlines()
    assert lines[0].split() == ["Name", "Version", "Hooks"]
    assert any("rp_file_drop" in line and "register_mis" in line for line in lines)


def test_a_plugin_that_fails_to_load_is_named_and_the_others_go_on(tmp_path):
    broken = tmp_path / "site"
    (broken / "rp_broken-1.0.dist-info").mkdir(parents=True)
    (broken / "rp_broken-1.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: rp-broken\nVersion: 1.0\n"
    )
    (broken / "rp_broken-1.0.dist-info/entry_points.txt").write_text(
        "[rp_connect]\nrp_broken = rp_broken.plugin\n"
    )
    answer = spawn("plugins", "--json", folder=tmp_path, PYTHONPATH=str(broken))
    faults = {plugin["name"]: plugin["fault"] for plugin in answer.json}
    assert answer.code == 0
    assert faults["rp_broken"].startswith("rp_broken is parked: ")
    assert faults["rp_file_drop"] is None
