"""Schema: one MetaData for all tables, and the columns they share.

Tables live in ``*_tables.py`` by noun and come with a revision in ``migrations/versions``.
Rules for every table, which backups and erasure rely on:

* no automatic numbers: ids are random text, made by ``Book.new_id``;
* times are ``Moment``, days ``Date``, choices and JSON are text: the same on both databases;
* what is sealed for a person or found by her says so (``sealed``, ``lookup``, ``of_person``),
  so that erasing her finds it.
"""

import importlib
import pkgutil
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Dialect, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_T = TypeVar("_T")
ID_LENGTH = 32


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, kept as text of one length, so that order in text is order in time."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write a moment; one without a time zone is our own fault."""
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read a moment, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def moment_text(moment: datetime) -> str:
    """Write a moment as the database keeps it."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    at = moment.astimezone(UTC).replace(tzinfo=None)
    return at.isoformat(timespec="microseconds") + "Z"


def id_column(name: str = "id", **given: Any) -> Column[str]:
    """Give the column of a random id; the primary key unless told otherwise."""
    given.setdefault("primary_key", "nullable" not in given)
    return Column(name, String(ID_LENGTH), **given)


def version_column() -> Column[int]:
    """Give the column of the version that ``Book.update`` checks and raises."""
    return Column("version", Integer, nullable=False, default=1)


def of_person(column: Column[_T], person: str) -> Column[_T]:
    """Mark a column as emptied when the person named in column ``person`` is erased."""
    column.info["person"] = person
    column.nullable = True
    return column


def sealed(name: str, person: str = "person_id") -> Column[bytes]:
    """Give a column of ``Vault.seal`` for the person named in another column of the row."""
    column = of_person(Column(name, LargeBinary), person)
    column.info["sealed"] = True
    return column


def lookup(name: str, person: str = "person_id", **given: Any) -> Column[bytes]:
    """Give a column of ``Vault.lookup``, to find a person by an exact number."""
    return of_person(Column(name, LargeBinary, **given), person)


def load_tables() -> MetaData:
    """Import every module of tables and give the metadata, whole."""
    import ledger.record as room

    for module in pkgutil.iter_modules(room.__path__):
        if module.name.endswith("_tables"):
            importlib.import_module(f"ledger.record.{module.name}")
    return metadata


def personal_columns() -> dict[Table, tuple[Column[Any], ...]]:
    """Give, for each table, the columns that are emptied when a person is erased."""
    found = {
        table: tuple(column for column in table.columns if "person" in column.info)
        for table in load_tables().sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}
