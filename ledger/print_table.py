"""Print table: one sheet as an office prints it, A4 across, ready for seal and signatures.

Title, a line below it, headings that repeat on every page, rows, and one tall row for the seal
and the signatures, which therefore never breaks over two pages.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import xlsxwriter

from ledger.safe_text import cell_text, is_formula_like

A4 = 9
SONG, HEI = "宋体", "黑体"
_POINT_HEIGHT = 15.0

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class PrintColumn:
    """A column: heading, width in half-width characters, and the heading it stands under."""

    heading: str
    width: float
    group: str = ""
    centred: bool = False


@dataclass(frozen=True, slots=True)
class PrintTable:
    """A sheet to print.

    Attributes
    ----------
    sheet
        The tab's name.
    lead
        The line below the title.
    when_empty
        What the sheet says in place of rows.
    signatures
        Captions of the fields for seal and signatures; none for a sheet nobody signs.
    """

    sheet: str
    title: str
    lead: str
    columns: tuple[PrintColumn, ...]
    rows: Sequence[Sequence[Cell]]
    when_empty: str
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """What stands on every page of every sheet: whose paper it is, its day, its secrecy."""

    owner: str
    on: str
    note: str


class PrintBook:
    """Sheets of one workbook in one style."""

    def __init__(self, book: xlsxwriter.Workbook, page: PageText) -> None:
        self._book = book
        self._page = page
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **looks: Any) -> Any:
        """Give the format with these looks, one for each combination."""
        key = tuple(sorted(looks.items()))
        if key not in self._formats:
            plain = {"font_name": SONG, "font_size": 10.5, "valign": "vcenter"}
            if looks.get("border") and looks.get("align") == "left":
                plain["indent"] = 1
            self._formats[key] = self._book.add_format(plain | looks)
        return self._formats[key]

    def add(self, table: PrintTable) -> None:
        """Write one sheet."""
        sheet = self.add_sheet(table.sheet, [column.width for column in table.columns])
        last = len(table.columns) - 1
        self.write_title(sheet, last, table.title, table.lead)
        top = self._write_headings(sheet, table.columns)
        for number, row in enumerate(table.rows, start=top):
            self.write_row(sheet, number, row, table.columns)
        bottom = top + len(table.rows)
        if table.rows:
            sheet.autofilter(top - 1, 0, bottom - 1, last)
            sheet.ignore_errors({"number_stored_as_text": f"A{top}:{_letters(last)}{bottom}"})
        else:
            self.write_across(sheet, bottom, 0, last, table.when_empty, align="center", border=1)
            bottom += 1
        sheet.freeze_panes(top, 2)
        sheet.repeat_rows(2, top - 1)
        if table.signatures:
            self._write_signatures(sheet, bottom, last, table.signatures)

    def add_sheet(self, name: str, widths: Sequence[float]) -> Any:
        """Add a sheet that prints on A4 across, one page wide, with page numbers."""
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.style())
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        font = f'&"{SONG},常规"&9 '
        owner, on, note = (
            _page_text(t) for t in (self._page.owner, self._page.on, self._page.note)
        )
        sheet.set_header(f"&L{font}{owner}　{_page_text(name)}&R{font}{on}")
        sheet.set_footer(f"&L{font}{note}&R{font}第 &P 页，共 &N 页")
        return sheet

    def write_title(self, sheet: Any, last: int, title: str, lead: str) -> None:
        """Write the title and the line below it over the whole width."""
        self.write_across(
            sheet, 0, 0, last, title, font_name=HEI, font_size=18, align="center", height=32
        )
        self.write_across(sheet, 1, 0, last, lead, font_size=10.5, align="left")

    def write_across(
        self,
        sheet: Any,
        row: int,
        first: int,
        last: int,
        text: str,
        height: float = 20,
        **looks: Any,
    ) -> None:
        """Write text over several columns of one row."""
        sheet.set_row(row, height)
        style = self.style(text_wrap=True, **looks)
        if last > first:
            sheet.merge_range(row, first, row, last, "", style)
        sheet.write_string(row, first, cell_text(text), style)

    def write_row(
        self, sheet: Any, number: int, row: Sequence[Cell], columns: Sequence[PrintColumn]
    ) -> None:
        """Write one data row, tall enough for its longest cell."""
        lines = 1
        for place, (value, column) in enumerate(zip(row, columns, strict=True)):
            align = "center" if column.centred or not isinstance(value, str) else "left"
            self.write_cell(sheet, number, place, value, align=align)
            lines = max(lines, lines_needed(str(value), column.width))
        sheet.set_row(number, max(24.0, lines * _POINT_HEIGHT + 4))

    def write_cell(self, sheet: Any, row: int, column: int, value: Cell, **looks: Any) -> None:
        """Write one bordered cell: numbers as numbers, everything else as text for good."""
        looks = {"border": 1, "text_wrap": True, **looks}
        if not isinstance(value, str):
            sheet.write_number(row, column, value, self.style(**looks))
            return
        text = cell_text(value)
        if is_formula_like(text):
            looks["quote_prefix"] = True
        if text:
            sheet.write_string(row, column, text, self.style(**looks))
        else:
            sheet.write_blank(row, column, None, self.style(**looks))

    def write_heading(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Write one heading cell."""
        self.write_cell(sheet, row, column, text, bold=True, align="center", bg_color="#E7ECF2")

    def _write_headings(self, sheet: Any, columns: Sequence[PrintColumn]) -> int:
        """Write one or two rows of headings from row 2; give the first row of data."""
        grouped = any(column.group for column in columns)
        if grouped:
            self._write_groups(sheet, columns)
        row = 3 if grouped else 2
        sheet.set_row(row, 30)
        for place, column in enumerate(columns):
            self.write_heading(sheet, row, place, column.heading)
        return row + 1

    def _write_groups(self, sheet: Any, columns: Sequence[PrintColumn]) -> None:
        style = self.style(bold=True, align="center", border=1, bg_color="#D3DCE6")
        sheet.set_row(2, 20)
        for group, run in groupby(range(len(columns)), key=lambda place: columns[place].group):
            places = list(run)
            if len(places) > 1:
                sheet.merge_range(2, places[0], 2, places[-1], "", style)
            sheet.write_string(2, places[0], group, style)

    def _write_signatures(
        self, sheet: Any, bottom: int, last: int, captions: Sequence[str]
    ) -> None:
        sheet.set_row(bottom, 8)
        sheet.set_row(bottom + 1, 110)
        edges = [round(part * (last + 1) / len(captions)) for part in range(len(captions) + 1)]
        style = self.style(text_wrap=True, valign="top", font_size=12)
        for caption, first, after in zip(captions, edges, edges[1:], strict=False):
            if after - first > 1:
                sheet.merge_range(bottom + 1, first, bottom + 1, after - 1, "", style)
            sheet.write_string(bottom + 1, first, cell_text(caption), style)


@lru_cache(maxsize=4096)  # the same townships and reasons stand in thousands of rows
def lines_needed(text: str, width: float) -> int:
    """Count the lines a text takes in a column; a Chinese character is two wide."""
    room = max(int(width) - 2, 2)
    return sum(max(1, -(-_columns(line) // room)) for line in text.split("\n"))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _page_text(text: str) -> str:
    """Escape what headers and footers take for a code; they hold 255 characters in all."""
    return cell_text(text)[:40].replace("&", "&&")


def _letters(column: int) -> str:
    """Name a column as Excel does, from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
