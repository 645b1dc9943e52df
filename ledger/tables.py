"""Tables: what was found on the sheets of a file, before anybody judges it.

A cell is the plain Python value the file holds: text, number, truth value, date, or None for
an empty cell. ``rows`` are data rows only: titles, headings, blank and 合计 rows are not.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Value = str | float | int | bool | date | datetime | None


class TableKind(StrEnum):
    """What a table is a ledger of; COMBINED has child and caregiver in one row."""

    CHILDREN = "children"
    CAREGIVERS = "caregivers"
    PAIRS = "pairs"
    COMBINED = "combined"
    DECLARATIONS = "declarations"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: where it is, what it is called, and the field it is read as.

    ``number`` counts from 1; ``field`` is None for a column nobody asked for.
    """

    number: int
    heading: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: ``number`` as in Excel, values in the order of the table's columns."""

    number: int
    values: tuple[Value, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table found on a sheet.

    Attributes
    ----------
    title
        Text above the heading, where offices write the unit and the date.
    """

    file: str
    sheet: str
    kind: TableKind
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    title: str = ""
    sheet_hidden: bool = False
