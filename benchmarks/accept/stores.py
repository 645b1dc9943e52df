"""Fresh stores on both databases, PostgreSQL from the wheel as the tests run it.

Its server runs with ``fsync`` on here, unlike in the tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def both_databases(folder: Path) -> Iterator[tuple[str, Store]]:
    """Make a store on each database in turn, and close it after."""
    with places(folder) as here:
        for name, (where, keys) in here.items():
            store = Store.create(where, KeyRing.load(keys))
            try:
                yield name, store
            finally:
                store.close()
