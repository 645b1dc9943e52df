"""Old Excel workbooks (xls, BIFF), read with xlrd because it tells what is hidden."""

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ledger.limits import Limits, Refusal

Value = str | float | bool | date | datetime


def open_book(path: Path) -> Any:
    """Open an xls workbook.

    Raises
    ------
    Refusal
        Locked with a password, or damaged.
    """
    import xlrd

    try:
        return xlrd.open_workbook(path, formatting_info=True, ragged_rows=True, logfile=_Silent())
    except xlrd.XLRDError as error:
        raise Refusal("password" if "encrypt" in str(error).lower() else "damaged") from error


class _Silent:
    def write(self, _: str) -> None:
        """Drop what the library would print: it quotes cells."""


def hidden_rows(sheet: Any) -> list[int]:
    """List the numbers of hidden rows, from 1."""
    return sorted(row + 1 for row, style in sheet.rowinfo_map.items() if style.hidden)


def hidden_columns(sheet: Any) -> list[int]:
    """List the numbers of hidden columns, from 1."""
    return sorted(column + 1 for column, style in sheet.colinfo_map.items() if style.hidden)


def merges(sheet: Any) -> list[tuple[int, int, int, int]]:
    """List merged ranges as (first row, first column, last row, last column), from 1."""
    return [(r1 + 1, c1 + 1, r2, c2) for r1, r2, c1, c2 in sheet.merged_cells]


def rows_of(book: Any, sheet: Any, limits: Limits) -> Iterator[tuple[int, list[Value]]]:
    """Yield (number, values) of every row that is not blank."""
    cells = 0
    for index in range(sheet.nrows):
        values = [_value(book, cell) for cell in sheet.row(index)]
        cells += len(values)
        if cells > limits.cells:
            raise Refusal("too_large", what="单元格", most=limits.cells)
        if any(value != "" for value in values):
            yield index + 1, values


def _value(book: Any, cell: Any) -> Value:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        return _day(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.ctype in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER):
        value: str | float = cell.value
        return value
    return ""


def _day(serial: float, datemode: int) -> Value:
    import xlrd

    if 0 <= serial < 1:
        minutes = round(serial * 1440)
        return time(minutes // 60 % 24, minutes % 60).isoformat()
    try:
        moment: datetime = xlrd.xldate_as_datetime(serial, datemode)
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return serial
    return moment.date() if moment.time() == time() else moment
