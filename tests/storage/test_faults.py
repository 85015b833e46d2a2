"""Whatever goes wrong in a database reaches people as one sentence, with nothing of what is stored in it."""

from __future__ import annotations

import re
import socket
import sqlite3
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from rp_connect.domain.calendar import Half
from rp_connect.errors import StoreError
from rp_connect.storage.faults import ClashError, explained
from rp_connect.storage.store import open_store
from tests.postgres_server import PostgresServer
from tests.storage.samples import (
    BARE_PUPIL,
    CANARY,
    MEETING,
    MIS,
    SCHOOL,
    add_pupils,
    bare_case,
    bare_suspension,
    full_task,
)

NAIVE = MEETING.at.replace(tzinfo=None)
SENTENCE = re.compile(r"[A-Z][^\n]*[^.\n]\.")


def told(caught: pytest.ExceptionInfo[StoreError]) -> str:
    """The sentence, once it is certain that no more is told than that."""
    error = caught.value
    assert SENTENCE.fullmatch(str(error)), str(error)
    for text in (str(error), repr(error), *traceback.format_exception(error)):
        assert CANARY not in text
        assert "INSERT" not in text
    return str(error)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda work: work.cases.add(replace(bare_case(), kind=CANARY)),
            "Another writer was quicker with the same record: nothing was written, try again.",
        ),
        (
            lambda work: work.meetings.put(replace(MEETING, case="RP-2026-0404", place=CANARY)),
            "A record points to one that the store does not hold: nothing was written.",
        ),
        (
            lambda work: work.suspensions.put([bare_suspension(404, CANARY)]),
            "A record points to one that the store does not hold: nothing was written.",
        ),
        (
            lambda work: work.pupils.put(SCHOOL, MIS, [name(f"{CANARY}\ud800")]),
            "A record has a value that the store cannot hold: nothing was written.",
        ),
        (
            lambda work: work.tasks.put([replace(full_task(), title=CANARY, occurrence=2**70)]),
            "A record has a value that the store cannot hold: nothing was written.",
        ),
        (
            lambda work: work.tasks.put([replace(full_task(), title=CANARY, closed_at=NAIVE)]),
            "A record has a value that the store cannot hold: nothing was written.",
        ),
    ],
)
def test_a_record_that_does_not_fit_is_told_in_a_sentence_and_not_stored(store, spoil, sentence):
    with store.begin() as work:
        work.cases.add(bare_case())
        work.commit()

    with store.begin() as work:
        with pytest.raises(StoreError) as caught:
            spoil(work)
        assert told(caught) == sentence
    with store.read() as work:
        assert list(work.cases.every()) == [bare_case()]
        assert list(work.pupils.every(SCHOOL)) == []


def name(given: str):
    return BARE_PUPIL.model_copy(update={"given_name": given})


def test_postgresql_does_not_take_a_zero_letter(postgres_store_url):
    store = open_store(postgres_store_url)
    with store.begin() as work:
        with pytest.raises(StoreError) as caught:
            work.pupils.put(SCHOOL, MIS, [name(f"{CANARY}\0")])
        assert told(caught) == "A record has a value that the store cannot hold: nothing was written."
    with store.begin() as work:
        [pupil] = add_pupils(work, "a")
        with pytest.raises(StoreError) as caught:
            work.marks.put(SCHOOL, [(pupil, NAIVE.date(), Half.AM, f"{CANARY}\0")])
        assert told(caught) == "A record has a value that the store cannot hold: nothing was written."
    store.close()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "any.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a TEXT UNIQUE)")
    connection.close()
    return path


@pytest.mark.parametrize(
    ("how", "before", "sentence"),
    [
        ("mode=ro", "SELECT 1", "The store is read-only: nothing was written."),
        ("mode=rw", "PRAGMA query_only = ON", "The store is read-only: nothing was written."),
        ("mode=rw", "PRAGMA max_page_count = 2", "The disk of the store is full: nothing was written."),
    ],
)
def test_what_sqlite_refuses_is_sorted_by_cause(file, how, before, sentence):
    connection = sqlite3.connect(f"file:{file}?{how}", uri=True)
    connection.execute(before)
    with pytest.raises(StoreError) as caught, explained(sqlite3.Error):
        connection.execute("INSERT INTO t VALUES (?)", (CANARY * 5000,))
    connection.close()

    assert told(caught) == sentence


def test_a_lock_that_lasts_too_long_is_told(file):
    holder, waiting = (sqlite3.connect(file, timeout=0.05, isolation_level=None) for _ in range(2))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught, explained(sqlite3.Error):
        waiting.execute("BEGIN IMMEDIATE")
    for connection in (holder, waiting):
        connection.close()

    assert (
        told(caught)
        == "The store is locked by another process and stayed so: nothing was written, try again."
    )


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    (tmp_path / "store.db").mkdir()
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path}/store.db")

    assert (
        told(caught) == "The store's file cannot be opened: its folder or its permissions stand in the way."
    )


@pytest.mark.parametrize(
    ("part", "other", "sentence"),
    [
        ("/test_", "/nowhere_", "The database that the settings name does not exist on its server."),
        (
            "postgres:",
            "postgres:x",
            "The database server refuses us: the user, the password or a permission is wrong.",
        ),
        (
            "127.0.0.1:",
            "127.0.0.1:1",
            "The connection to the database server was lost, or could not be made.",
        ),
    ],
)
def test_a_server_that_does_not_let_us_in_is_sorted_by_cause(postgres_url, part, other, sentence):
    scheme, _, rest = postgres_url.partition("//")
    wrong = rest.replace(part, other, 1) if other != "127.0.0.1:1" else re.sub(r":\d+/", ":1/", rest)
    with pytest.raises(StoreError) as caught:
        open_store(f"{scheme}//{wrong}")

    assert told(caught) == sentence


def answering(listener: socket.socket, answer: bytes) -> None:
    """A server that says `answer` to whoever knocks."""
    caller, _ = listener.accept()
    caller.recv(64)
    caller.sendall(answer)
    caller.close()


def fatal(words: str) -> bytes:
    body = b"SFATAL\0VFATAL\0C28000\0M" + words.encode() + b"\0\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body


@pytest.mark.parametrize(
    ("words", "more", "sentence"),
    [
        ("S", "sslmode=verify-full&sslrootcert=/nowhere/root.crt", "could not be proven to be ours"),
        ("N", "sslmode=require", "could not be proven to be ours"),
        ('role "canary" does not exist', "sslmode=disable", "refuses us"),
        ('role "canary" is not permitted to log in', "sslmode=disable", "refuses us"),
        ('permission denied for database "canary"', "sslmode=disable", "refuses us"),
        ('too many connections for role "canary"', "sslmode=disable", "is out of room"),
        ('database "canary" does not exist', "sslmode=disable", "does not exist on its server"),
    ],
)
def test_who_is_not_proven_or_not_known_is_not_taken_for_a_missing_database(words, more, sentence):
    answer = words.encode() if len(words) == 1 else fatal(words)
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        answered = pool.submit(answering, listener, answer)
        with pytest.raises(StoreError) as caught:
            open_store(f"postgresql+psycopg://canary@127.0.0.1:{listener.getsockname()[1]}/canary?{more}")
        answered.result(10)

    assert sentence in told(caught)


def test_a_server_with_no_place_left_says_so_at_the_door(postgres, postgres_store_url):
    name = postgres_store_url.rpartition("/")[2]
    with psycopg.connect(postgres.url("postgres").replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE guest_{name} LOGIN PASSWORD 'canary' CONNECTION LIMIT 0")
        with pytest.raises(StoreError) as caught:
            open_store(f"postgresql+psycopg://guest_{name}:canary@127.0.0.1:{postgres.port}/{name}")
        admin.execute(f"DROP ROLE guest_{name}")

    assert told(caught) == "The database server is out of room, memory or connections: nothing was written."


def test_a_database_that_was_set_to_be_read_is_not_written_to_by_a_connection_that_read_before(
    postgres_store_url,
):
    name = postgres_store_url.rpartition("/")[2]
    with psycopg.connect(postgres_store_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    store = open_store(postgres_store_url)
    with store.read() as work:
        assert list(work.pupils.every(SCHOOL)) == []
    with store.begin() as work, pytest.raises(StoreError) as caught:
        add_pupils(work, "a")
    store.close()

    assert told(caught) == "The store is read-only: nothing was written."


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (
            ("SET default_transaction_read_only = on", "CREATE TABLE t ()"),
            "The store is read-only: nothing was written.",
        ),
        (
            ("SET statement_timeout = 1", "SELECT pg_sleep(9)"),
            "The database server stopped the work at its time limit: nothing was written.",
        ),
        (("SELECT 1", "SELECT nothing"), "The store could not do what was asked of it (42703)."),
    ],
)
def test_what_postgresql_refuses_is_sorted_by_cause(postgres_url, statements, sentence):
    address = postgres_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        before, statement = statements
        connection.execute(before)
        with pytest.raises(StoreError) as caught, explained(psycopg.Error):
            connection.execute(statement)

    assert told(caught) == sentence


def test_a_clash_is_a_fault_of_the_store():
    assert issubclass(ClashError, StoreError)


LOST = "The connection to the database server was lost, or could not be made."


@pytest.fixture
def server():
    """One that may be killed: it writes to the disk before it says that something is stored."""
    with PostgresServer() as own:
        own.create_database("own")
        yield own


def test_a_server_that_restarts_stops_the_work_at_hand_and_nothing_after_it(server):
    store = open_store(server.url("own"))
    with store.begin() as work:
        add_pupils(work, "a")
        server.restart()
        with pytest.raises(StoreError) as caught:
            add_pupils(work, "b")
        assert told(caught) == LOST

    with store.begin() as work:
        assert list(work.pupils.every(SCHOOL)) == []
        add_pupils(work, "c")
        work.commit()
    with store.read() as work:
        assert len(work.pupils.every(SCHOOL)) == 1
    store.close()


def test_while_the_server_is_away_each_way_in_says_so_and_works_again_after(server):
    store = open_store(server.url("own"))
    with store.begin() as work:
        work.commit()
    server.kill()
    for way in (store.begin, store.read, lambda: store.lock("deliver")):
        with pytest.raises(StoreError) as caught, way():
            pass
        assert told(caught) == LOST
    with pytest.raises(StoreError):
        store.now()

    server.start()
    for way in (store.begin, store.read, lambda: store.lock("deliver")):
        with way():
            pass
    store.now()
    store.close()


def test_a_commit_that_does_not_arrive_is_told(server):
    store = open_store(server.url("own"))
    with store.begin() as work:
        add_pupils(work, "a")
        server.kill()
        with pytest.raises(StoreError) as caught:
            work.commit()
        assert told(caught) == LOST
    server.start()
    with store.read() as work:
        assert list(work.pupils.every(SCHOOL)) == []
    store.close()
