"""From a sheet to its tables: headings, data rows, merged and hidden cells (找表).

Nothing is dropped in silence: what is not read as data is named in a finding.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casework.findings import Finding, Where
from ledger.columns import ledger_name
from ledger.data_rows import RowKind, is_blank, row_judge
from ledger.fence import Sheet
from ledger.heading_rows import HeadingBlock, find_heading_blocks
from ledger.headings import HeadingCell, ReadHeadings, decide_kind, read_headings
from ledger.kind_by_values import kind_by_values
from ledger.limits import Refusal
from ledger.merged_cells import fill_merged
from ledger.tables import Column, Row, Table, TableKind, Value
from ledger.tally import column_letters

_MOST_LISTED = 30
_LONGEST_HEADING = 20
_LONGEST_TITLE = 1_000
_MOST_TITLE_ROWS = 30
_MOST_TABLES = 200
_TITLE = re.compile(r"台账|名单|名册|[登统汇览况息报]\S?表|[单位日期]{2}\s*[:：]")
_OWNERS = {"child": ("儿童", "child"), "caregiver": ("爱心妈妈", "caregiver"),
           "guardian": ("监护人", "guardian")}  # fmt: skip
_KINDS_EN = {
    TableKind.CHILDREN: "children",
    TableKind.CAREGIVERS: "caregivers",
    TableKind.PAIRS: "pairs",
    TableKind.COMBINED: "children and caregivers",
    TableKind.DECLARATIONS: "declarations",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a sheet held."""

    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]


def find_tables(
    file: str,
    sheet: Sheet,
    kinds: frozenset[TableKind] | None = None,
    presumed: TableKind | None = None,
) -> Found:
    """Find the tables on a sheet.

    Parameters
    ----------
    file
        Base name of the file, for findings and as a hint of the kind.
    kinds
        Kinds that are wanted; None for all. A COMBINED table answers to CHILDREN, CAREGIVERS
        and PAIRS alike.
    presumed
        What the file was given as: decides where nothing in it does; None where that is not
        said, unless just one kind is wanted.

    Raises
    ------
    Refusal
        When there are more headings than any honest sheet has.
    """
    if presumed is None and kinds and len(kinds) == 1:
        presumed = next(iter(kinds))
    search = _Search(file, sheet, kinds, presumed)
    groups = _grouped(sheet, find_heading_blocks(sheet))
    if len(groups) > _MOST_TABLES:
        raise Refusal("too_large", what="表头", most=_MOST_TABLES)
    for group in groups:
        search.take(group)
    if search.tables or search.findings:
        search.tell_hidden()
    return Found(tuple(search.tables), tuple(search.findings))


def list_numbers(numbers: Iterable[int]) -> str:
    """Write row numbers shortly: 3、5-8、12."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    return "、".join(texts[:_MOST_LISTED]) + (" …" if len(texts) > _MOST_LISTED else "")


@dataclass(frozen=True, slots=True)
class _Group:
    """A heading, and the spans (first, past the last) of the rows under it and its repeats."""

    block: HeadingBlock
    title_from: int
    spans: list[tuple[int, int | None]]


def _grouped(sheet: Sheet, blocks: Sequence[HeadingBlock]) -> list[_Group]:
    """Join a heading that is repeated on every printed page with its first appearance."""
    groups: list[_Group] = []
    starts = [0, *(_title_start(sheet, a, b) for a, b in pairwise(blocks)), None]
    for at, block in enumerate(blocks):
        span = (block.last + 1, starts[at + 1])
        if groups and groups[-1].block.cells == block.cells:
            groups[-1].spans.append(span)
        else:
            groups.append(_Group(block, starts[at] or 0, [span]))
    return groups


def _title_start(sheet: Sheet, before: HeadingBlock, block: HeadingBlock) -> int:
    """Say where the title of a lower table begins, so that no row of it is taken for a person."""
    start = block.first
    while start > before.last + 1 and _is_title(sheet.rows[start - 1][1]):
        start -= 1
    return start


def _is_title(values: Sequence[Value]) -> bool:
    texts = _texts(values)
    return len(texts) <= 2 and any(_TITLE.search(text) for text in texts)


def _texts(values: Sequence[Value]) -> list[str]:
    """List the different texts of a row."""
    return list(dict.fromkeys(str(value).strip() for value in values if not is_blank(value)))


class _Search:
    """Tables and findings of one sheet, as they come up."""

    def __init__(
        self,
        file: str,
        sheet: Sheet,
        kinds: frozenset[TableKind] | None,
        presumed: TableKind | None,
    ) -> None:
        self.file = file
        self.sheet = sheet
        self.kinds = kinds
        self.presumed = presumed
        self.tables: list[Table] = []
        self.findings: list[Finding] = []

    def tell(self, rule: str, row: int, at: Column | None = None, **values: object) -> None:
        """Note a finding on this sheet."""
        where = Where(
            self.file,
            self.sheet.name,
            row,
            at.heading if at else "",
            at.number if at else 0,
        )
        self.findings.append(Finding(rule, where, values=values))

    def take(self, group: _Group) -> None:
        """Read the table, or the tables side by side, under one heading."""
        title = self._title(group)
        for cells in _side_by_side(group.block.cells):
            self._take_table(cells, group, title)
        self._tell_headless(group)

    def _title(self, group: _Group) -> str:
        """Join what stands above the heading, line by line."""
        first = max(group.title_from, group.block.first - _MOST_TITLE_ROWS)
        lines = [
            " ".join(_texts(values)) for _, values in self.sheet.rows[first : group.block.first]
        ]
        return "\n".join(lines)[:_LONGEST_TITLE]

    def _take_table(self, cells: Sequence[HeadingCell], group: _Group, title: str) -> None:
        row = self.sheet.rows[group.block.last][0]
        said_around = (title, self.sheet.name, self.file)
        kind = decide_kind(cells, said_around) or self._by_values(cells, group) or self.presumed
        if kind is None:
            self.tell("table_kind_unclear", row)
            return
        read = read_headings(cells, kind)
        if not self._is_wanted(read.kind):
            zh, en = ledger_name(read.kind), _KINDS_EN[read.kind]
            self.tell("table_not_asked", row, kind_zh=zh, kind_en=en)
            return
        self._tell_headings(read, row)
        self.tables.append(
            Table(
                self.file,
                self.sheet.name,
                read.kind,
                read.columns,
                tuple(self._data_rows(read, group, row)),
                title,
                self.sheet.hidden,
            )
        )

    def _by_values(self, cells: Sequence[HeadingCell], group: _Group) -> TableKind | None:
        rows = (v for start, end in group.spans for _, v in self.sheet.rows[start:end])
        return kind_by_values(cells, rows)

    def _is_wanted(self, kind: TableKind) -> bool:
        if self.kinds is None or kind in self.kinds:
            return True
        return kind is TableKind.COMBINED and self.kinds != {TableKind.DECLARATIONS}

    def _tell_headings(self, read: ReadHeadings, row: int) -> None:
        used = {column.number for column, _ in read.doubled}
        unknown = [c.heading[:_LONGEST_HEADING] for c in read.columns if not c.field
                   and c.number not in used]  # fmt: skip
        if unknown:
            self.tell("unknown_columns", row, columns="、".join(unknown))
        for column, first in read.doubled:
            self.tell("column_doubled", row, column, heading=column.heading,
                      first=column_letters(first.number))  # fmt: skip
        for column, owner in read.guessed:
            zh, en = _OWNERS[owner]
            self.tell("column_guessed", row, column, heading=column.heading, owner_zh=zh,
                      owner_en=en)  # fmt: skip

    def _data_rows(self, read: ReadHeadings, group: _Group, heading_row: int) -> list[Row]:
        rows, notes = self._sort_rows(read, group)
        if notes:
            self.tell("rows_not_data", notes[0], rows=list_numbers(notes))
        rows = self._fill(read, rows)
        hidden = [number for number, _ in rows if number in self.sheet.hidden_rows]
        if hidden:
            self.tell("hidden_rows", hidden[0], rows=list_numbers(hidden), count=len(hidden))
        self._tell_uncalculated(read, {number for number, _ in rows}, heading_row)
        return [Row(number, values, number in self.sheet.hidden_rows) for number, values in rows]

    def _sort_rows(
        self, read: ReadHeadings, group: _Group
    ) -> tuple[list[tuple[int, tuple[Value, ...]]], list[int]]:
        """Part the rows under a heading into data and notes, blanks left out."""
        columns = [column.number - 1 for column in read.columns]
        judge = row_judge([column.field for column in read.columns])
        data: list[tuple[int, tuple[Value, ...]]] = []
        notes: list[int] = []
        for start, end in group.spans:
            for number, values in self.sheet.rows[start:end]:
                width = len(values)
                cells = tuple(
                    (values[c] if values[c] != "" else None) if c < width else None
                    for c in columns
                )
                kind = judge(cells)
                if kind is RowKind.DATA:
                    data.append((number, cells))
                elif kind is RowKind.NOTE:
                    notes.append(number)
        return data, notes

    def _fill(
        self, read: ReadHeadings, rows: list[tuple[int, tuple[Value, ...]]]
    ) -> list[tuple[int, tuple[Value, ...]]]:
        if not self.sheet.merges:
            return rows
        filled = fill_merged(read, rows, self.sheet)
        for column, numbers in filled.spread.items():
            self.tell("merged_filled", numbers[0], column, heading=column.heading,
                      rows=list_numbers(numbers))  # fmt: skip
        for column, numbers in filled.left.items():
            self.tell("merged_identity", numbers[0], column, heading=column.heading,
                      rows=list_numbers(numbers))  # fmt: skip
        return filled.rows

    def _tell_uncalculated(self, read: ReadHeadings, rows: set[int], heading_row: int) -> None:
        columns = {column.number for column in read.columns if column.field}
        cells = [f"{column_letters(column)}{row}" for row, column in self.sheet.uncalculated
                 if row in rows and column in columns]  # fmt: skip
        if cells:
            listed = "、".join(cells[:_MOST_LISTED]) + (" …" if len(cells) > _MOST_LISTED else "")
            self.tell("formula_not_calculated", heading_row, count=len(cells), cells=listed)

    def _tell_headless(self, group: _Group) -> None:
        """Name the columns that hold something and have no heading."""
        headed = {cell.number - 1 for cell in group.block.cells}
        held: Counter[int] = Counter()
        rows = [v for start, end in group.spans for _, v in self.sheet.rows[start:end]]
        for values in rows:
            if len(values) > len(headed):
                held.update(
                    column
                    for column, value in enumerate(values)
                    if column not in headed and not is_blank(value)
                )
        for column, count in sorted(held.items()):
            if count > max(2, len(rows) // 10):
                row = self.sheet.rows[group.block.last][0]
                self.tell("column_without_heading", row, column=column_letters(column + 1))

    def tell_hidden(self) -> None:
        """Say that a sheet or columns of it are hidden."""
        if self.sheet.hidden:
            self.tell("hidden_sheet", 0, sheet=self.sheet.name)
        used = {c.number for table in self.tables for c in table.columns if c.field}
        if columns := sorted(used & self.sheet.hidden_columns):
            self.tell("hidden_columns", 0, columns="、".join(map(column_letters, columns)))


def _side_by_side(cells: Sequence[HeadingCell]) -> list[Sequence[HeadingCell]]:
    """Part tables that stand side by side: each begins with a 序号 and names somebody."""
    starts = [i for i, cell in enumerate(cells) if _facts(cell) == {"row_number"}]
    if len(starts) < 2 or starts[0] != 0:
        return [cells]
    parts = [cells[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    named = [any("name" in _facts(cell) for cell in part) for part in parts]
    return parts if all(named) else [cells]


def _facts(cell: HeadingCell) -> set[str]:
    return {m.fact for m in cell.meanings()}
