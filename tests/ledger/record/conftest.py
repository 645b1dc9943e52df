"""Two databases for every test of the store: migrated once a session, a fresh copy a test.

``store`` is an open store on SQLite and on PostgreSQL in turn; ``where`` is only the place of
such a database, with its keys in ``keys_folder``. The clock of both is ``Clock``: it stands.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.record.engine import FILE
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from tests.ledger.record.scratch import notes, scratch
from tests.postgres import running_postgres

NOW = datetime(2021, 9, 15, 8, 30, tzinfo=UTC)
_KEPT = ("installation", "alembic_version")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Path:
    """Migrate a SQLite database once; its copies are the tests' databases."""
    folder = tmp_path_factory.mktemp("record")
    store = Store.create(folder / "data", KeyRing.load(folder / "keys"), Clock())
    store.engine.dispose()
    store.close()
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run PostgreSQL; give the URL with ``{}`` for the name of a database."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_made_once(postgres, made_once) -> str:
    """Migrate a PostgreSQL database once, with the same keys."""
    _run(postgres, "CREATE DATABASE made_once")
    url = postgres.format("made_once")
    _run(url, "CREATE SCHEMA kept")
    store = Store.create(url, KeyRing.load(made_once / "keys"), Clock())
    store.close()
    for table in _KEPT:
        _run(url, f"CREATE TABLE kept.{table} AS SELECT * FROM {table}")
    return "made_once"


@pytest.fixture(scope="session")
def postgres_empty(postgres) -> str:
    """Make a PostgreSQL database without a table; whoever fills it empties it."""
    _run(postgres, "CREATE DATABASE nothing_yet")
    return postgres.format("nothing_yet")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys_folder(tmp_path, made_once) -> Path:
    return Path(shutil.copytree(made_once / "keys", tmp_path / "keys"))


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path, made_once) -> Iterator[Path | str]:
    """Give the place of a fresh, migrated database."""
    if request.param == "sqlite":
        folder = tmp_path / "data"
        folder.mkdir()
        shutil.copy(made_once / "data" / FILE, folder / FILE)
        yield folder
        return
    server = request.getfixturevalue("postgres")
    yield server.format(request.getfixturevalue("postgres_made_once"))
    _empty(server.format("made_once"))


@pytest.fixture
def empty_where(request, where, tmp_path) -> Iterator[Path | str]:
    """Give the place of a database that nobody has made yet, of the same kind as ``where``."""
    if isinstance(where, Path):
        yield tmp_path / "other"
        return
    url = request.getfixturevalue("postgres_empty")
    yield url
    _run(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture
def store(where, keys_folder, clock) -> Iterator[Store]:
    """Give an open store on each database in turn."""
    opened = Store.open(where, KeyRing.load(keys_folder), clock)
    yield opened
    opened.close()


def _empty(url: str) -> None:
    """Take out the rows of a test, past every trigger, which is far quicker than a new copy."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f'DELETE FROM "{table}"')
        for table in _KEPT:
            connection.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")


def _run(server: str, statement: str) -> None:
    import psycopg

    url = server.format("postgres").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def noted(store, monkeypatch) -> Iterator[Store]:
    """Give a store with one more table, of notes on people, that restores know too."""
    from ledger.record import erasure, migrate, restore

    personal = {notes: tuple(column for column in notes.columns if "person" in column.info)}
    monkeypatch.setattr(erasure, "personal_columns", lambda: personal)

    def with_notes(connection, revision="head"):
        migrate.upgrade(connection, revision)
        scratch.create_all(connection)

    monkeypatch.setattr(restore, "upgrade", with_notes)
    scratch.create_all(store.engine)
    yield store
    scratch.drop_all(store.engine)
