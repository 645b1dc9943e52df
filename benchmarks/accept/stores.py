"""Fresh stores on both databases, PostgreSQL from the wheel as the tests run it.

Its server runs with ``fsync`` on here, unlike in the tests.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url

from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from tests.postgres import running_postgres

Where = Path | str


@contextmanager
def places(folder: Path) -> Iterator[dict[str, tuple[Where, Path]]]:
    """Give where a store may be made on each database, and its keys."""
    with running_postgres(fsync=True) as url:
        yield {
            "SQLite": (folder / "sqlite" / "data", folder / "sqlite" / "keys"),
            "PostgreSQL": (url.format("postgres"), folder / "postgres" / "keys"),
        }


@contextmanager
def copied(where: Where, keys: Path, place: Path) -> Iterator[tuple[Where, Path]]:
    """Give a copy of a database that nobody has open and of its keys; take them away after.

    The keys know how long the trail was: with those of a later state it would be found cut.
    """
    own_keys = place.with_name(f"{place.name}-keys")
    shutil.copytree(keys, own_keys)
    with _copied(where, place) as copy:
        yield copy, own_keys
    shutil.rmtree(own_keys)


@contextmanager
def _copied(where: Where, place: Path) -> Iterator[Where]:
    if isinstance(where, Path):
        shutil.copytree(where, place)
        yield place
        shutil.rmtree(place)
        return
    url = make_url(where)
    admin = create_engine(url.set(database="template1"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{place.name}" TEMPLATE "{url.database}"')
    yield url.set(database=place.name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{place.name}" WITH (FORCE)')
    admin.dispose()


def both_databases(folder: Path) -> Iterator[tuple[str, Store]]:
    """Make a store on each database in turn, and close it after."""
    with places(folder) as here:
        for name, (where, keys) in here.items():
            store = Store.create(where, KeyRing.load(keys))
            try:
                yield name, store
            finally:
                store.close()
