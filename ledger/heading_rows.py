"""Where on a sheet the headings stand: one row or up to three, wherever and however often.

Headings over two rows are read together: 监护人 over 姓名 and 电话 gives 监护人姓名 and
监护人电话. Merged cells say how far a group reaches; where a file has none (csv), a blank to the
right of a group belongs to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.columns import group_owner, meanings_of, normalise_heading
from ledger.fence import Sheet
from ledger.headings import HeadingCell, count_known
from ledger.limits import Refusal
from ledger.tables import Value

_MOST_HEADING_ROWS = 3
_LONGEST_HEADING = 60
# Bounds for sheets made to keep us busy; honest ones stay a hundred times below.
_MOST_VISITED = 1_000_000
_MOST_LOOKED_AT = 10_000
_MAY_HEAD = re.compile(r"姓\s*名|名\s*字|身份证|证件|编\s*号|区\s*县|儿童|爱心妈妈|序\s*号|经度")
_LONG_NUMBER = re.compile(r"\d{5,}")
_ID_FACTS = ("name", "resident_id", "number")

NumberedRow = tuple[int, list[Value]]
Cover = Mapping[tuple[int, int], tuple[int, Value]]


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    """Headings found: indexes of their first and last row in ``Sheet.rows``, and the cells."""

    first: int
    last: int
    cells: tuple[HeadingCell, ...]


def find_heading_blocks(sheet: Sheet) -> list[HeadingBlock]:
    """Find every row or group of rows on a sheet that heads a table.

    Raises
    ------
    Refusal
        When thousands of rows look like headings: no honest sheet has them.
    """
    cover = covered_cells(sheet)
    found: list[HeadingBlock] = []
    looked = 0
    for index, (_, values) in enumerate(sheet.rows):
        if (found and index <= found[-1].last) or not _may_head(values):
            continue
        looked += 1
        if looked > _MOST_LOOKED_AT:
            raise Refusal("too_large", what="表头", most=_MOST_LOOKED_AT)
        start = found[-1].last + 1 if found else 0
        block = _best_block(sheet.rows, index, start, cover)
        if block is not None:
            found.append(block)
    return found


def covered_cells(sheet: Sheet) -> Cover:
    """Map each cell that a merge covers to the merge's first column and what it shows.

    Only the first rows of a merge: headings are no higher.
    """
    shown: dict[tuple[int, int], tuple[int, Value]] = {}
    by_number = dict(sheet.rows)
    width = max(map(len, by_number.values()), default=0)
    left_to_visit = _MOST_VISITED
    for top, left, bottom, right in sheet.merges:
        values = by_number.get(top, [])
        text = values[left - 1] if left <= len(values) else ""
        last_row, last_column = min(bottom, top + _MOST_HEADING_ROWS), min(right, width)
        left_to_visit -= (last_row - top + 1) * max(last_column - left + 1, 1)
        if left_to_visit < 0:
            break
        for row in range(top, last_row + 1):
            for column in range(left, last_column + 1):
                shown[row, column] = left, text
    return shown


def _may_head(values: Sequence[Value]) -> bool:
    """Whether it is worth a closer look: only text, and two cells that headings have."""
    texts: list[str] = []
    for value in values:
        if value.__class__ is not str:
            return False
        if value:
            texts.append(value)
    if len(texts) < 2 or _MAY_HEAD.search("\x1f".join(texts)) is None:
        return False
    return _is_text_only(texts) and sum(1 for text in texts if _is_known(text)) > 1


def _is_known(text: str) -> bool:
    return bool(meanings_of(text) or meanings_of(text, declaration=True) or group_owner(text))


def _best_block(
    rows: Sequence[NumberedRow], index: int, start: int, cover: Cover
) -> HeadingBlock | None:
    """Choose, of the groups of rows around this one, the group that makes most sense."""
    best: HeadingBlock | None = None
    most = 0
    for first, last in _windows(rows, index, start):
        cells = _cells_of(rows[first : last + 1], cover)
        known = count_known(cells)
        if known > most and _heads_a_table(cells, known):
            best, most = HeadingBlock(first, last, cells), known
    return best and _without_unit_line(rows, best, cover)


def _without_unit_line(
    rows: Sequence[NumberedRow], block: HeadingBlock, cover: Cover
) -> HeadingBlock:
    """Leave rows above the headings out (区县 | 万州区) that only hide what these mean."""
    for first in range(block.first + 1, block.last + 1):
        cells = _cells_of(rows[first : block.last + 1], cover)
        clearer = _count_said(cells) > _count_said(block.cells)
        if clearer and _heads_a_table(cells, count_known(cells)):
            block = HeadingBlock(first, block.last, cells)
    return block


def _count_said(cells: Sequence[HeadingCell]) -> int:
    """Count headings that say anything, be it of people we keep nothing of (父亲)."""
    return sum(1 for cell in cells if cell.meanings() or cell.meanings(declaration=True))


def _windows(rows: Sequence[NumberedRow], index: int, start: int) -> Iterator[tuple[int, int]]:
    """Yield the groups of adjoining rows that hold this one, the smallest first."""
    for size in range(1, _MOST_HEADING_ROWS + 1):
        for first in range(max(start, index - size + 1), index + 1):
            last = first + size - 1
            if last >= len(rows) or rows[last][0] - rows[first][0] != size - 1:
                continue
            if all(_is_text_only(values) for _, values in rows[first : last + 1]) and (
                size == 1 or _has_groups(rows[first][1])
            ):
                yield first, last


def _is_text_only(values: Sequence[Value]) -> bool:
    return all(
        isinstance(v, str) and len(v) <= _LONGEST_HEADING and not _LONG_NUMBER.search(v)
        for v in values
        if v != ""
    )


def _has_groups(values: Sequence[Value]) -> bool:
    """Whether the row is groups, which are several, not a title, which is one."""
    return len({value for value in values if value}) > 1


def _cells_of(rows: Sequence[NumberedRow], cover: Cover) -> tuple[HeadingCell, ...]:
    width = max(len(values) for _, values in rows)
    lines = [_line(rows, depth, width, cover) for depth in range(len(rows))]
    cells = []
    for column in range(width):
        parts: list[str] = []
        for line in lines:
            if line[column] and line[column] not in parts:
                parts.append(line[column])
        if parts:
            cells.append(HeadingCell(column + 1, tuple(parts)))
    return tuple(cells)


def _line(rows: Sequence[NumberedRow], depth: int, width: int, cover: Cover) -> list[str]:
    """Read one row of headings, each group's text repeated over its columns."""
    number, values = rows[depth]
    line: list[str] = []
    group = ""
    for column in range(width):
        own = values[column] if column < len(values) else ""
        first_column, shown = cover.get((number, column + 1), (column + 1, own))
        if depth + 1 == len(rows) and first_column <= column:
            shown = ""  # the lowest row has headings, not groups: one stands in one column
        text = shown if isinstance(shown, str) and normalise_heading(shown) else ""
        below = depth + 1 < len(rows) and _own_text(rows[depth + 1][1], column)
        if text:
            # A merge says itself how far its group reaches.
            group = text if below and (number, column + 1) not in cover else ""
        elif below and group and (number, column + 1) not in cover:
            text = group
        else:
            group = ""
        line.append(text)
    return line


def _own_text(values: Sequence[Value], column: int) -> bool:
    return column < len(values) and bool(values[column])


def _heads_a_table(cells: Sequence[HeadingCell], known: int) -> bool:
    meanings = [m for cell in cells for m in cell.meanings()]
    declared = sum(1 for cell in cells if cell.meanings(declaration=True))
    names_somebody = any(m.fact in _ID_FACTS and m.owner != "other" for m in meanings)
    if not names_somebody and declared < 3:
        return False
    return (known >= 3 and 2 * known >= len(cells)) or known >= 6 or 2 <= known == len(cells)
