"""Sameness: in what two rows about one person differ (重复行比对).

Rows are compared only in columns that both tables have: a column that is not there says
nothing. So a short list and a full ledger of the same people do not contradict each other.
"""

from collections.abc import Iterable
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


def differing(one: Judged, other: Judged) -> tuple[str, ...]:
    """Give the headings of the columns in which two rows contradict each other."""
    if one.record is None or other.record is None:
        return _differing_cells(one, other)
    both = one.row.sheet.present & other.row.sheet.present
    columns = [
        column
        for attribute, column in _compared(one.record)
        if column in both and getattr(one.record, attribute) != getattr(other.record, attribute)
    ]
    if _points_differ(one.record, other.record):
        columns.append("lon" if "lon" in both else "coordinates")
    return tuple(one.row.sheet.where(0, column).column for column in dict.fromkeys(columns))


def joined(rows: Iterable[Judged]) -> Judged:
    """Join rows that do not contradict each other: the fullest, with what only others say."""
    first, *rest = sorted(rows, key=lambda row: (-len(row.row.sheet.present), row.row.where))
    for other in rest:
        if first.record is None or other.record is None:
            break
        present = first.row.sheet.present
        changes = {
            attribute: getattr(other.record, attribute)
            for attribute, column in _compared(first.record)
            if column not in present and column in other.row.sheet.present
        }
        home = _joined_home(first.record, other.record, present)
        first.record = replace(first.record, **changes, home=home)
    return first


def _joined_home(first: Record, other: Record, present: frozenset[str]) -> Home:
    home, more = first.home, other.home
    if "village" not in present:
        home = replace(home, village=more.village)
    if more.precision.is_measurable and not home.precision.is_measurable:
        home = replace(home, place=more.place, precision=more.precision)
    return home


def _compared(record: Record) -> Iterable[tuple[str, str]]:
    """Yield each attribute that a column fills, and the column's field."""
    for field in fields(record):
        if field.name not in _NOT_COMPARED:
            yield field.name, _COLUMN.get(field.name, field.name)


def _points_differ(one: Record, other: Record) -> bool:
    homes = one.home, other.home
    return homes[0].place != homes[1].place and all(h.precision.is_measurable for h in homes)


def _differing_cells(one: Judged, other: Judged) -> tuple[str, ...]:
    """Compare two rows as written; a row that waits has no record to compare."""
    a = {name: said(value) for name, value in written_cells(one.row.sheet, one.row.row)}
    b = {name: said(value) for name, value in written_cells(other.row.sheet, other.row.row)}
    return tuple(name for name in dict.fromkeys((*a, *b)) if a.get(name, "") != b.get(name, ""))
