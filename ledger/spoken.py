"""Spoken columns: the fields that every table of a kind has a column for (表中有的栏目)."""

from collections.abc import Iterable

from ledger.rows import sheet_of
from ledger.tables import Table, TableKind


def spoken_columns(tables: Iterable[Table], kind: TableKind) -> frozenset[str]:
    """Give the fields whose column is there in every table of a kind, and is not all empty."""
    wanted = (kind, TableKind.COMBINED)
    present = [sheet_of(table, kind).present for table in tables if table.kind in wanted]
    return frozenset.intersection(*present) if present else frozenset()
