"""Sameness: in what two rows about one person differ (重复行比对).

Rows are compared only in columns that both tables have: a column that is not there says
nothing. So a short list and a full ledger of the same people do not contradict each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from casework.people import Home
from casework.writing import said
from ledger.judged import Judged, Record
from ledger.rows import written_cells

_COLUMN = {
    "unit_name": "unit",
    "township_name": "township",
    "village_name": "village",
    "consent_on": "consent",
    "consent_given": "consent",
    "commitment_on": "commitment",
    "commitment_signed": "commitment",
}
_NOT_COMPARED = frozenset(("id", "where", "home"))


def contradictions(rows: Sequence[Judged]) -> tuple[str, ...]:
    """Give the headings of the columns in which rows about one person contradict each other."""
    if any(row.record is None for row in rows):
        return _differing_cells(rows)
    said_in: dict[str, set[object]] = defaultdict(set)
    for row in rows:
        assert row.record is not None
        for attribute, column in _compared(type(row.record)):
            if column in row.row.sheet.present:
                said_in[attribute].add(getattr(row.record, attribute))
    columns = [_COLUMN.get(name, name) for name, values in said_in.items() if len(values) > 1]
    homes = [row.record.home for row in rows if row.record]
    if len({home.place for home in homes if home.precision.is_measurable}) > 1:
        columns.append("lon")
    return tuple(dict.fromkeys(_heading(rows, column) for column in columns))


def as_said(row: Judged) -> str:
    """Give what a row says as one text, to put rows in an order that hangs on nothing else."""
    cells = written_cells(row.row.sheet, row.row.row)
    return repr(sorted((name, said(value)) for name, value in cells))


def joined(rows: Sequence[Judged]) -> Judged:
    """Join rows that do not contradict each other: the fullest, with what only others say."""
    first, *rest = sorted(rows, key=lambda row: (-len(row.row.sheet.present), as_said(row)))
    for other in rest:
        if first.record is None or other.record is None:
            break
        present = first.row.sheet.present
        changes = {
            attribute: getattr(other.record, attribute)
            for attribute, column in _compared(type(first.record))
            if column not in present and column in other.row.sheet.present
        }
        home = _joined_home(first.record, other.record, present)
        first.record = replace(first.record, **changes, home=home)
    return first


def _heading(rows: Iterable[Judged], column: str) -> str:
    """Give a column's heading as the first table that has it writes it."""
    names = ("lon", "coordinates") if column == "lon" else (column,)
    for row in rows:
        for name in names:
            if name in row.row.sheet.positions:
                return row.row.sheet.where(0, name).column
    return column


def _joined_home(first: Record, other: Record, present: frozenset[str]) -> Home:
    home, more = first.home, other.home
    if "village" not in present:
        home = replace(home, village=more.village)
    if more.precision.is_measurable and not home.precision.is_measurable:
        home = replace(home, place=more.place, precision=more.precision)
    return home


def _compared(kind: type[Record]) -> tuple[tuple[str, str], ...]:
    """Give each attribute that a column fills, and the column's field."""
    names = [field.name for field in fields(kind) if field.name not in _NOT_COMPARED]
    return tuple((name, _COLUMN.get(name, name)) for name in names)


def _differing_cells(rows: Iterable[Judged]) -> tuple[str, ...]:
    """Compare rows as written; a row that waits has no record to compare."""
    written = [
        {name: said(value) for name, value in written_cells(row.row.sheet, row.row.row)}
        for row in rows
    ]
    names = dict.fromkeys(name for cells in written for name in cells)
    return tuple(name for name in names if len({cells.get(name, "") for cells in written}) > 1)
