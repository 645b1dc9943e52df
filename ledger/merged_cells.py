"""What merged cells mean for the rows they cover (合并单元格).

A township, category or guardian written once over several rows holds for each of them. A name
or an ID written once over several rows does not: two people are not one, so it stays on the
first row and the officer is told.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from ledger.data_rows import is_blank
from ledger.fence import Sheet
from ledger.headings import ReadHeadings
from ledger.tables import Column, TableKind, Value

_MOST_VISITED = 1_500_000  # a bound for sheets made to keep us busy
_OWN_IDENTITY = {
    TableKind.CHILDREN: {"name", "resident_id", "number"},
    TableKind.COMBINED: {"name", "resident_id", "number"},
    TableKind.CAREGIVERS: {"name", "resident_id", "number"},
    TableKind.PAIRS: {"child_name", "child_resident_id", "child_number"},
}

NumberedValues = tuple[int, tuple[Value, ...]]


@dataclass(slots=True)
class Filled:
    """Rows after filling; the rows filled (``spread``) and left blank (``left``), by column."""

    rows: list[NumberedValues]
    spread: dict[Column, list[int]] = field(default_factory=dict)
    left: dict[Column, list[int]] = field(default_factory=dict)


def fill_merged(read: ReadHeadings, rows: list[NumberedValues], sheet: Sheet) -> Filled:
    """Fill what a merge shows into the rows below its first, where that is right."""
    places = {column.number: place for place, column in enumerate(read.columns)}
    at = {number: index for index, (number, _) in enumerate(rows)}
    numbers = sorted(at)
    left_to_visit = _MOST_VISITED
    top_rows = dict(sheet.rows)
    cells = [list(values) for _, values in rows]
    filled = Filled([])
    for top, left, bottom, _ in sheet.merges:
        place = places.get(left)
        if place is None or bottom == top or read.columns[place].field in (None, "row_number"):
            continue
        values = top_rows.get(top, [])
        shown = values[left - 1] if left <= len(values) else None
        covered = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
        left_to_visit -= len(covered) + 1
        if left_to_visit < 0:
            break
        _spread(filled, read, place, shown, [(n, cells[at[n]]) for n in covered])
    filled.rows = [(number, tuple(row)) for (number, _), row in zip(rows, cells, strict=True)]
    return filled


def _spread(
    filled: Filled,
    read: ReadHeadings,
    place: int,
    shown: Value,
    covered: list[tuple[int, list[Value]]],
) -> None:
    if is_blank(shown):
        return
    column = read.columns[place]
    keep = not _may_spread(read.kind, column.field)
    for number, values in covered:
        if is_blank(values[place]):
            (filled.left if keep else filled.spread).setdefault(column, []).append(number)
            if not keep:
                values[place] = shown


def _may_spread(kind: TableKind, name: str | None) -> bool:
    if kind is TableKind.DECLARATIONS:
        return name == "unit"  # a merged total is one total
    return name not in _OWN_IDENTITY[kind]
