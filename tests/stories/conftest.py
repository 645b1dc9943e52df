"""The stories of the store play on both databases."""

from tests.ledger.record.conftest import (
    clock,
    keys_folder,
    made_once,
    postgres,
    postgres_made_once,
    store,
    where,
)

__all__ = [
    "clock",
    "keys_folder",
    "made_once",
    "postgres",
    "postgres_made_once",
    "store",
    "where",
]
