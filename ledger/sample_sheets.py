"""Sheets of a sample before they are written: rows that can still be damaged, then a file.

A sheet keeps, for each row, whom it speaks of, so that the truth can be told beside it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.columns import ledger_columns, ledger_name
from ledger.record_cells import Cells
from ledger.safe_text import cell_text, new_workbook
from ledger.tables import TableKind, Value

HEADING = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
TITLE = {"bold": True, "align": "center", "font_size": 16}
WIDTH = 13


@dataclass(frozen=True, slots=True)
class About:
    """Whom a row speaks of, by their numbers in the unit's ledgers; empty for nobody."""

    child: str = ""
    caregiver: str = ""


@dataclass(slots=True)
class Sheet:
    """One sheet, in the order in which it is written.

    Attributes
    ----------
    titles
        Lines above the headings.
    groups
        A first heading row over the headings, same length; empty where there is none. Under a
        group of one the heading is empty, and the group's cell is as high as both.
    footers
        Rows below the data, each of as many cells.
    hidden_rows
        Positions in ``rows``.
    merged
        (first position, last position, column position) of cells merged downwards.
    """

    name: str
    kind: TableKind
    fields: list[str]
    headings: list[str]
    rows: list[list[Value]]
    about: list[About]
    titles: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    footers: list[list[Value]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def first_row(self) -> int:
        """Number in Excel of the first data row."""
        return len(self.titles) + bool(self.groups) + 2


def make_sheet(kind: TableKind, cells: Sequence[Cells], about: Sequence[About]) -> Sheet:
    """Lay records out in the columns of the ledger we write, numbered from 1."""
    columns = ledger_columns(kind)
    fields = [column.field for column in columns]
    rows = [
        [n if name == "row_number" else row.get(name) for name in fields]
        for n, row in enumerate(cells, 1)
    ]
    headings = [column.heading for column in columns]
    return Sheet(ledger_name(kind), kind, fields, headings, rows, list(about))


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook; the same sheets give the same bytes."""
    book = new_workbook(path, path.stem)
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in sheets:
        _write_sheet(book, book.add_worksheet(sheet.name), sheet, dates)
    book.close()


def write_csv(path: Path, sheet: Sheet, encoding: str) -> None:
    """Write a sheet as csv, as an office would save it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([title] for title in sheet.titles)
    writer.writerow(sheet.headings)
    writer.writerows(sheet.rows)
    writer.writerows(sheet.footers)
    path.write_bytes(text.getvalue().encode(encoding))


def _write_sheet(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet, dates: Format) -> None:
    heading, top = book.add_format(HEADING), len(sheet.titles)
    for line, title in enumerate(sheet.titles):
        page.merge_range(line, 0, line, len(sheet.headings) - 1, title, book.add_format(TITLE))
    if sheet.groups:
        top += 1
    for column, text in enumerate(sheet.headings):
        if text:
            page.write_string(top, column, text, heading)
    if sheet.groups:
        _write_groups(page, sheet, heading)
    page.set_column(0, len(sheet.headings) - 1, WIDTH)
    page.freeze_panes(top + 1, 0)
    for position, row in enumerate([*sheet.rows, *sheet.footers], top + 1):
        _write_row(page, position, row, dates)
    for position in sheet.hidden_rows:
        page.set_row(top + 1 + position, None, None, {"hidden": True})
    for first, last, column in sheet.merged:
        value = cell_text(sheet.rows[first][column])
        page.merge_range(top + 1 + first, column, top + 1 + last, column, value)
    if sheet.hidden:
        page.hide()


def _write_groups(page: Worksheet, sheet: Sheet, heading: Format) -> None:
    """Write the first of two heading rows, equal neighbours merged."""
    row, first = len(sheet.titles), 0
    for last in range(len(sheet.groups)):
        if last + 1 < len(sheet.groups) and sheet.groups[last + 1] == sheet.groups[first]:
            continue
        lowest = row if sheet.headings[first] else row + 1
        if last > first or lowest > row:
            page.merge_range(row, first, lowest, last, sheet.groups[first], heading)
        else:
            page.write_string(row, first, sheet.groups[first], heading)
        first = last + 1


def _write_row(page: Worksheet, position: int, row: Sequence[Value], dates: Format) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            page.write_string(position, column, value)
        elif isinstance(value, bool):
            page.write_boolean(position, column, value)
        elif isinstance(value, int | float):
            page.write_number(position, column, value)
        elif isinstance(value, date):
            page.write_datetime(position, column, value, dates)
