"""A returned workbook that keeps the look of the officer's own (openpyxl).

Only for files that the fence has read. Formulas become the values that the fence read, links
to other files are dropped, and marks of an earlier return are taken off.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ledger.fence import Sheet
from ledger.marks import AUTHOR, COLOURS, COMMENT_WIDTH_PX, LIST_COLUMNS, SHEET_NAME, ListRow, Mark
from ledger.safe_text import cell_text, is_formula_like
from ledger.tables import Value
from ledger.tally import column_letters

_LARGEST_AREA = 2_000_000
_HEADING_COLOUR = "D9D9D9"


def write_styled_copy(
    source: Path,
    sheets: Sequence[Sheet],
    marks: Mapping[str, Sequence[Mark]],
    rows: Sequence[ListRow],
    out: Path,
) -> bool:
    """Write the marked copy; False when openpyxl cannot hold what the file holds.

    It reads nothing at all from strict OOXML, and says nothing about it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every extension it drops
        try:
            book = load_workbook(source, keep_links=False)
        except Exception:  # whatever it stumbles over, a plain copy does
            return False
        if not _holds(book, sheets):
            return False
        for sheet in sheets:
            worksheet = book[sheet.name]
            _still_formulas(worksheet, dict(sheet.rows))
            for mark in marks.get(sheet.name, ()):
                _mark(worksheet, mark)
        _add_list(book, rows)
        book.save(out)
    return True


def _holds(book: Workbook, sheets: Sequence[Sheet]) -> bool:
    for sheet in sheets:
        if sheet.name not in book.sheetnames:
            return False
        worksheet = book[sheet.name]
        if not isinstance(worksheet, Worksheet):
            return False
        last_row = sheet.rows[-1][0] if sheet.rows else 0
        if worksheet.max_row < last_row:
            return False
        if worksheet.max_row * worksheet.max_column > _LARGEST_AREA:
            return False
    return True


def _still_formulas(worksheet: Worksheet, values: Mapping[int, Sequence[Value]]) -> None:
    """Put its value in place of each formula, and take off the marks of an earlier return."""
    for row in worksheet.iter_rows():
        for cell in row:
            if not isinstance(cell, Cell):
                continue
            if cell.data_type == "f":
                known = values.get(cell.row, ())
                value = known[cell.column - 1] if cell.column <= len(known) else ""
                _put(cell, value)
            elif isinstance(cell.value, str) and is_formula_like(cell.value):
                _put(cell, cell.value)
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _put(cell: Cell, value: Value) -> None:
    """Write a value so that text stays text."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = cell_text(value)
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.quotePrefix = is_formula_like(text)


def _mark(worksheet: Worksheet, mark: Mark) -> None:
    cell = _visible_cell(worksheet, mark.row, mark.column)
    cell.fill = PatternFill("solid", fgColor=COLOURS[mark.severity])
    if mark.as_text:
        cell.number_format = "@"
    said = mark.text
    if cell.comment is not None:
        said = f"{cell.comment.text}\n{said}"
    comment = Comment(said, AUTHOR, height=mark.height_px, width=COMMENT_WIDTH_PX)
    cell.comment = comment


def _visible_cell(worksheet: Worksheet, row: int, column: int) -> Cell:
    """Give the cell, or the one whose merge covers it."""
    cell = worksheet.cell(row, column)
    if isinstance(cell, MergedCell):
        for merge in worksheet.merged_cells.ranges:
            if cell.coordinate in merge:
                return _visible_cell(worksheet, merge.min_row, merge.min_col)
    return cell  # type: ignore[return-value]


def _add_list(book: Workbook, rows: Sequence[ListRow]) -> None:
    if SHEET_NAME in book.sheetnames:
        del book[SHEET_NAME]
    worksheet = book.create_sheet(SHEET_NAME, 0)
    for column, (heading, width) in enumerate(LIST_COLUMNS, 1):
        cell = worksheet.cell(1, column, heading)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEADING_COLOUR)
        worksheet.column_dimensions[column_letters(column)].width = width
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row.cells, 1):
            cell = worksheet.cell(number, column)
            _put(cell, value)
            cell.alignment = wrapped
        worksheet.cell(number, 2).fill = PatternFill("solid", fgColor=COLOURS[row.severity])
    worksheet.freeze_panes = "A2"
    worksheet.auto_filter.ref = f"A1:{column_letters(len(LIST_COLUMNS))}{len(rows) + 1}"
    worksheet.page_setup.orientation = "landscape"
    worksheet.page_setup.fitToHeight = 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.print_title_rows = "1:1"
    for other in book.worksheets:  # two selected sheets would be edited as one
        other.sheet_view.tabSelected = False
    book.active = 0
    worksheet.sheet_view.tabSelected = True
