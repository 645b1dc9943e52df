"""The stories of the store play on both databases; those of the city share one city."""

from pathlib import Path

import pytest

from ledger.sample_files import write_sample
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


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a city of 41 units, with its forms, teams and closures; only to read."""
    folder: Path = tmp_path_factory.mktemp("city")
    write_sample(folder, city=True)
    return folder
