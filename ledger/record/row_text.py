"""Rows as text: the same line for the same row, whichever database it comes from.

The digest of a table does not depend on the order of its rows, since two databases need not
sort alike.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select

_APART = frozenset({"alembic_version"})
_BATCH = 2_000


@dataclass(slots=True)
class Digest:
    """How many rows a table has, and the sum of the hashes of their lines."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """Count one more row."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line).digest(), "big")) % (1 << 256)

    def as_json(self) -> list[object]:
        """Give it for the last line of a backup."""
        return [self.rows, f"{self.total:064x}"]


def tables_of(connection: Connection) -> tuple[Table, ...]:
    """Read the tables as they stand in a database, sorted by name."""
    found = MetaData()
    found.reflect(connection)
    names = sorted(name for name in found.tables if name not in _APART)
    return tuple(found.tables[name] for name in names)


def columns_of(table: Table) -> list[str]:
    """Give a table's columns in the order that lines have."""
    return sorted(table.columns.keys())


def lines_of(connection: Connection, table: Table) -> Iterable[list[object]]:
    """Give the rows of a table as lists of plain values."""
    query = select(*(table.c[name] for name in columns_of(table)))
    for row in connection.execute(query, execution_options={"yield_per": _BATCH}):
        yield [plain(value) for value in row]


def plain(value: Any) -> object:
    """Turn a value into JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    raise TypeError(f"tables do not hold {type(value).__name__}: see schema")


def value_of(told: Any) -> object:
    """Turn JSON back into the value."""
    if not isinstance(told, Mapping):
        return told
    ((kind, text),) = told.items()
    if kind == "b":
        return base64.b64decode(text)
    return date.fromisoformat(text) if kind == "d" else Decimal(text)
