"""Opening a store brings its schema up to date, whoever else opens it, and refuses what it does not know."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from rp_connect.errors import ConfigError, StoreError
from rp_connect.storage.schema import HEAD, MIGRATIONS
from rp_connect.storage.store import open_store
from rp_connect.storage.tables import metadata
from tests.storage.elsewhere import elsewhere
from tests.storage.samples import SCHOOL, STATE


@pytest.fixture
def url(empty_url):
    """Nothing is there before the test itself opens it."""
    return empty_url


@pytest.fixture
def engine(url):
    found = sa.create_engine(url)
    yield found
    found.dispose()


def alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def test_several_processes_may_open_a_brand_new_store_at_once(url):
    with ExitStack() as stack:
        others = [stack.enter_context(elsewhere("opened", url)) for _ in range(5)]
        assert [other.says() for other in others] == ["opened"] * 5

    store = open_store(url)
    with store.begin() as work:
        assert work.cases.next_ref(2026) == "RP-2026-0006"
    store.close()


def test_the_migrations_build_what_the_tables_say(url, engine):
    open_store(url).close()

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_that_we_ask_for():
    assert ScriptDirectory.from_config(alembic()).get_heads() == [HEAD]


def test_an_older_store_is_upgraded_and_keeps_what_it_holds(url, engine):
    with engine.begin() as connection:
        config = alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            sa.text("INSERT INTO schools (school, passes, basis, unmapped) VALUES ('old', 7, '', '[]')")
        )

    store = open_store(url)
    with store.begin() as work:
        assert work.schools.state("old").passes == 7
        assert work.cases.next_ref(2026) == "RP-2026-0001"
    store.close()


def test_several_new_processes_may_upgrade_an_old_store_at_once(url, engine):
    with engine.begin() as connection:
        config = alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")

    with ExitStack() as stack:
        others = [stack.enter_context(elsewhere("opened", url)) for _ in range(4)]
        assert [other.says() for other in others] == ["opened"] * 4

    with engine.connect() as connection:
        assert connection.scalars(sa.text("SELECT version_num FROM alembic_version")).all() == [HEAD]


def test_an_upgrade_takes_nothing_away_from_the_version_before_it():
    """While old and new copies overlap, the old ones go on with the columns that they know."""
    taken = [
        (path.name, call)
        for path in sorted(MIGRATIONS.glob("versions/*.py"))
        for call in re.findall(
            r"\.(drop_table|drop_column|alter_column|rename_table)\(", path.read_text(encoding="utf-8")
        )
    ]

    assert len(list(MIGRATIONS.glob("versions/*.py"))) >= 4
    assert taken == []


def test_a_store_of_a_newer_program_is_refused(url, engine):
    open_store(url).close()
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert str(caught.value) == (
        "The store was written by a newer rp-connect than this one: upgrade rp-connect here."
    )
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"


def test_what_is_stored_is_there_when_it_is_opened_again(url):
    store = open_store(url)
    with store.begin() as work:
        work.schools.put(STATE)
        work.commit()
    store.close()

    again = open_store(url)
    with again.read() as work:
        assert work.schools.state(SCHOOL) == STATE
    again.close()


def test_an_up_to_date_store_opens_while_another_process_writes(url):
    open_store(url).close()
    with elsewhere("hold_writing", url) as other:
        assert other.says() == "writing"
        open_store(url).close()


def test_opening_an_up_to_date_store_loads_neither_alembic_nor_an_orm(url):
    open_store(url).close()
    program = (
        "import sys; from rp_connect.storage.store import open_store; s = open_store(sys.argv[1])\n"
        "with s.begin() as work: work.commit()\n"
        "print(*{'alembic', 'sqlalchemy.orm', 'rp_connect.storage.' + sys.argv[2]} & set(sys.modules))"
    )
    other = "postgres" if url.startswith("sqlite") else "sqlite"
    loaded = subprocess.run(
        [sys.executable, "-c", program, url, other], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.split() == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path}/nowhere/store.db")

    assert str(caught.value) == f"The folder of the store does not exist: {tmp_path}/nowhere."


def test_a_store_is_opened_from_wherever_the_program_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///a b 50%.db").close()

    assert sorted(path.name for path in Path().iterdir()) == ["a b 50%.db", "a b 50%.db.schema.lock"]


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    (tmp_path / "store.db").write_text("Dear diary, " * 100)

    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path}/store.db")
    assert str(caught.value) == "The store's file is damaged, or is not a database."
    assert (tmp_path / "store.db").read_text() == "Dear diary, " * 100


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("secret words", "store.url is not an address: sqlite:///… or postgresql+psycopg://… is needed."),
        ("mysql://u:secret@h/d", "store.url names “mysql”: only sqlite and postgresql+psycopg are known."),
        ("sqlite://", "store.url names no file: the store needs one, as in sqlite:///rp-connect.db."),
        (
            "sqlite:///:memory:",
            "store.url names no file: the store needs one, as in sqlite:///rp-connect.db.",
        ),
    ],
)
def test_an_address_that_we_cannot_use_is_a_sentence_without_its_secrets(address, sentence):
    with pytest.raises(ConfigError) as caught:
        open_store(address)

    assert str(caught.value) == sentence
