"""A returned workbook of values only, for csv, xls and what openpyxl cannot hold (xlsxwriter)."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ledger.fence import Sheet
from ledger.marks import AUTHOR, COLOURS, COMMENT_WIDTH_PX, LIST_COLUMNS, SHEET_NAME, ListRow, Mark
from ledger.safe_text import cell_text, new_workbook
from ledger.tables import Value

_FIRST_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900
_WIDEST = 40
_MEASURED_ROWS = 200
_MOST_MERGES = 2_000
_LONGEST_SHEET_NAME = 31
_DIGITS_EXCEL_KEEPS = 15


def write_plain_copy(
    title: str,
    sheets: Sequence[Sheet],
    marks: Mapping[str, Sequence[Mark]],
    rows: Sequence[ListRow],
    out: Path,
) -> None:
    """Write the values of all sheets, marked, behind the list of what is wrong."""
    with new_workbook(out, title) as book:
        formats = _Formats(book)
        _write_list(book.add_worksheet(SHEET_NAME), rows, formats)
        for sheet in sheets:
            name = (sheet.name or title)[:_LONGEST_SHEET_NAME]
            worksheet = book.add_worksheet(_sheet_name(name))
            _write_sheet(worksheet, sheet, marks.get(sheet.name, ()), formats)


def _sheet_name(name: str) -> str:
    """Give a name that a sheet can bear: a csv's is its file's."""
    return "".join(c for c in cell_text(name) if c not in "[]:*?/\\").strip("'") or "名单"


class _Formats:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}
        self.heading = book.add_format({"bold": True, "bg_color": "#D9D9D9"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, number_format: str, colour: str = "") -> Any:
        """Give the format for a kind of value on a ground of this colour."""
        key = (number_format, colour)
        if key not in self._made:
            looks = {"num_format": number_format}
            if colour:
                looks["bg_color"] = f"#{colour}"
            self._made[key] = self._book.add_format(looks)
        return self._made[key]


def _write_sheet(worksheet: Any, sheet: Sheet, marks: Sequence[Mark], formats: _Formats) -> None:
    marked = {(mark.row, mark.column): mark for mark in marks}
    for top, left, bottom, right in sheet.merges[:_MOST_MERGES]:
        if (bottom, right) != (top, left):
            worksheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for number, values in sheet.rows:
        for column, value in enumerate(values, 1):
            if value != "":
                _write(worksheet, number, column, value, (formats, marked.get((number, column))))
        if number in sheet.hidden_rows:
            worksheet.set_row(number - 1, None, None, {"hidden": True})
    rows = dict(sheet.rows)
    for (row, column), mark in marked.items():
        if all(value == "" for value in rows.get(row, [])[column - 1 : column]):
            worksheet.write_blank(row - 1, column - 1, None, _format(formats, "General", mark))
        worksheet.write_comment(
            row - 1,
            column - 1,
            mark.text,
            {"author": AUTHOR, "width": COMMENT_WIDTH_PX, "height": mark.height_px},
        )
    _set_widths(worksheet, sheet)
    if sheet.hidden:
        worksheet.hide()


def _format(formats: _Formats, number_format: str, mark: Mark | None) -> Any:
    if mark is None:
        return formats.of(number_format)
    return formats.of("@" if mark.as_text else number_format, COLOURS[mark.severity])


def _write(
    worksheet: Any, row: int, column: int, value: Value, looks: tuple[_Formats, Mark | None]
) -> None:
    at = (row - 1, column - 1)
    if isinstance(value, bool):
        worksheet.write_boolean(*at, value, _format(looks[0], "General", looks[1]))
    elif isinstance(value, int | float) and math.isfinite(value):
        number_format = "0" if abs(value) >= 10**11 else "General"
        worksheet.write_number(*at, value, _format(looks[0], number_format, looks[1]))
    elif isinstance(value, date) and _day(value) >= _FIRST_DAY:
        number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
        worksheet.write_datetime(*at, value, _format(looks[0], number_format, looks[1]))
    else:
        text = cell_text(value)
        number_format = "@" if _has_many_digits(text) else "General"
        worksheet.write_string(*at, text, _format(looks[0], number_format, looks[1]))


def _has_many_digits(text: str) -> bool:
    """Whether Excel would take digits off this text once somebody types in it."""
    fewest = _DIGITS_EXCEL_KEEPS - 3
    return len(text) >= fewest and sum(character.isdigit() for character in text) >= fewest


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _set_widths(worksheet: Any, sheet: Sheet) -> None:
    widths: dict[int, int] = {}
    for _, values in sheet.rows[:_MEASURED_ROWS]:
        if sum(1 for value in values if value != "") < 2:
            continue  # a title does not make its column wide
        for column, value in enumerate(values):
            text = str(value).split("\n")[0]
            width = sum(2 if ord(character) > 255 else 1 for character in text) + 2
            widths[column] = min(_WIDEST, max(widths.get(column, 8), width))
    for column, width in widths.items():
        hidden = {"hidden": True} if column + 1 in sheet.hidden_columns else {}
        worksheet.set_column(column, column, width, None, hidden)


def _write_list(worksheet: Any, rows: Sequence[ListRow], formats: _Formats) -> None:
    for column, (heading, width) in enumerate(LIST_COLUMNS):
        worksheet.write_string(0, column, heading, formats.heading)
        worksheet.set_column(column, column, width)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row.cells):
            if isinstance(value, int):
                worksheet.write_number(number, column, value, formats.wrapped)
            else:
                worksheet.write_string(number, column, value, formats.wrapped)
        severity = str(row.cells[1])
        worksheet.write_string(number, 1, severity, formats.of("General", COLOURS[row.severity]))
    worksheet.freeze_panes(1, 0)
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0)
    worksheet.autofilter(0, 0, max(len(rows), 1), len(LIST_COLUMNS) - 1)
